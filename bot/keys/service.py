"""Own keys: brought, looked at, switched and taken back by whoever they belong to, and who pays with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final, Literal, Self

import structlog
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.ids import new_id
from bot.jobs.limits import Pace
from bot.jobs.ports import Host
from bot.keys.clients import Hide, KeyedClients, MakeClient
from bot.keys.records import KEY_MOST_CHARS, Owner, OwnKey, key_of
from bot.keys.vault import Unreadable, Vault
from bot.moderation.deeds import THE_BOT, By
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.keys import (
    drop_key,
    guilds_with_keys,
    key_for,
    keys_of,
    note_trouble,
    put_key,
    sealed_keys,
    switch_key,
)
from bot.store.notices import put_notice

_log = structlog.get_logger(__name__)

Trouble = Literal["bad_key", "no_credit"]
Tell = Callable[[OwnKey, Trouble], Awaitable[None]]
"""Says to a key's owner that its host refuses it; whatever goes wrong there is the teller's own matter."""
TRIES: Final = 5
"""Keys that one person may have checked within :data:`TRIES_S`: nobody tries out strangers' keys here."""
TRIES_S: Final = 600.0


async def _tell_nobody(_: OwnKey, __: Trouble) -> None:
    """For processes that are nobody's voice."""


def _never(host: Host, _: SecretStr | None) -> Host:
    return host


class OwnKeys:
    """The keys of an instance. Close it when done."""

    def __init__(
        self,
        database: Database,
        hosts: Mapping[str, Host],
        *,
        vault: Vault | None,
        make: MakeClient,
        takes_keys: Callable[[Host], bool],
        only: Collection[str] = (),
        hide: Hide = lambda _: None,
        tell: Tell = _tell_nobody,
        clock: Clock | None = None,
    ) -> None:
        """Wire them.

        Args:
            database: Where they lie sealed.
            hosts: The instance's hosts by name; keys are brought for these alone.
            vault: Seals and opens; None where the instance has no secret, so nobody can bring a key.
            make: A client of the same host for another account.
            takes_keys: Whether there can be another account at a host.
            only: Hosts at which the instance has no account of its own.
            hide: Keeps a text out of the logs.
            tell: Says to an owner that their key is refused.
            clock: Time.
        """
        self._database = database
        self._hosts = hosts
        self._vault = vault
        self._make = make
        self._hide = hide
        self.tell = tell
        self._clock = clock or SystemClock()
        self._tries: dict[str, list[float]] = {}
        self.hosts: tuple[str, ...] = tuple(sorted(name for name, host in hosts.items() if takes_keys(host)))
        """Those that keys can be brought for."""
        self.only = frozenset(only)
        """Those at which nothing can be ordered without one."""
        self.clients = KeyedClients(database, hosts, vault=vault, make=make, hide=hide)

    @classmethod
    def nobodys(cls, database: Database) -> Self:
        """Of an instance in which nobody can bring any."""
        return cls(database, {}, vault=None, make=_never, takes_keys=lambda _: False)

    async def close(self) -> None:
        """Close the clients of all keys."""
        await self.clients.close()

    async def look(self) -> int:
        """How many keys this process cannot open, up to a hundred; the log says so: orders fail."""
        async with self._database.connect() as connection:
            kept = await sealed_keys(connection)
        closed = [key for key in kept if not self._opens(key)]
        if closed:
            _log.error("key.unreadable_here", keys=len(closed), setting="RIFFCORD_KEYS_SECRET")
        return len(closed)

    def _opens(self, key: OwnKey) -> bool:
        if self._vault is None:
            return False
        try:
            self._vault.open(key.sealed, key_id=key.id, host=key.host)
        except Unreadable:
            return False
        return True

    # what members do

    def require(self, host: str | None = None) -> None:
        """Raise the sentence for why no key can be brought, or none for this host."""
        if self._vault is None:
            raise InvalidOption("key", "keys_off")
        if not self.hosts:
            raise InvalidOption("host", "no_host_takes_keys")
        if host is not None and host not in self.hosts:
            raise InvalidOption("host", "takes_no_key", host=host, choices=", ".join(self.hosts))

    async def add(self, owner: Owner, host: str, typed: SecretStr, *, actor_id: str) -> OwnKey:
        """Keep a key that its host takes, in place of an earlier one.

        Raises:
            InvalidOption: The instance has no secret to seal it with; it is no key, or the host does not take
                it or cannot be asked now; or this person has had too many checked lately.
        """
        self.require(host)
        text = key_of(typed.get_secret_value())
        if text is None or self._vault is None:
            raise InvalidOption("key", "no_key", most=KEY_MOST_CHARS)
        self._count_try(actor_id)
        secret = SecretStr(text)
        await self._check(host, secret)
        self._hide(text)  # not before: any word could be typed, and would be masked in every line
        now, key_id = self._clock.now(), new_id()
        key = OwnKey(
            id=key_id,
            owner=owner,
            host=host,
            sealed=self._vault.seal(secret, key_id=key_id, host=host),
            fingerprint=self._vault.fingerprint(secret),
            added_by=actor_id,
            added_at=now,
        )
        async with self._database.begin() as connection:
            await put_key(connection, key)
            await self._note(connection, owner, "key_added", host, actor_id, after=key.fingerprint)
        _log.info("key.added", key=key.id, host=host, owner_kind=owner.kind, owner=owner.id)
        return key

    async def _check(self, host: str, key: SecretStr) -> None:
        """One free call; what has no credit left now is a good key all the same."""
        client = self._make(self._hosts[host], key)
        try:
            health = await client.check()
        finally:
            await client.close()
        if health.answers or health.why == "credit":
            return
        raise InvalidOption("key", "refused_by_host" if health.why == "key" else "not_checked", host=host)

    def _count_try(self, actor_id: str) -> None:
        now = asyncio.get_running_loop().time()
        self._tries = {
            who: recent
            for who, tries in self._tries.items()
            if (recent := [at for at in tries if now - at < TRIES_S])
        }
        tries = self._tries.setdefault(actor_id, [])
        if len(tries) >= TRIES:
            raise InvalidOption("key", "too_many_keys", limit=TRIES)
        tries.append(now)

    async def remove(self, owner: Owner, host: str, *, actor_id: str) -> OwnKey:
        """Forget a key for good. Raises ``NotFound``."""
        async with self._database.begin() as connection:
            gone = await drop_key(connection, owner, host)
            if gone is None:
                raise NotFound("own_key")
            await self._note(connection, owner, "key_removed", host, actor_id, before=gone.fingerprint)
        _log.info("key.removed", key=gone.id, host=host, owner_kind=owner.kind, owner=owner.id)
        return gone

    async def use(self, owner: Owner, host: str, *, in_use: bool, actor_id: str) -> None:
        """Make orders with a key from now on, or no longer. Raises ``NotFound``."""
        async with self._database.begin() as connection:
            if not await switch_key(connection, owner, host, in_use=in_use):
                raise NotFound("own_key")
            action = "key_on" if in_use else "key_off"
            await self._note(connection, owner, action, host, actor_id)

    async def of(self, owner: Owner) -> list[OwnKey]:
        """What an owner brought, by host."""
        async with self._database.connect() as connection:
            return await keys_of(connection, owner)

    async def _note(
        self,
        connection: AsyncConnection,
        owner: Owner,
        action: str,
        host: str,
        actor_id: str,
        *,
        before: object = None,
        after: object = None,
    ) -> None:
        """What is done with a server's key is the server's to know; a member's is their own matter."""
        if owner.kind == "guild":
            by = By(guild_id=owner.id, actor_id=actor_id)
            await note(connection, by.deed(self._clock.now(), action, host, before=before, after=after))

    # servers

    async def forget_guild(self, guild_id: str) -> None:
        """The bot has left a server, which takes its keys along."""
        owner = Owner("guild", guild_id)
        async with self._database.begin() as connection:
            for key in await keys_of(connection, owner):
                await drop_key(connection, owner, key.host)
                await self._note(connection, owner, "key_removed", key.host, THE_BOT, before=key.fingerprint)
                _log.info("key.guild_left", key=key.id, guild=guild_id, host=key.host)

    async def forget_guilds_besides(
        self, present: Collection[str], *, mine: Callable[[str], bool] = lambda _: True
    ) -> None:
        """As :meth:`forget_guild`, of all that were left unseen; ``mine`` says of whom we know."""
        async with self._database.connect() as connection:
            known = await guilds_with_keys(connection)
        for guild_id in known:
            if guild_id not in present and mine(guild_id):
                await self.forget_guild(guild_id)

    # what orders do

    async def payer(
        self, connection: AsyncConnection, host: str, *, user_id: str, guild_id: str
    ) -> OwnKey | None:
        """The key that a member's order is made with there: their own, else the server's, else none."""
        if self._vault is None or host not in self.hosts:
            return None
        return await key_for(connection, host, Owner("user", user_id), Owner("guild", guild_id))

    async def is_paid(self, host: str, *, user_id: str, guild_id: str) -> bool:
        """Whether a key in use would pay for a member's order there now, so that no pot does."""
        if self._vault is None or host not in self.hosts:
            return False
        async with self._database.glance() as connection:
            return await self.payer(connection, host, user_id=user_id, guild_id=guild_id) is not None

    def host(self, name: str, key_id: str) -> Host:
        """As :meth:`KeyedClients.host`."""
        return self.clients.host(name, key_id)

    def paces(self) -> Mapping[tuple[str, str], Pace]:
        """As :meth:`KeyedClients.paces`."""
        return self.clients.paces()

    async def refused(self, key_id: str, trouble: Trouble) -> None:
        """A host did not take a key. Its owner is told, once until it is taken again."""
        now = self._clock.now()
        async with self._database.begin() as connection:
            key = await note_trouble(connection, key_id, trouble)
            if key is not None and key.owner.kind == "guild":
                await put_notice(
                    connection,
                    guild_id=key.owner.id,
                    key=f"key:{key.id}:{int(now.timestamp())}",
                    kind=f"key_{trouble}",
                    facts={"host": key.host},
                    at=now,
                )
        if key is not None:
            _log.warning("key.refused", key=key.id, host=key.host, trouble=trouble)
            await self.tell(key, trouble)

    async def accepted(self, key_id: str) -> None:
        """A host took it."""
        async with self._database.begin() as connection:
            await note_trouble(connection, key_id, None)

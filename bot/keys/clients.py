"""Clients of hosts by the key that pays: made when first used, few kept, and none outliving its key.

A job names its key, never holds it. Each call looks whether the key is still there, in whatever process, and
only then opens it; so a key that was removed is not used again, and no other is used in its place.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog
from pydantic import SecretStr

from bot.errors import KeyGone
from bot.jobs.limits import Pace
from bot.jobs.ports import Host
from bot.keys.keyed_host import KeyedHost
from bot.keys.vault import Unreadable, Vault
from bot.store.db import Database
from bot.store.keys import get_key

MOST_CLIENTS: Final = 64
"""Open at a time; each has its own connections, and forgets what its host's limits and lists told."""

_log = structlog.get_logger(__name__)

MakeClient = Callable[[Host, SecretStr | None], Host]
"""A client of the same host for another account, or for none."""
Hide = Callable[[str], None]
"""Keeps a text out of the logs from now on."""


@dataclass
class _Open:
    """A client, and how many calls it is at."""

    client: Host
    calls: int = 0
    stale: bool = field(default=False)
    """Whether it is closed after them."""


class KeyedClients:
    """The clients of one process. Close it when done."""

    def __init__(
        self,
        database: Database,
        hosts: Mapping[str, Host],
        *,
        vault: Vault | None,
        make: MakeClient,
        hide: Hide = lambda _: None,
        most: int = MOST_CLIENTS,
    ) -> None:
        self._database = database
        self._hosts = hosts
        self._vault = vault
        self._make = make
        self._hide = hide
        self.most = most
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._keyless: dict[str, Host] = {}

    async def close(self) -> None:
        """Close every client."""
        clients = [each.client for each in self._open.values()] + list(self._keyless.values())
        self._open.clear()
        self._keyless.clear()
        async with contextlib.AsyncExitStack() as closing:
            for client in clients:
                closing.push_async_callback(client.close)

    def host(self, name: str, key_id: str) -> Host:
        """The host, asked with this key; nothing is opened before the first call."""
        return KeyedHost(self._hosts[name], key_id, self)

    def keyless(self, name: str) -> Host:
        """The host, asked with no key: for what it gives everybody, and for what others say it said."""
        if name not in self._keyless:
            self._keyless[name] = self._make(self._hosts[name], None)
        return self._keyless[name]

    def paces(self) -> dict[tuple[str, str], Pace]:
        """How fast hosts take orders now: host and key -> pace, of the clients that are open here."""
        told = {(each.client.name, key_id): each.client.pace for key_id, each in self._open.items()}
        return {lane: pace for lane, pace in told.items() if pace is not None}

    def pace_of(self, key_id: str) -> Pace | None:
        """As :meth:`paces`, of one key."""
        return self._open[key_id].client.pace if key_id in self._open else None

    @contextlib.asynccontextmanager
    async def borrowed(self, name: str, key_id: str) -> AsyncGenerator[Host]:
        """The client of a key for one call. Raises ``KeyGone``: it was removed, or cannot be opened."""
        held = await self._held(name, key_id)
        held.calls += 1
        try:
            while len(self._open) > self.most:
                await self._drop(next(iter(self._open)))
            yield held.client
        finally:
            held.calls -= 1
            if held.stale and not held.calls:
                await held.client.close()

    async def _held(self, name: str, key_id: str) -> _Open:
        async with self._database.glance() as connection:
            key = await get_key(connection, key_id)
        if key is None or key.host != name or self._vault is None:
            await self._drop(key_id)
            raise KeyGone(name)
        if key_id not in self._open:
            self._open[key_id] = _Open(self._opened(self._vault, key.sealed, name, key_id))
        self._open.move_to_end(key_id)
        return self._open[key_id]

    def _opened(self, vault: Vault, sealed: str, name: str, key_id: str) -> Host:
        try:
            key = vault.open(sealed, key_id=key_id, host=name)
        except Unreadable:
            _log.error("key.unreadable", key=key_id, host=name)
            raise KeyGone(name) from None
        self._hide(key.get_secret_value())
        return self._make(self._hosts[name], key)

    async def _drop(self, key_id: str) -> None:
        """Forget a client; it is closed when nobody is at a call with it."""
        held = self._open.pop(key_id, None)
        if held is None:
            return
        held.stale = True
        if not held.calls:
            await held.client.close()

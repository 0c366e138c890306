"""simcord's world on the wall clock."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Generator, Mapping
from typing import Any, cast

import discord
from simcord._clock import Clock
from simcord.backend import Backend
from simcord.backend.access import channel_accessible
from simcord.backend.errors import missing_access
from simcord.backend.models import Interaction, Overwrite
from simcord.enums import OverwriteType

from bot.room.cdn import RoomCdn
from bot.room.clock import WallClock
from bot.room.register import Register
from bot.room.simcord_internals.languages import DEFAULT


class _RoomClock(WallClock, Clock):
    """The wall clock as simcord's clock."""


class RoomBackend(Backend):
    """simcord's world on the wall clock, with bounded logs and files kept outside of it.

    ``changes`` counts everything that may look different on a page; ``locales`` says which language a
    member's Discord is in, where it is another than American English; ``age_restricted`` names channels.
    Who is made within ``known_as`` has the ids that ``register`` has kept.
    """

    _LOG_LENGTH = 200
    _UNSEEN = frozenset({"INTERACTION_CREATE", "TYPING_START"})

    def __init__(self, cdn: RoomCdn, register: Register) -> None:
        self.changes = 0
        self._register = register
        self._known_as: str | None = None
        self.locales: dict[int, str] = {}
        self.age_restricted: set[int] = set()
        self._changed = asyncio.Event()
        with self.known_as("bot"):
            super().__init__(clock=_RoomClock())
        self.cdn = cast(Any, cdn)
        self.transcript = cast(Any, deque[Any](maxlen=self._LOG_LENGTH))
        self.http_requests = cast(Any, deque[Any](maxlen=self._LOG_LENGTH))
        # Each life of the room is another application, whose commands are to be registered anew. Random low
        # bits: two rooms begun in one millisecond must not look like one.
        self.application_id = self.reserve_id(self.snowflake() | secrets.randbits(21) << 1 | 1)

    def snowflake(self) -> int:
        """An id: a new one, or the one that was kept of who is made."""
        if self._known_as is None:
            return super().snowflake()
        found = self._register.id_of(self._known_as, super().snowflake)
        self._reserved_ids.add(found)
        self._known_as += "'"
        return found

    @contextlib.contextmanager
    def known_as(self, name: str) -> Generator[None]:
        """Whatever gets an id within this block gets the one that the register has of the name.

        What comes with it (a server's owner, its bot's role) is known by the name and a dash behind it.
        """
        self._known_as = name
        try:
            yield
        finally:
            self._known_as = None

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Tell every subscriber of a gateway event."""
        super().emit(event, payload)
        if event not in self._UNSEEN:
            self.note_change()

    def note_change(self) -> None:
        """Something looks different now."""
        self.changes += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def locale_of(self, user_id: int) -> str:
        """The language of a member's Discord."""
        return self.locales.get(user_id, DEFAULT)

    def set_locales(self, user_id: int, locale: str, guild_id: int, guild_locale: str) -> None:
        """Set the language of a member's Discord, and the one that the server prefers."""
        self.locales[user_id] = locale
        if self.get_guild(guild_id).preferred_locale != guild_locale:
            self.edit_guild(guild_id, {"preferred_locale": guild_locale})
        self.note_change()

    def manages(self, channel_id: int, user_id: int) -> bool:
        """Whether somebody may change a channel of a server; a thread as the channel that it hangs in."""
        guild_id = self.get_channel(channel_id).guild_id
        needed = discord.Permissions.manage_channels.flag
        return guild_id is not None and bool(self.compute_permissions(guild_id, user_id, channel_id) & needed)

    def is_age_restricted(self, channel_id: int) -> bool:
        """Whether a channel is; a thread is as the channel that it hangs in."""
        return self.get_channel(channel_id).permission_channel_id() in self.age_restricted

    def restrict_age(self, channel_id: int, restricted: bool) -> None:
        """Make a channel age-restricted, or open to everybody again."""
        channel_id = self.get_channel(channel_id).permission_channel_id()
        (self.age_restricted.add if restricted else self.age_restricted.discard)(channel_id)
        self.announce_channel_update(channel_id)

    def has_bot(self, guild_id: int) -> bool:
        """Whether the bot is a member of a server."""
        guild = self.guilds.get(guild_id)
        return guild is not None and self.bot_user.id in guild.members

    def new_interaction(
        self,
        type: int,  # noqa: A002 - simcord's signature
        channel_id: int,
        user_id: int,
        guild_id: int | None,
    ) -> Interaction:
        """Note that somebody turns to the bot. Raises ``BackendError`` in a server that it is not in."""
        if guild_id is not None and not self.has_bot(guild_id):
            raise missing_access()
        return super().new_interaction(type, channel_id, user_id, guild_id)

    async def wait_for_change(self, after: int, limit_s: float) -> None:
        """Wait until ``changes`` differs from ``after``, at most ``limit_s`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while self.changes == after:
                    await self._changed.wait()

    def forget_old(self, keep: int = 2_000) -> None:
        """Drop the book-keeping that grows with every request; ids stay unique without it."""
        while len(self.interactions) > keep:
            oldest = next(iter(self.interactions))
            self.interaction_tokens.pop(self.interactions.pop(oldest).token, None)
        if len(self._sequences) > keep:
            for millisecond in sorted(self._sequences)[:-10]:
                del self._sequences[millisecond]
            newest = max(self._sequences) << 22
            self._reserved_ids = {number for number in self._reserved_ids if number >= newest}

    def interaction_expired(self, token: str) -> bool:
        """Whether ``token`` belongs to an interaction whose fifteen minutes are over."""
        record = self.interactions.get(self.interaction_tokens.get(token, 0))
        return record is not None and record.expires_at is not None and self.now_iso() >= record.expires_at

    def overwrite_permissions(self, channel_id: int, member_id: int, allow: int, deny: int) -> None:
        """Allow and deny a member permissions (bit sets) in one channel."""
        self.set_overwrite(channel_id, Overwrite(member_id, OverwriteType.MEMBER, allow, deny))

    def overwrite_role(self, channel_id: int, role_id: int, allow: int, deny: int) -> None:
        """Allow and deny a role (the server's id is everybody) permissions in one channel."""
        self.set_overwrite(channel_id, Overwrite(role_id, OverwriteType.ROLE, allow, deny))

    def may_look(self, channel_id: int, user_id: int) -> bool:
        """Whether somebody sees a channel."""
        return channel_accessible(self, channel_id, user_id, history=True)

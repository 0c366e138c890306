"""What servers, channels and members decide: read with one query, every change of a server noted for ever."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.clock import Clock, SystemClock
from bot.jobs.preferences import GuildSettings, MemberSettings, Preset, Remix, Settings, changed
from bot.moderation.deeds import SET, Deed, Sought
from bot.store.audit_log import find_deeds, note
from bot.store.db import Database
from bot.store.notices import show_again
from bot.store.settings import (
    lock_guild_settings,
    read_member,
    read_settings,
    write_channel_settings,
    write_guild_settings,
    write_member,
)

_log = structlog.get_logger(__name__)

Also = Callable[[AsyncConnection, GuildSettings, GuildSettings], Awaitable[None]]

_TOGETHER: ContextVar[tuple[Database, AsyncConnection] | None] = ContextVar("choices_together", default=None)
"""The transaction that this task's changes belong to, where there is one for all of them."""


class Choices:
    """Settings, for everybody who acts on them. Nothing is cached, so several processes agree at once."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def of(self, guild_id: str, channel_id: str) -> Settings:
        """What counts in a channel. For a thread give the channel that it hangs in."""
        if (within := self._within()) is not None:
            return await read_settings(within, guild_id, channel_id)
        async with self._database.glance() as connection:
            return await read_settings(connection, guild_id, channel_id)

    @contextlib.asynccontextmanager
    async def together(self, guild_id: str) -> AsyncGenerator[AsyncConnection, None]:
        """Many changes of one server that happen in one transaction or not at all, whatever makes them.

        Whatever this task changes in the block belongs to it; nobody else changes anything there meanwhile.
        A block within a block is a part of it.
        """
        if (within := self._within()) is not None:
            yield within
            return
        async with self._database.begin(long=True) as connection:
            await lock_guild_settings(connection, guild_id)
            token = _TOGETHER.set((self._database, connection))
            try:
                yield connection
            finally:
                _TOGETHER.reset(token)

    def _within(self) -> AsyncConnection | None:
        database, connection = _TOGETHER.get() or (None, None)
        return connection if database is self._database else None

    @contextlib.asynccontextmanager
    async def _begin(self) -> AsyncGenerator[AsyncConnection, None]:
        if (within := self._within()) is not None:
            yield within
            return
        async with self._database.begin() as connection:
            yield connection

    async def set_for_guild(self, guild_id: str, name: str, value: object, *, actor_id: str) -> Settings:
        """Change one setting of a server. Raises ``InvalidOption``."""
        return await self.edit_guild(
            guild_id, name, lambda settings: changed(settings, name, value), actor_id=actor_id
        )

    async def put_preset(self, guild_id: str, preset: Preset, *, actor_id: str) -> Settings:
        """Keep a prompt under a name, in place of the one that had it. Raises ``InvalidOption``."""

        def put(settings: GuildSettings) -> GuildSettings:
            return changed(settings, "presets", settings.with_preset(preset))

        return await self.edit_guild(guild_id, "presets", put, actor_id=actor_id)

    async def remove_preset(self, guild_id: str, name: str, *, actor_id: str) -> Settings:
        """Forget a preset; an unknown one is no error."""

        def remove(settings: GuildSettings) -> GuildSettings:
            return changed(settings, "presets", settings.without_preset(name))

        return await self.edit_guild(guild_id, "presets", remove, actor_id=actor_id)

    async def edit_guild(
        self,
        guild_id: str,
        name: str,
        edit: Callable[[GuildSettings], GuildSettings],
        *,
        actor_id: str,
        reason: str | None = None,
        also: Also | None = None,
    ) -> Settings:
        """Change what a server decided, whatever it is, and note it.

        Args:
            guild_id: Whose settings.
            name: What is changed, for the trail; with a dot before the name of a nested record's field.
            edit: Makes the new settings of the old ones, while nobody else changes them.
            actor_id: Who wants it.
            reason: Why, where that was said.
            also: What is written in the same transaction, told the settings before and after.

        Raises:
            InvalidOption: Or whatever else ``edit`` or ``also`` raises; nothing is changed then.
        """
        async with self._begin() as connection:
            await lock_guild_settings(connection, guild_id)
            before = (await read_settings(connection, guild_id, "")).guild
            after = edit(before)
            if after != before:
                await write_guild_settings(connection, guild_id, after)
                values = (_plain(before, name), _plain(after, name))
                await self._note(connection, guild_id, None, actor_id, name, values, reason)
            if after.rules.moderators_channel_id != before.rules.moderators_channel_id:
                await show_again(connection, guild_id, self._clock.now())
            if also is not None:
                await also(connection, before, after)
        return Settings(guild=after)

    async def set_for_channel(
        self,
        guild_id: str,
        channel_id: str,
        name: str,
        value: object,
        *,
        actor_id: str,
        reason: str | None = None,
    ) -> Settings:
        """Change one setting of a channel, and note it. Raises ``InvalidOption``."""
        async with self._begin() as connection:
            await lock_guild_settings(connection, guild_id)
            before = await read_settings(connection, guild_id, channel_id)
            after = changed(before.channel, name, value)
            if after != before.channel:
                await write_channel_settings(connection, guild_id, channel_id, after)
                values = (_plain(before.channel, name), _plain(after, name))
                await self._note(connection, guild_id, channel_id, actor_id, name, values, reason)
        return Settings(guild=before.guild, channel=after)

    async def _note(
        self,
        connection: AsyncConnection,
        guild_id: str,
        channel_id: str | None,
        actor_id: str,
        name: str,
        values: tuple[Any, Any],
        reason: str | None = None,
    ) -> None:
        before, after = values
        deed = Deed(
            at=self._clock.now(),
            guild_id=guild_id,
            actor_id=actor_id,
            action=SET,
            subject=name,
            channel_id=channel_id,
            reason=reason,
            before=before,
            after=after,
        )
        await note(connection, deed)
        _log.info("setting.changed", guild=guild_id, channel=channel_id, actor=actor_id, setting=name)

    async def log_of(self, guild_id: str, limit: int = 10) -> list[Deed]:
        """Who changed what setting of a server, newest first."""
        sought = Sought(guild_id=guild_id, action=SET)
        async with self._database.connect() as connection:
            return [each.deed for each in await find_deeds(connection, sought, limit=limit)]

    async def member(self, user_id: str) -> MemberSettings:
        """What a member decided."""
        async with self._database.connect() as connection:
            return await read_member(connection, user_id)

    async def set_remix(self, user_id: str, remix: Remix | None) -> None:
        """Who may make something from a member's music; None: as each server says."""
        async with self._database.begin() as connection:
            settings = await read_member(connection, user_id)
            await write_member(connection, user_id, settings.model_copy(update={"remix": remix}))


def _plain(record: Any, name: str) -> Any:
    value = record.model_dump(mode="json")
    for step in name.split("."):
        value = value[step]
    return value

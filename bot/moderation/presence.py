"""Whether the bot is in a server: every coming and going stands in its trail, noticed or not."""

from __future__ import annotations

from collections.abc import Callable, Collection

import structlog

from bot.jobs.clock import Clock, SystemClock
from bot.moderation.deeds import JOINED, LEFT, THE_BOT, By
from bot.store.audit_log import latest_of, note
from bot.store.db import Database
from bot.store.settings import guilds_with_settings

_log = structlog.get_logger(__name__)


class Presence:
    """Notes it."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def came(self, guild_id: str, *, here: bool) -> None:
        """Note that the bot was invited or sent away, where the trail does not say so already."""
        await self._noted(guild_id, here=here, before=LEFT if here else JOINED)

    async def _noted(self, guild_id: str, *, here: bool, before: str) -> None:
        """``before`` is how it was where the trail says nothing of it."""
        action = JOINED if here else LEFT
        async with self._database.begin() as connection:
            latest = await latest_of(connection, guild_id, (JOINED, LEFT))
            if (latest or before) == action:
                return
            await note(connection, By(guild_id=guild_id, actor_id=THE_BOT).deed(self._clock.now(), action))
        _log.info("guild.came", guild=guild_id, here=here)

    async def only_in(self, guild_ids: Collection[str], *, mine: Callable[[str], bool]) -> None:
        """As :meth:`came`, of what happened while nobody looked: of servers that decided something.

        Args:
            guild_ids: Those that the bot is in now.
            mine: Whether this process is told about a server.
        """
        async with self._database.connect() as connection:
            known = await guilds_with_settings(connection)
        for guild_id in known:
            if mine(guild_id):
                # One that decided something had the bot, whatever its trail has forgotten.
                await self._noted(guild_id, here=guild_id in guild_ids, before=JOINED)

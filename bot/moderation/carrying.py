"""Carrying what a server decided from file to file: taken along, looked at, and brought."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from bot.errors import NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.ids import new_id
from bot.library.choices import Choices
from bot.moderation.deeds import IMPORTED, OF_IMPORT, By
from bot.moderation.screen_rules import ScreenRules
from bot.moderation.setup import Setup
from bot.moderation.setup_file import read, write
from bot.moderation.setup_plan import Known, Plan, planned
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.screen_rules import rules_of
from bot.store.searches import drop_plan, forget_searches, get_plan, keep_plan

_PLANS_KEPT: Final = timedelta(days=1)


class Carrying:
    """Settings and rules for words, as files."""

    def __init__(
        self,
        database: Database,
        choices: Choices,
        setup: Setup,
        screen: ScreenRules,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._choices = choices
        self._setup = setup
        self._screen = screen
        self._clock = clock or SystemClock()

    async def export(self, guild_id: str) -> bytes:
        """Everything as a file."""
        layout, rules = await self._setup.layout(guild_id), await self._screen.all(guild_id)
        return write(guild_id, layout.guild, layout.channels, rules, self._clock.now())

    async def plan(self, content: bytes, known: Known) -> Plan:
        """What a file would change. Raises ``InvalidOption``."""
        file = await asyncio.to_thread(read, content)
        layout, rules = await self._setup.layout(known.guild_id), await self._screen.all(known.guild_id)
        return planned(file, known, layout.guild, layout.channels, rules)

    async def keep(self, content: bytes, *, guild_id: str, user_id: str) -> str:
        """Keep a file that was read without complaint until its plan is confirmed; its key."""
        key, now = new_id(), self._clock.now()
        async with self._database.begin() as connection:
            await forget_searches(connection, before=now - _PLANS_KEPT)
            await keep_plan(connection, key, user_id, {"guild_id": guild_id, "file": content.decode()}, now)
        return key

    async def apply(self, key: str, known: Known, *, user_id: str) -> Plan:
        """Change what the kept file says, as everything stands now: all of it, or nothing.

        Raises:
            NotFound: ``setup_plan``: a day old, somebody else's, or of another server.
        """
        async with self._database.glance() as connection:
            kept = await get_plan(connection, key, user_id)
        if kept is None or kept["guild_id"] != known.guild_id:
            raise NotFound("setup_plan")
        file = await asyncio.to_thread(read, str(kept["file"]).encode())
        async with self._choices.together(known.guild_id) as connection:
            if not await drop_plan(connection, key):
                raise NotFound("setup_plan")
            stands = await self._setup.layout_within(connection, known.guild_id)
            rules = await rules_of(connection, known.guild_id)
            plan = planned(file, known, stands.guild, stands.channels, rules)
            await self._setup.set_all(known.guild_id, plan.changes, actor_id=user_id, reason=OF_IMPORT)
            if plan.rules:
                await self._screen.become(
                    connection, known.guild_id, plan.rules, actor_id=user_id, origin=OF_IMPORT
                )
            by = By(guild_id=known.guild_id, actor_id=user_id)
            told = {"changes": plan.count, "left_out": len(plan.dropped)}
            await note(connection, by.deed(self._clock.now(), IMPORTED, after=told))
        return plan

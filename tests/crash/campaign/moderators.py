"""The moderators: each order that waits is approved, rejected, or left until its time is over."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
import random
from collections.abc import AsyncGenerator
from typing import Final

import aiohttp

from bot.jobs.preferences import ChannelSettings, GuildSettings
from bot.safety.policy import RuleSettings
from bot.store.settings import write_channel_settings, write_guild_settings
from tests.crash.campaign.town import Town
from tests.room.driver import Refused

CHECKED: Final = "checked"
"""The channel whose orders all wait."""
QUEUE: Final = "queue"
"""Where moderators are told."""
HELD_EVERY: Final = 5
"""Of so many orders one is made there."""
_MODERATOR: Final = "Mira"
_LOOK_S: Final = 0.2


class Verdict(enum.StrEnum):
    """What becomes of an order that waits; the value is what its hold says then."""

    APPROVE = "approved"
    REJECT = "rejected"
    NOBODY = "expired"


@contextlib.asynccontextmanager
async def moderating(town: Town, seed: int) -> AsyncGenerator[None]:
    """Orders of a channel wait, and somebody decides about them."""
    async with town.view.database.begin() as connection:
        world = await town.room.world()
        guild_id = str(world["guild_id"])
        queue = await town.room.add_channel(QUEUE)
        rules = RuleSettings(moderators_channel_id=queue, held_most=25)
        await write_guild_settings(connection, guild_id, GuildSettings(rules=rules))
        checked = await town.room.add_channel(CHECKED)
        await write_channel_settings(connection, guild_id, checked, ChannelSettings(approval=True))
    looking = asyncio.create_task(_Moderators(town, seed).look(), name="moderators")
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


class _Moderators:
    def __init__(self, town: Town, seed: int) -> None:
        self._town, self._seed = town, seed

    async def look(self) -> None:
        """Take up whatever waits, each by itself, until told to stop."""
        begun: set[str] = set()
        async with asyncio.TaskGroup() as deciding:
            while True:
                for job_id, verdict in (await self._town.view.holds()).items():
                    if verdict == "open" and job_id not in begun:
                        begun.add(job_id)
                        deciding.create_task(self._decide(job_id))
                await asyncio.sleep(_LOOK_S)

    async def _decide(self, job_id: str) -> None:
        """Again and again until it is decided: the bot may be gone, or Discord may lose the press."""
        number = int((await self._town.view.words_of(job_id)).rpartition("k")[2])
        verdict = list(Verdict)[number // HELD_EVERY % len(Verdict)]
        chance = random.Random(f"{self._seed}/verdict/{number}")
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        if verdict is Verdict.NOBODY:
            await self._town.view.let_time_pass(job_id)
            return
        while (await self._town.view.holds())[job_id] == "open":
            with contextlib.suppress(Refused, KeyError, aiohttp.ClientError):
                await self._press(job_id, verdict)
            await asyncio.sleep(_LOOK_S)

    async def _press(self, job_id: str, verdict: Verdict) -> None:
        action = f"rc1:hold-{'yes' if verdict is Verdict.APPROVE else 'no'}:{job_id}"
        for message in await self._town.room.messages(QUEUE):
            if action in json.dumps(message["components"]):
                pressed = await self._town.room.click(_MODERATOR, message["id"], custom_id=action)
                if pressed.modal is not None:
                    await self._town.room.submit(_MODERATOR, pressed, {"reason": "Not today"})
                return

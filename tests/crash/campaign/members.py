"""The members: they order by slash commands, and a few change their minds."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

import aiohttp

from tests.crash.campaign.moderators import CHECKED, HELD_EVERY
from tests.crash.campaign.town import Town
from tests.room.driver import Refused

_WORDS = ("funky organ", "slow waltz", "lofi piano", "surf guitar", "dub bass", "brass band", "harp arpeggio")
_CHANNELS = ("riffs", "lounge")
_HELD = 2
"""Which of them that is: the first round has two, so that another one goes on."""
_MEMBERS = 20
CHANGES_MIND = 0.04
"""How many orders their owner cancels."""
_ANSWERED_S = 4.0
_LOOK_S = 0.2


def token(number: int) -> str:
    """What only this command's prompt holds."""
    return f"k{number:05d}"


@dataclass
class Members:
    """Everybody in the room. Each command has a prompt of its own."""

    town: Town
    seed: int
    sent: int = 0
    answered: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def come(self) -> None:
        """Let them join the server."""
        for number in range(_MEMBERS):
            await self.town.room.add_user(f"Member {number}")

    def order(self, count: int) -> None:
        """Send so many commands, within about a second."""
        for _ in range(count):
            self.sent += 1
            task = asyncio.create_task(self._one(self.sent), name=f"order {self.sent}")
            self._tasks.add(task)

    @property
    def waiting(self) -> int:
        """Commands that were neither answered nor given up yet."""
        return sum(not task.done() for task in self._tasks)

    async def are_quiet(self) -> None:
        """Wait until every command was answered, or was not in time. Raises what went wrong."""
        while self._tasks:
            done, self._tasks = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    async def _one(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/order/{number}")
        user = f"Member {chance.randrange(_MEMBERS)}"
        channel = chance.choice(_CHANNELS)
        if number % HELD_EVERY == _HELD:
            channel = CHECKED
        options = {"prompt": f"{chance.choice(_WORDS)} {token(number)}", "steps": 5, "length_s": 5}
        await asyncio.sleep(chance.uniform(0.0, 0.8))
        while True:
            await self.town.workers[0].life.is_up()
            try:
                asked = await self.town.room.slash(user, channel, "riff", options, wait_s=_ANSWERED_S)
                break
            except Refused:  # the bot went away just now
                await asyncio.sleep(_LOOK_S)
        self.answered += asked.acknowledged
        if asked.message_id is not None and chance.random() < CHANGES_MIND:
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            try:
                await self.town.room.click(user, asked.message_id, label="Cancel")
            except (Refused, KeyError, aiohttp.ClientError):  # it is a result by now, or nobody is there
                return

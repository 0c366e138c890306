"""Many members who order at the same instant; as a process of its own it waits for a line on its input."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from bot.errors import NotEnough
from bot.jobs.limits import Limits
from bot.jobs.parcels import Delivery, Posted
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.store.db import open_database
from bot.ui.words import sentence
from tests.jobs.world import Message, StageDouble, World, an_order, answering
from tests.treasury.till import PRICES

_WIDE = Limits(per_channel=1_000, per_guild=1_000, per_host=1_000, total=1_000)


class SharedStage(StageDouble):
    """A channel to which several processes post: cards have their jobs' names, whoever showed them."""

    heard: Callable[[str], object] | None = None
    """Called with each job whose music is there."""

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """One message a job."""
        self.messages.setdefault(job.message_id or "", Message(job.id, "card"))
        posted = await super().deliver(job, delivery)
        if self.heard is not None:
            self.heard(job.id)
        return posted


class CrowdedWorld(World):
    """A server with room for everybody, whose paid host answers at once; ``mark`` is this process's own."""

    def __init__(self, folder: Path, url: str, mark: str = "p") -> None:
        super().__init__(folder, url)
        self.prices, self.limits, self.paid.mark = PRICES, _WIDE, mark
        self.stage = SharedStage(self.accidents)

    def played(self) -> list[str]:
        """The jobs of all messages with music that this process posted."""
        return [each.job_id for each in self.stage.messages.values() if each.text.startswith("take ")]


async def crowd_orders(world: World, jobs: Jobs, users: Sequence[int]) -> tuple[list[Job], list[NotEnough]]:
    """Each of them orders once, all at once, and sees the card: jobs of some, what others were told."""
    answering(world.paid, jobs)
    await jobs.open()

    async def one(user: int) -> Job | NotEnough:
        try:
            order = an_order(host="paid", user=f"{user}", channel=f"{11 + user % 3}")
            job = await jobs.order(order, interaction_token=None)
        except NotEnough as error:
            return error
        world.stage.messages[job.id] = Message(job.id, "card")
        await jobs.card_shown(job.id, job.id)
        return job

    found = await asyncio.gather(*(one(user) for user in users))
    return [each for each in found if isinstance(each, Job)], [
        each for each in found if isinstance(each, NotEnough)
    ]


def told(refused: Sequence[NotEnough]) -> Counter[str]:
    """The sentences that those who were refused read, with how many read each."""
    return Counter(sentence(each) for each in refused)


def _say(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


async def _main(url: str, first: int, count: int) -> None:
    """Order after the first line, play until the input ends, then say what happened."""
    with tempfile.TemporaryDirectory() as folder:
        world = CrowdedWorld(Path(folder), url, mark=f"{first} p")
        world.stage.heard = lambda job_id: _say(played_one=job_id)
        async with open_database(url) as database:
            jobs = world.new_jobs(database)
            await jobs.start()
            _say(ready=True)
            await asyncio.to_thread(sys.stdin.readline)
            accepted, refused = await crowd_orders(world, jobs, range(first, first + count))
            await asyncio.to_thread(sys.stdin.read)
            await jobs.stop()
    _say(accepted=len(accepted), refused=told(refused), played=world.played(), charged=len(world.paid.runs))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

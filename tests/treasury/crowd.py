"""Many members who order at the same instant; as a process of its own it waits for a line on its input."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.errors import NotEnough
from bot.jobs.records import Job
from bot.store.db import Database, open_database
from tests.jobs.world import World, an_order
from tests.treasury.till import PRICES


async def crowd_orders(
    world: World, database: Database, users: Sequence[int]
) -> tuple[list[Job], list[NotEnough]]:
    """Each of them orders once, all at once: the jobs of some, what the others were told."""
    world.prices = PRICES
    jobs = world.new_jobs(database)
    await jobs.open()

    async def one(user: int) -> Job | NotEnough:
        try:
            order = an_order(host="paid", user=f"{user}", channel=f"{11 + user % 3}")
            return await jobs.order(order, interaction_token=None)
        except NotEnough as error:
            return error

    found = await asyncio.gather(*(one(user) for user in users))
    return [each for each in found if isinstance(each, Job)], [
        each for each in found if isinstance(each, NotEnough)
    ]


def told(refused: Sequence[NotEnough]) -> list[list[object]]:
    """What those who were refused heard, each once, with how many heard it."""
    counted = Counter(tuple(sorted(each.facts.items())) for each in refused)
    return [[dict(facts), count] for facts, count in counted.items()]


async def _main(url: str, first: int, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), url)
        async with open_database(url) as database:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.readline)
            accepted, refused = await crowd_orders(world, database, range(first, first + count))
    answer = {"accepted": len(accepted), "refused": told(refused)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

"""Many faults in one job, drawn by chance: whatever meets what, nothing is paid twice or lost sight of."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.jobs.records import Job
from bot.jobs.states import State
from tests.peers.standin import Dialect, Point
from tests.providers.houses import House, a_house

ORDERS = [
    "well",
    "well",
    "lost response",
    "500 after acceptance",
    "dropped",
    "500",
    "429 in body",
    "truncated JSON",
]
READS = ["well", "500", "dropped", "HTML body", "429 in body", "404", "numbers as strings", "truncated JSON"]
LISTS = [*READS, "401", "403", "no inputs", "an empty object", "missing fields", "6-digit fractions"]
FILES = ["well", "500", "dropped", "wrong content length", "404"]
ENDS = ["succeeded", "succeeded", "succeeded", "data addresses", "NSFW", "failed", "aborted", "cold boot"]
_STEPS = 60
_NEVER_TAKEN = {
    "ending.host_refused",
    "ending.host_bad_key",
    "ending.host_no_credit",
    "ending.host_invalid_input",
    "ending.host_model_gone",
    "ending.bug",
}
"""What is said of an order that a host did not take."""


async def played(house: House, chance: random.Random) -> Job:
    """One job in a house whose host does what it likes, until it has ended."""
    points: dict[Point, list[str]] = {"create": ORDERS, "get": READS, "list": LISTS, "file": FILES}
    for point, names in points.items():
        house.host.play(point, *chance.choices(names, k=chance.randint(0, 3)))
    job = await house.ordered()
    for _ in range(_STEPS):
        if job.ended:
            return job
        for run_id in house.host.charges:
            if house.host.predictions.rows[run_id]["status"] == "starting" and chance.random() < 0.5:
                await house.host.predictions.ends(run_id, chance.choice(ENDS))
            if chance.random() < 0.3:
                await house.hears(run_id, await house.told(run_id))
        job = await house.later(job, chance.choice([1.0, 11.0, 45.0, 400.0]))
    raise AssertionError(f"still open: {job}")


@pytest.mark.parametrize(
    ("dialect", "seed"),
    [*(("predictions", seed) for seed in range(15)), *(("aggregator", seed) for seed in range(5))],
)
async def test_whatever_meets_what(dialect: Dialect, seed: int, tmp_path: Path, sqlite_url: str) -> None:
    """It ends; one order at most was accepted; one take is delivered, or none; the books are exact."""
    async with a_house(tmp_path, sqlite_url, dialect) as house:
        job = await played(house, random.Random(seed))
        rows = house.host.predictions.rows
        assert len(house.host.charges) <= 1
        assert house.world.accidents.passed.count("deliver") == (job.state is State.DONE)
        assert len(house.world.stage.of(job)) == 1
        if job.state is State.DONE:
            assert rows[house.host.charges[0]]["status"] == "succeeded"
        else:
            assert job.ending is not None
            assert not house.host.charges or job.ending not in _NEVER_TAKEN
            running = [row for row in rows.values() if row["status"] in ("starting", "processing")]
            assert running == [] or dialect == "aggregator", "gateways stop nothing"

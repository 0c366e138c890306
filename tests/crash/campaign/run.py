"""The campaign: rounds of orders and kills, then quiet, then the books."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from math import ceil
from pathlib import Path

from bot.jobs.states import ENDED, State
from tests.crash.campaign.members import Members
from tests.crash.campaign.moderators import moderating
from tests.crash.campaign.opening import town
from tests.crash.campaign.plan import Moment, Round, plan
from tests.crash.campaign.report import Course, Report, reported
from tests.crash.campaign.town import ENGINE, PAID, Town
from tests.crash.campaign.traps import Struck, strike

QUIET_S = 180.0
"""How long jobs may take to end after the last kill; what is not over then is stuck."""
_MOST_MISSES = 4
_TO_TRY_AGAIN = 2
"""Orders, even beyond those that were asked for: without any a moment never comes."""
_LOOK_S = 0.1
_LINE, _LINE_S = 8, 20.0
"""How many may stand in line when a round begins, and how long that is waited for."""


async def campaign(folder: Path, *, jobs: int, kills: int, seed: int, database_url: str | None) -> Report:
    """Run one and compare the books.

    Args:
        folder: Where the processes keep data and logs.
        jobs: Orders that are accepted in the end; a few more where a moment was long in coming.
        kills: ``kill -9``s.
        seed: Of orders, accidents and kills.
        database_url: A fresh PostgreSQL database; None for SQLite.
    """
    began = time.monotonic()
    rounds = plan(seed, kills, postgres=database_url is not None)
    async with town(folder, seed, database_url, first_host=_host_of(rounds[:1])) as place:
        members = Members(place, seed)
        await members.come()
        async with moderating(place, seed):
            struck, missed = await _rounds(place, members, rounds, jobs)
            await _top_up(place, members, jobs)
            await _quiet(place)
        course = Course(
            seed=seed,
            is_postgres=database_url is not None,
            took_s=time.monotonic() - began,
            commands=members.sent,
            missed=missed,
            struck=struck,
        )
        return await reported(place, course)


def _host_of(rounds: Iterable[Round]) -> str:
    """Where the orders of the first of them go."""
    return ENGINE if any(this.to_engine for this in islice(rounds, 1)) else PAID


async def _rounds(place: Town, members: Members, rounds: list[Round], jobs: int) -> tuple[list[Struck], int]:
    """Orders, a moment, a kill; a moment that does not come is put off."""
    ahead = deque(rounds)
    struck: list[Struck] = []
    misses: dict[int, int] = {}
    chance = random.Random(f"{members.seed}/victims")
    while ahead:
        this = ahead.popleft()
        await _short_line(place)
        await place.orders_go_to(_host_of([this]))
        place.next_host = _host_of([*ahead, this])
        wanted = jobs - members.waiting - await place.view.count()
        least = _TO_TRY_AGAIN if this.number in misses else 0
        members.order(max(least, ceil(wanted / (len(ahead) + 1))))
        kill = await strike(place, this, chance)
        if kill is not None:
            struck.append(kill)
            continue
        misses[this.number] = misses.get(this.number, 0) + 1
        put_off = misses[this.number] < _MOST_MISSES
        ahead.insert(1, this if put_off else replace(this, moment=Moment.ANY))
    return struck, sum(misses.values())


async def _short_line(place: Town) -> None:
    """Let the line become short, or at every kill nearly all jobs would stand in it and nowhere else."""
    until = time.monotonic() + _LINE_S
    while time.monotonic() < until:
        if (await place.view.states())[State.QUEUED] <= _LINE:
            return
        await asyncio.sleep(_LOOK_S)


async def _top_up(place: Town, members: Members, jobs: int) -> None:
    """Order until as many orders were accepted as were asked for."""
    await members.are_quiet()
    while (missing := jobs - await place.view.count()) > 0:
        members.order(missing)
        await members.are_quiet()


async def _quiet(place: Town) -> None:
    """Wait until every job is over, as long as that is allowed to take."""
    until = time.monotonic() + QUIET_S
    while time.monotonic() < until:
        if all(state in ENDED for state in await place.view.states()):
            return
        await asyncio.sleep(_LOOK_S)

"""Two hundred members order at the same instant from a pot of fifty."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.jobs.records import Job
from bot.money.audit import audit
from bot.money.ledger import balances, pot
from bot.money.policy import PotPolicy, Share
from bot.store.db import Database, open_database
from bot.store.jobs import bills_of_all
from bot.store.ledger import read_transfers
from tests.jobs.world import HandClock, World
from tests.treasury.crowd import CrowdedWorld, crowd_orders, told
from tests.treasury.till import PRICES, a_treasury

SENTENCE = (
    "This costs 1 of the server’s credits, and the pot holds 0. It is filled again <t:1769904000:R>; whoever "
    "manages the server can top it up before."
)


async def _exact(database: Database) -> None:
    """Fifty paid one credit each and had their music for it; nothing else moved, and the pot is empty."""
    async with database.connect() as connection:
        entries, bills = await read_transfers(connection), await bills_of_all(connection)
    assert audit(entries, bills) == []
    held = +balances(entries)
    assert held == {"spent:paid": 50}
    assert balances(entries)[pot("1")] == 0
    kinds = Counter(each.kind for each in entries if each.amount)
    assert (kinds["grant"], kinds["settle"], kinds["reserve"] - kinds["refund"]) == (1, 50, 50)
    assert Counter(bill.end for bill in bills.values())["done"] == 50


async def test_fifty_of_two_hundred_have_their_music(sqlite_url: str, tmp_path: Path) -> None:
    """The others read the same sentence; what comes back is spent again, once; fifty are played and paid."""
    world = CrowdedWorld(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        await a_treasury(database, world).set_pot("1", PotPolicy(amount=50), actor_id="9")
        jobs = world.new_jobs(database)
        accepted, refused = await crowd_orders(world, jobs, range(200))
        assert (len(accepted), told(refused)) == (50, {SENTENCE: 150})
        await jobs.cancel(accepted[0].id, actor_id=accepted[0].order.user_id, is_moderator=False)
        await jobs.step_until_idle()
        later, refused = await crowd_orders(world, jobs, range(200, 220))
        assert (len(later), told(refused)) == (1, {SENTENCE: 19})
        await jobs.step_until_idle()
        assert sorted(world.played()) == sorted(job.id for job in [*accepted[1:], *later])
        assert len(world.paid.runs) == 50
        await _exact(database)
        assert await jobs.check_books() == []


async def test_fifty_of_two_hundred_in_two_processes(postgres_url: str) -> None:
    """Half of the crowd at each, and both play: fifty together, each once, whoever was faster."""
    async with open_database(postgres_url) as database:
        await a_treasury(database, HandClock()).set_pot("1", PotPolicy(amount=50), actor_id="9")
        command = [sys.executable, "-m", "tests.treasury.crowd", postgres_url]
        crowds = [
            await asyncio.create_subprocess_exec(*command, str(first), "100", stdin=PIPE, stdout=PIPE)
            for first in (0, 100)
        ]
        async with asyncio.timeout(60):
            assert [await _said(crowd) for crowd in crowds] == [{"ready": True}] * 2
            answers = await _ordered_and_played(crowds)
        assert sum(answer["accepted"] for answer in answers) == 50
        assert [set(answer["refused"]) for answer in answers] == [{SENTENCE}] * 2
        assert sum(answer["refused"][SENTENCE] for answer in answers) == 150
        played = [job_id for answer in answers for job_id in answer["played"]]
        assert len(played) == len(set(played)) == sum(answer["charged"] for answer in answers) == 50
        await _exact(database)


async def _said(crowd: Process) -> dict[str, Any]:
    assert crowd.stdout is not None
    return json.loads(await crowd.stdout.readline())


async def _ordered_and_played(crowds: Sequence[Process]) -> list[dict[str, Any]]:
    """Let all begin at once, and end when fifty were played; what they say then."""
    played = asyncio.Semaphore(0)

    async def one(crowd: Process) -> dict[str, Any]:
        while "played_one" in (said := await _said(crowd)):
            played.release()
        await crowd.communicate()
        return said

    for crowd in crowds:
        assert crowd.stdin is not None
        crowd.stdin.write(b"\n")
    async with asyncio.TaskGroup() as listening:
        ends = [listening.create_task(one(crowd)) for crowd in crowds]
        for _ in range(50):
            await played.acquire()
        for crowd in crowds:
            assert crowd.stdin is not None
            crowd.stdin.close()
    return [end.result() for end in ends]


async def test_shares_hold_when_members_press_twice(database: Database, tmp_path: Path) -> None:
    """One member's many orders at once pass as far as their share goes, and a channel's as far as its own."""
    world = World(tmp_path, "")
    world.prices = PRICES
    treasury = a_treasury(database, world)
    await treasury.set_share("1", Share(subject="member", cap=2), actor_id="9")
    await treasury.set_share("1", Share(subject="channel", id="11", cap=3), actor_id="9")
    accepted, refused = await crowd_orders(world, world.new_jobs(database), [0] * 5 + [3] * 5 + [1] * 5)
    by_member = {user: _of(accepted, user) for user in ("0", "1", "3")}
    assert by_member["1"] == 2
    assert sorted((by_member["0"], by_member["3"])) == [1, 2]
    assert {each.limit for each in refused} == {"member", "channel"}


def _of(accepted: list[Job], user: str) -> int:
    return sum(job.order.user_id == user for job in accepted)

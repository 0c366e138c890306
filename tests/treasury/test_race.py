"""Two hundred members order at the same instant from a pot of fifty."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from bot.jobs.records import Job
from bot.money.audit import audit
from bot.money.ledger import balances, pot
from bot.money.policy import PotPolicy, Share
from bot.store.db import Database, open_database
from bot.store.jobs import bills_of_all
from bot.store.ledger import read_transfers
from tests.jobs.world import World
from tests.treasury.crowd import crowd_orders, told
from tests.treasury.till import a_treasury


async def _exact(database: Database, world: World) -> None:
    """The pot is empty, the books are exact, and nobody was told anything twice."""
    async with database.connect() as connection:
        entries, bills = await read_transfers(connection), await bills_of_all(connection)
    assert audit(entries, bills) == []
    held = balances(entries)
    assert held[pot("1")] == 0
    assert sum(each.kind == "reserve" and each.amount == 1 for each in entries) == 50
    assert len(bills) == 50
    assert [each.key for each in entries if each.kind == "grant"] == ["grant:1:month:2026-01-01"]


async def test_fifty_of_two_hundred_are_paid_for(sqlite_url: str, tmp_path: Path) -> None:
    """The others hear the same sentence with the same facts; what comes back is spent again, once."""
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        treasury = a_treasury(database, world)
        state = await treasury.set_pot("1", PotPolicy(amount=50), actor_id="9")
        accepted, refused = await crowd_orders(world, database, range(200))
        assert (len(accepted), len(refused)) == (50, 150)
        ((facts, count),) = told(refused)
        assert count == 150
        assert facts == {"price": 1, "limit": "pot", "left": 0, "at": int(state.refills_at.timestamp())}
        await _exact(database, world)
        jobs = world.new_jobs(database)
        await jobs.open()
        await jobs.cancel(accepted[0].id, actor_id=accepted[0].order.user_id, is_moderator=False)
        await jobs.step_until_idle()
        accepted, refused = await crowd_orders(world, database, range(200, 220))
        assert (len(accepted), len(refused)) == (1, 19)
        assert await jobs.check_books() == []


async def test_fifty_of_two_hundred_in_two_processes(postgres_url: str, tmp_path: Path) -> None:
    """Each process takes half of the crowd; together they accept fifty, whoever was faster."""
    world = World(tmp_path, postgres_url)
    async with open_database(postgres_url) as database:
        await a_treasury(database, world).set_pot("1", PotPolicy(amount=50), actor_id="9")
        command = [sys.executable, "-m", "tests.treasury.crowd", postgres_url]
        crowds = [
            await asyncio.create_subprocess_exec(*command, str(first), "100", stdin=PIPE, stdout=PIPE)
            for first in (0, 100)
        ]
        for crowd in crowds:
            assert crowd.stdout is not None
            assert await crowd.stdout.readline() == b"ready\n"
        ended = await asyncio.gather(*(crowd.communicate(b"\n") for crowd in crowds))
        answers = [json.loads(output.splitlines()[-1]) for output, _ in ended]
        assert sum(answer["accepted"] for answer in answers) == 50
        heard = [(json.dumps(facts), count) for answer in answers for facts, count in answer["refused"]]
        assert sum(count for _, count in heard) == 150
        assert len({facts for facts, _ in heard}) == 1
        await _exact(database, world)


async def test_shares_hold_when_members_press_twice(database: Database, tmp_path: Path) -> None:
    """One member's many orders at once pass as far as their share goes, and a channel's as far as its own."""
    world = World(tmp_path, "")
    treasury = a_treasury(database, world)
    await treasury.set_share("1", Share(subject="member", cap=2), actor_id="9")
    await treasury.set_share("1", Share(subject="channel", id="11", cap=3), actor_id="9")
    accepted, refused = await crowd_orders(world, database, [0] * 5 + [3] * 5 + [1] * 5)
    by_member = {user: _of(accepted, user) for user in ("0", "1", "3")}
    assert by_member["1"] == 2
    assert sorted((by_member["0"], by_member["3"])) == [1, 2]
    assert {each.limit for each in refused} == {"member", "channel"}


def _of(accepted: list[Job], user: str) -> int:
    return sum(job.order.user_id == user for job in accepted)

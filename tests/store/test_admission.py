"""Who goes next: limits, fairness, priority, and the place that is shown."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.limits import Limits
from bot.jobs.states import State
from bot.store import claims
from bot.store.admission import admit, line
from bot.store.db import Database
from bot.store.jobs import card_is_shown
from tests.store.rows import START, add_job, move_job


class Undone(Exception):
    """Ends a transaction without a trace."""


async def places(connection: AsyncConnection, given: Limits) -> dict[str, int]:
    """Every queued job's place."""
    return {each.job_id: ahead for ahead, each in enumerate(await line(connection, given, START))}


WIDE = Limits(per_user=1_000, per_channel=1_000, per_guild=1_000, per_host=1_000, total=1_000)


def limits(**values: int) -> Limits:
    """Wide limits but for the given ones."""
    return replace(WIDE, **values)


async def test_each_limit_is_kept(database: Database) -> None:
    """Per user, channel, guild, host and in all; those that run already count."""
    cases = {
        "per_user": {"user": "1"},
        "per_channel": {"channel": "1"},
        "per_guild": {"guild": "1"},
        "per_host": {"host": "h"},
        "total": {"host": "any"},
    }
    for name, same in cases.items():
        with contextlib.suppress(Undone):
            async with database.begin() as connection:
                for number in range(5):
                    own = f"{name}{number}"
                    apart: dict[str, Any] = {"user": own, "channel": own, "guild": own, "host": own, **same}
                    await add_job(connection, state=State.WAITING if number == 0 else State.QUEUED, **apart)
                assert len(await admit(connection, limits(**{name: 3}), START)) == 2, name
                assert await admit(connection, limits(**{name: 3}), START) == []
                raise Undone


async def test_who_is_let_in_while_a_step_has_it_in_hand_is_not_put_to_sleep(database: Database) -> None:
    """The card comes at the last moment: the step that saw it missing writes back after the admission."""
    async with database.begin() as connection:
        job_id = await add_job(connection, due=START)
    async with database.begin() as connection:
        (claim,) = await claims.claim_due(
            connection, now=START, owner="me", lease_until=START + timedelta(seconds=15), limit=1
        )
    async with database.begin() as connection:
        await card_is_shown(connection, job_id, "1", START)
    async with database.begin() as connection:
        assert await admit(connection, WIDE, START) == [job_id]
    async with database.begin() as connection:
        written = await claims.write_back(connection, claim, now=START, due=None, go_on=False, values={})
    assert written is not None
    assert (written.job.state, written.due) == (State.SUBMIT, START)


async def test_members_take_turns(database: Database) -> None:
    """One who ordered forty does not keep another waiting: the k-th of each compete."""
    async with database.begin() as connection:
        many = [await add_job(connection, user="many", after_s=i) for i in range(40)]
        few = [await add_job(connection, user="few", after_s=100 + i) for i in range(2)]
        assert await admit(connection, limits(total=4), START) != []
        ahead = await places(connection, limits(total=4))
        assert set(many[:2] + few) & set(ahead) == set()


async def test_guilds_take_turns(database: Database) -> None:
    """A busy server does not keep a quiet one waiting, however many members it has."""
    async with database.begin() as connection:
        for i in range(40):
            await add_job(connection, guild="busy", user=f"b{i}", after_s=i)
        quiet = await add_job(connection, guild="quiet", user="q", after_s=100)
        assert quiet in await admit(connection, limits(total=2), START)


async def test_priority_goes_first_within_the_limits(database: Database) -> None:
    """A smaller number is served before all others, but no limit is broken for it."""
    async with database.begin() as connection:
        await add_job(connection, user="a", after_s=0)
        urgent = [await add_job(connection, user="b", after_s=1 + i, priority=-1) for i in range(3)]
        assert await admit(connection, limits(total=2, per_user=1), START) != []
        assert urgent[0] not in await places(connection, WIDE)
        assert set(urgent[1:]) <= set(await places(connection, WIDE))


async def test_a_full_host_blocks_nobody_else(database: Database) -> None:
    """Jobs for a host that is full take no place from jobs for another."""
    async with database.begin() as connection:
        for i in range(10):
            state = State.WAITING if i < 2 else State.QUEUED
            await add_job(connection, host="slow", user=f"u{i}", state=state, after_s=i)
        fast = await add_job(connection, host="fast", user="late", after_s=100)
        assert await admit(connection, limits(per_host=2, per_guild=3), START) == [fast]


async def test_a_host_that_fills_up_blocks_nobody_else(database: Database) -> None:
    """Even when the host's last place is given away in the same statement."""
    async with database.begin() as connection:
        for i in range(5):
            await add_job(connection, host="slow", user=f"u{i}", after_s=i)
        fast = await add_job(connection, host="fast", user="late", after_s=100)
        assert fast in await admit(connection, limits(per_host=1, per_guild=3), START)


async def test_a_host_without_a_queue_gets_few_at_a_time(database: Database) -> None:
    """The others wait here, where members take turns, and no other host feels it."""
    narrow = replace(WIDE, unqueued_hosts=frozenset({"home", "unused"}), per_unqueued_host=2)
    async with database.begin() as connection:
        many = [await add_job(connection, host="home", user="many", after_s=i) for i in range(4)]
        one = await add_job(connection, host="home", user="one", after_s=100)
        away = [await add_job(connection, host="away", user="many", after_s=200 + i) for i in range(3)]
        assert set(await admit(connection, narrow, START)) == {many[0], one, *away}
        assert await admit(connection, narrow, START) == []
        for state in (State.WAITING, State.COLLECT, State.DELIVER, State.DONE):
            await move_job(connection, one, state)
        assert await admit(connection, narrow, START) == [many[1]]


async def test_a_job_waits_for_its_card(database: Database) -> None:
    """Until the card is noted or the grace is over it is not admitted, but it has its place."""
    async with database.begin() as connection:
        job_id = await add_job(connection, due=START + timedelta(seconds=10))
        assert await admit(connection, WIDE, START) == []
        assert await places(connection, WIDE) == {job_id: 0}

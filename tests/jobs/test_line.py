"""The line: limits, places, and what the cards say."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from bot.errors import TooMany
from bot.jobs.limits import Limits, Pace
from bot.jobs.records import Job, Place
from bot.jobs.states import State
from tests.jobs.test_failures import run_for
from tests.jobs.world import World, an_order


async def test_a_card_shows_its_place_whenever_that_changes(database_url: str, tmp_path: Path) -> None:
    """Behind two, behind one, next, running: each is shown once."""
    world = World(tmp_path, database_url)
    world.limits = Limits(total=1)
    async with world.life() as jobs:
        orders = [await world.order(jobs, user=f"u{number}") for number in range(4)]
        await jobs.step_until_idle()
        last = orders[3]
        assert await jobs.place(last.id) == Place(2, names=("Ada",))
        for job in orders[:3]:
            await world.play(jobs, job)
            await jobs.step_until_idle()
        assert world.stage.cards_shown(last) == [
            "place 2",
            "place 1",
            "place 0",
            "submit",
        ]
        assert await jobs.place(last.id) is None


async def test_the_list_of_a_channel(sqlite_url: str, tmp_path: Path) -> None:
    """Open jobs first with place and age, then ended ones; other channels' jobs are not shown."""
    world = World(tmp_path, sqlite_url)
    world.limits = Limits(total=1)
    async with world.life() as jobs:
        first = await world.order(jobs)
        await jobs.step_until_idle()
        world.clock.advance(100)
        await world.play(jobs, first)
        await jobs.step_until_idle()
        running = await world.order(jobs)
        world.clock.advance(5)
        await jobs.step_until_idle()
        queued = await world.order(jobs, user="222")
        await world.order(jobs, user="222", channel="12")
        world.clock.advance(60)
        listed = await jobs.recent("11")
    assert [item.job.id for item in listed] == [queued.id, running.id, first.id]
    assert [item.job.state for item in listed] == [State.QUEUED, State.WAITING, State.DONE]
    places = [item.place for item in listed]
    assert places[1:] == [None, None]
    assert places[0] is not None
    assert places[0].ready_at is not None  # 60 s of the running one are gone; its own 100 s follow
    assert round((places[0].ready_at - world.now()).total_seconds()) == 40 + 100
    assert [round(item.age_s) for item in listed] == [60, 65, 165]


async def test_one_member_does_not_hold_up_the_rest(sqlite_url: str, tmp_path: Path) -> None:
    """Of twenty orders by one person three run; another person's first order runs beside them."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        many = [await world.order(jobs) for _ in range(20)]
        other = await world.order(jobs, user="222")
        await jobs.step_until_idle()
        states = [(await jobs.get(job.id)).state for job in [*many, other]]
    assert states == [State.WAITING] * 3 + [State.QUEUED] * 17 + [State.WAITING]


async def test_a_place_far_back_is_not_edited_into_cards(sqlite_url: str, tmp_path: Path) -> None:
    """Only the front of a long line is kept up to date: Discord allows few edits."""
    world = World(tmp_path, sqlite_url)
    world.limits = Limits(total=1)
    async with world.life() as jobs:
        orders = [await world.order(jobs, user=f"u{number}") for number in range(40)]
        await jobs.step_until_idle()
        assert world.stage.cards_shown(orders[30]) == ["place 29"]
        assert world.stage.cards_shown(orders[31]) == []


async def test_orders_at_the_same_moment_are_counted(database_url: str, tmp_path: Path) -> None:
    """However many processes accept a member's orders at once, no more than the limit are."""
    world = World(tmp_path, database_url)
    world.limits = Limits(open_per_user=3)
    async with AsyncExitStack() as stack:
        on_one_file = database_url.startswith("sqlite")
        lives = [await stack.enter_async_context(world.life()) for _ in range(1 if on_one_file else 2)]
        for jobs in lives:
            await jobs.open()
        asked = [jobs.order(an_order(), interaction_token=None) for jobs in lives for _ in range(8)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, Job) for answer in answers) == 3
    assert sum(isinstance(answer, TooMany) for answer in answers) == len(asked) - 3


async def test_a_hosts_pace_is_waited_for_in_line(sqlite_url: str, tmp_path: Path) -> None:
    """The second order is called when the first is ten seconds old, by the one timer."""
    world = World(tmp_path, sqlite_url)
    world.paid.pace = Pace(calls=1, per_s=10)
    async with world.life() as jobs:
        first, second = [await world.order(jobs, host="paid") for _ in range(2)]
        await jobs.step_until_idle()
        assert (await jobs.get(first.id)).state is State.WAITING
        world.clock.advance(9)
        await jobs.step_until_idle()
        assert (await jobs.get(second.id)).state is State.QUEUED
        assert (await jobs.get(second.id)).deadline_at is None
        world.clock.advance(1.1)
        await jobs.step_until_idle()
        assert (await jobs.get(second.id)).state is State.WAITING


async def test_an_order_whose_ring_was_lost_is_let_in_by_a_busy_process(
    postgres_url: str, tmp_path: Path
) -> None:
    """Who took it died before it could tell; the other never sleeps long, for it asks after its own job."""
    world = World(tmp_path, postgres_url)
    async with world.life() as died, world.life() as busy:
        await world.order(busy)
        await busy.step_until_idle()
        lost = await world.order(died, user="222")
        await run_for(world, busy, 20, every_s=5)
        assert (await busy.get(lost.id)).state is State.WAITING

"""Killed at any point, started again: one message, one prediction, exact books."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadKey, OutcomeUnknown, Unreachable
from bot.jobs.records import Job
from bot.jobs.states import State
from tests.jobs.world import Killed, World, play_to_the_end

WAY_TO_THE_RESULT = (
    "show",
    "create",
    "created",
    "get",
    "fetch",
    "fetched",
    "finish",
    "finished",
    "put",
    "deliver",
    "delivered",
)


async def one_order(world: World, *, shown: bool = True) -> Job:
    """A paid order, accepted by a process that is then gone."""
    async with world.life() as jobs:
        return await world.order(jobs, host="paid", shown=shown)


async def check_the_end(world: World, job: Job, state: State) -> Job:
    """Exactly one message and exact books, whatever happened."""
    async with world.life() as jobs:
        ended = await jobs.get(job.id)
        assert ended.state is state
        assert len(world.stage.of(job)) == 1
        assert await jobs.check_books() == []
        assert [move.new for move in await jobs.story(job.id)].count(state) == 1
    return ended


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("point", WAY_TO_THE_RESULT)
async def test_killed_on_the_way_to_the_result(
    point: str, times: int, sqlite_url: str, tmp_path: Path
) -> None:
    """The next life goes on where the last one died, and the host is never asked for a second prediction."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan(point, *[Killed() for _ in range(times)])
    job = await one_order(world)
    deaths = await play_to_the_end(world)
    once = point in ("created", "show")  # later lives find it in the list, and are too quick for the card
    assert len(deaths) == (1 if once else times)
    done = await check_the_end(world, job, State.DONE)
    assert len(world.paid.of(job)) == 1
    assert world.stage.of(job)[0].startswith(f"take {done.take_id}")
    assert len(world.blobs.files()) == 3


@pytest.mark.parametrize("point", ["cancel", "end", "ended"])
async def test_killed_while_ending(point: str, sqlite_url: str, tmp_path: Path) -> None:
    """The decision to end stands on the row, so the next life ends the same way."""
    world = World(tmp_path, sqlite_url)
    job = await one_order(world)
    async with world.life() as jobs:
        await jobs.step_until_idle()
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
    world.accidents.plan(point, Killed())
    assert len(await play_to_the_end(world)) == 1
    await check_the_end(world, job, State.CANCELLED)
    assert world.stage.of(job) == ["ending.cancelled"]
    assert [made.status for made in world.paid.of(job)] == ["canceled"]


@pytest.mark.parametrize("point", ["find_card", "create", "created", "deliver", "delivered"])
async def test_killed_before_the_card_was_noted(point: str, sqlite_url: str, tmp_path: Path) -> None:
    """After the grace the job runs, and the card that stood unrecorded becomes the result."""
    world = World(tmp_path, sqlite_url)
    job = await one_order(world, shown=False)
    world.stage.card(job, job.interaction_token or "")
    async with world.life() as jobs:
        await jobs.step_until_idle()
    assert world.paid.of(job) == []  # the card may still come
    world.accidents.plan(point, Killed())
    world.clock.advance(10.5)
    assert len(await play_to_the_end(world)) == 1
    await check_the_end(world, job, State.DONE)
    assert len(world.paid.of(job)) == 1


async def test_a_card_that_never_was_is_posted_anew(sqlite_url: str, tmp_path: Path) -> None:
    """Killed between accepting the order and answering: the result comes as a message of its own."""
    world = World(tmp_path, sqlite_url)
    job = await one_order(world, shown=False)
    await play_to_the_end(world)
    await check_the_end(world, job, State.DONE)


async def test_a_lost_answer_is_found_in_the_list(database_url: str, tmp_path: Path) -> None:
    """The host accepted, the answer was lost: the prediction is adopted, not made again."""
    world = World(tmp_path, database_url)
    job = await one_order(world)
    world.accidents.plan("created", OutcomeUnknown("paid"))
    await play_to_the_end(world)
    await check_the_end(world, job, State.DONE)
    assert len(world.paid.of(job)) == 1
    assert "trouble.checking" in world.stage.cards_shown(job)


async def test_absence_needs_two_empty_reads(sqlite_url: str, tmp_path: Path) -> None:
    """A call whose outcome is unknown is made again only after the list was empty twice, 10 s apart."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("create", OutcomeUnknown("paid"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        world.clock.advance(1)
        await jobs.step_until_idle()
        world.clock.advance(9.5)
        await jobs.step_until_idle()
        assert world.accidents.passed.count("find") == 1
        assert world.paid.of(job) == []
        world.clock.advance(0.6)
        await jobs.step_until_idle()
        assert world.accidents.passed.count("find") == 2
        assert len(world.paid.of(job)) == 1


async def test_while_the_list_is_down_nothing_is_sent(sqlite_url: str, tmp_path: Path) -> None:
    """Rather than pay twice the job waits, and is refunded when its time is up."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("create", OutcomeUnknown("paid"))
    world.accidents.chance = lambda point: Unreachable("paid") if point == "find" else None
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        for _ in range(90):
            await jobs.step_until_idle()
            world.clock.advance(15)
        await jobs.step_until_idle()
        assert world.accidents.passed.count("create") == 1
        assert world.stage.of(job) == ["ending.outcome_unknown paid"]
        for _ in range(30):
            world.clock.advance(61)
            await jobs.step_until_idle()
    await check_the_end(world, job, State.FAILED)


async def test_two_predictions_in_the_list(sqlite_url: str, tmp_path: Path) -> None:
    """The oldest is adopted, the other stopped."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("created", OutcomeUnknown("paid"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        second = world.paid.make(job.reference)
        world.clock.advance(2)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).run_id == world.paid.of(job)[0].id
    assert world.paid.cancelled == [second.id]


async def test_what_another_job_has_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    """Two orders may bear one mark: each keeps its own, and neither is stopped for the other."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        first = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        others = (await jobs.get(first.id)).run_id
        assert others is not None
        world.accidents.plan("created", OutcomeUnknown("paid"))
        second = await world.order(jobs, host="paid")
        world.paid.references[others] = second.reference
        await jobs.step_until_idle()
        world.clock.advance(2)
        await jobs.step_until_idle()
        own = (await jobs.get(second.id)).run_id
        assert own not in (None, others)
    assert world.paid.cancelled == []


async def test_a_definite_no_after_a_kill_refunds(sqlite_url: str, tmp_path: Path) -> None:
    """Killed in the call, never accepted, then refused: failed with the host's reason."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("create", Killed(), BadKey("paid"))
    job = await one_order(world)
    await play_to_the_end(world)
    await check_the_end(world, job, State.FAILED)
    assert world.stage.of(job) == ["ending.host_bad_key paid"]


async def test_files_of_a_take_that_never_was_are_removed(sqlite_url: str, tmp_path: Path) -> None:
    """Killed between two files, then given up: nothing is left behind."""
    world = World(tmp_path, sqlite_url)
    job = await one_order(world)
    async with world.life() as jobs:
        await jobs.step_until_idle()
        await world.play(jobs, job)
        put_twice = world.accidents.passed.count("put") + 2
        world.accidents.chance = lambda point: (
            Killed() if world.accidents.passed.count("put") == put_twice else None
        )
        with pytest.raises(Killed):
            await jobs.step_until_idle()
        world.accidents.chance = lambda point: None
    assert len(world.blobs.files()) == 1
    async with world.life() as jobs:
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
    await check_the_end(world, job, State.CANCELLED)
    assert world.blobs.files() == set()

"""What hosts tell by webhook, in every order and as often as they like."""

from __future__ import annotations

from pathlib import Path

from bot.jobs.news import News
from bot.jobs.states import State
from bot.protocol.runs import Run
from tests.jobs.world import World


async def test_the_same_news_twice(database_url: str, tmp_path: Path) -> None:
    """A repeated webhook changes nothing, before and after the end."""
    world = World(tmp_path, database_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        made = world.engine.change(world.engine.of(job)[0].id, status="succeeded")
        assert await jobs.told(job.id, made) is News.UPDATE
        assert await jobs.told(job.id, made) is News.NOTHING
        await jobs.step_until_idle()
        assert await jobs.told(job.id, made) is News.NOTHING
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE
    assert world.accidents.passed.count("deliver") == 1


async def test_news_of_an_unknown_job(sqlite_url: str, tmp_path: Path) -> None:
    """A job that was pruned long ago troubles nobody."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        assert await jobs.told("gone", Run(id="p", status="succeeded")) is News.NOTHING


async def test_a_webhook_faster_than_the_answer(database_url: str, tmp_path: Path) -> None:
    """The host tells the result before our call has returned."""
    world = World(tmp_path, database_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        world.engine.during_create = lambda: world.play(jobs, job)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE
    assert "get" not in world.accidents.passed


async def test_progress_moves_the_card_and_never_back(sqlite_url: str, tmp_path: Path) -> None:
    """Each step forward is shown without asking the host; an older one is not."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        name = world.engine.of(job)[0].id
        for percent in (10, 60, 30):
            await jobs.told(job.id, world.engine.change(name, status="processing", progress=percent / 100))
            await jobs.step_until_idle()
        assert world.stage.cards_shown(job)[-2:] == ["waiting 10%", "waiting 60%"]
        assert (await jobs.get(job.id)).progress == 0.6
    assert "get" not in world.accidents.passed


async def test_a_second_prediction_is_stopped(sqlite_url: str, tmp_path: Path) -> None:
    """It changes nothing in the job and is cancelled at the host, unless it is over anyway."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        first = world.engine.of(job)[0]
        second = world.engine.make(job.reference)
        assert await jobs.told(job.id, second) is News.FOREIGN
        assert world.engine.cancelled == [second.id]
        over = world.engine.change(world.engine.make(job.reference).id, status="succeeded")
        assert await jobs.told(job.id, over) is News.FOREIGN
        await jobs.step_until_idle()
        after = await jobs.get(job.id)
        assert (after.run_id, after.state) == (first.id, State.WAITING)
    assert world.engine.cancelled == [second.id]


async def test_two_calls_that_both_arrived(sqlite_url: str, tmp_path: Path) -> None:
    """While our call runs, a webhook names another run: that one is kept and ours is stopped."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        other = world.engine.make(job.reference)
        world.engine.during_create = lambda: jobs.told(job.id, other)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).run_id == other.id
        assert world.engine.cancelled == [world.engine.of(job)[1].id]


async def test_news_during_a_poll_win(sqlite_url: str, tmp_path: Path) -> None:
    """A result told while the host was being asked is not overwritten by the older answer."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        world.clock.advance(3)
        world.engine.during_get = lambda: world.play(jobs, job)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE
    assert world.accidents.passed.count("get") == 1

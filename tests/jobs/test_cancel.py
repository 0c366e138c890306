"""Cancelling, from every state: by whom, and what it reaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import NotAllowed, NotFound, OutcomeUnknown, Unreachable
from bot.jobs.limits import Limits
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.store.db import open_database
from tests.jobs.world import World
from tests.moderation.held import decide_rules, guarded


async def cancelled(world: World, jobs: Jobs, job: Job) -> None:
    """The job was stopped, refunded, told once, and nothing runs for it."""
    ended = await jobs.get(job.id)
    assert ended.state is State.CANCELLED
    assert world.stage.of(job) == ["ending.cancelled"]
    assert all(made.ended for made in world.paid.of(job))
    assert await jobs.check_books() == []
    last = (await jobs.story(job.id))[-1]
    assert (last.new, last.cause, last.actor) == (State.CANCELLED, "ending.cancelled", "111")


async def test_in_line(database_url: str, tmp_path: Path) -> None:
    """A queued job leaves the line; the host never hears of it."""
    world = World(tmp_path, database_url)
    world.limits = Limits(per_user=0)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        assert (await jobs.place(job.id)) is None
        await jobs.step_until_idle()
        await cancelled(world, jobs, job)
    assert world.paid.runs == {}


async def test_before_its_card_was_noted(sqlite_url: str, tmp_path: Path) -> None:
    """Even a job that was only just accepted can be cancelled."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid", shown=False)
        world.stage.card(job, job.interaction_token or "")
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        await cancelled(world, jobs, job)


async def test_at_the_host(database_url: str, tmp_path: Path) -> None:
    """The prediction is stopped at the host."""
    world = World(tmp_path, database_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        await cancelled(world, jobs, job)
    assert len(world.paid.cancelled) == 1


async def test_with_an_unknown_outcome(sqlite_url: str, tmp_path: Path) -> None:
    """What an unanswered call made is found in the list and stopped."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("created", OutcomeUnknown("paid"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        await cancelled(world, jobs, job)
    assert len(world.paid.cancelled) == 1


async def test_with_a_call_that_was_never_accepted(sqlite_url: str, tmp_path: Path) -> None:
    """The card says so at once; the money follows when two empty reads have proved that nothing runs."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("create", OutcomeUnknown("paid"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        assert world.stage.of(job) == ["ending.cancelled"]
        assert not (await jobs.get(job.id)).ended
        world.clock.advance(10)
        await jobs.step_until_idle()
        await cancelled(world, jobs, job)


async def test_while_a_step_runs(sqlite_url: str, tmp_path: Path) -> None:
    """A cancel that comes during the call is seen when the call returns, and reaches what it made."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        world.paid.during_create = lambda: jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        await cancelled(world, jobs, job)
    assert len(world.paid.cancelled) == 1


async def test_a_host_that_is_down_is_told_later(sqlite_url: str, tmp_path: Path) -> None:
    """The card changes at once; the cancel is repeated until the host has heard it."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        world.accidents.plan("cancel", Unreachable("paid"), Unreachable("paid"))
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        assert world.stage.of(job) == ["ending.cancelled"]
        for _ in range(3):
            world.clock.advance(3)
            await jobs.step_until_idle()
        await cancelled(world, jobs, job)


async def test_a_finished_job_stays_finished(sqlite_url: str, tmp_path: Path) -> None:
    """A cancel that comes too late changes nothing."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await jobs.step_until_idle()
        answer = await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        assert answer.state is State.DONE
        assert (await jobs.get(job.id)).state is State.DONE


async def test_only_the_owner_or_a_moderator(sqlite_url: str, tmp_path: Path) -> None:
    """Others are refused, a moderator is not, and an unknown job is a clear error."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        with pytest.raises(NotAllowed):
            await jobs.cancel(job.id, actor_id="999", is_moderator=False)
        with pytest.raises(NotFound):
            await jobs.cancel("nothing", actor_id="111", is_moderator=True)
        await jobs.cancel(job.id, actor_id="999", is_moderator=True)
        await jobs.step_until_idle()
        assert (await jobs.story(job.id))[-1].actor == "999"


async def test_takes_are_deleted_by_owner_or_moderator(sqlite_url: str, tmp_path: Path) -> None:
    """The music is gone from the disk, and the take's buttons learn that it is."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await jobs.step_until_idle()
        take_id = (await jobs.get(job.id)).take_id or ""
        with pytest.raises(NotAllowed):
            await jobs.delete_take(take_id, actor_id="999", is_moderator=False)
        assert len(world.blobs.files()) == 3
        take = await jobs.delete_take(take_id, actor_id="111", is_moderator=False)
        assert take.message_id in world.stage.messages
        assert world.blobs.files() == set()
        with pytest.raises(NotFound):
            await jobs.delete_take(take_id, actor_id="111", is_moderator=False)


async def test_while_it_is_being_delivered(sqlite_url: str, tmp_path: Path) -> None:
    """What already stands in the channel counts as delivered: done, and settled."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        world.stage.during_deliver = lambda: jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await world.play(jobs, job)
        await jobs.step_until_idle()
        done = await jobs.get(job.id)
        assert (done.state, done.ending) == (State.DONE, None)
        assert world.stage.of(job)[0].startswith("take")
        assert await jobs.check_books() == []


async def test_while_it_is_held(sqlite_url: str, tmp_path: Path) -> None:
    """A held order runs nowhere, shows no place, and can be taken back."""
    world = guarded(World(tmp_path, sqlite_url))
    async with open_database(sqlite_url) as database:
        await decide_rules(database)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        world.clock.advance(3_600)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.HELD
        assert await jobs.place(job.id) is None
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        await cancelled(world, jobs, job)
    assert world.paid.runs == {}

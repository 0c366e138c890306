"""Whatever goes wrong outside ends in a state that a person understands."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from bot import errors
from bot.jobs.endings import ENDINGS
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from tests.jobs.world import World, an_order, exists


async def failed_with(world: World, jobs: Jobs, job: Job) -> str:
    """The last word of a job that failed, after checking that it failed properly."""
    ended = await jobs.get(job.id)
    assert ended.state is State.FAILED
    assert set(ended.ending_facts) == set(ENDINGS[ended.ending or ""])
    assert await jobs.check_books() == []
    story = await jobs.story(job.id)
    assert (story[-1].new, story[-1].cause) == (State.FAILED, ended.ending)
    assert len(world.stage.of(job)) == 1
    return world.stage.of(job)[0]


@pytest.mark.parametrize(
    ("point", "error", "word"),
    [
        ("create", errors.NoCredit("paid"), "ending.host_no_credit paid"),
        ("create", errors.InvalidInput("paid", field="alpha"), "ending.host_invalid_input paid alpha"),
        ("finish", errors.UnusableAudio("silent"), "ending.unusable_audio silent"),
        ("put", errors.NoSpace(), "ending.no_space"),
        ("fetch", OSError(errno.ENOSPC, "full"), "ending.no_space"),
        ("deliver", errors.ChannelGone(), "ending.channel_gone"),
        ("deliver", errors.MissingPermission("attach_files"), "ending.missing_permission attach_files"),
    ],
)
async def test_a_clear_failure_ends_the_job(
    point: str, error: Exception, word: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Refunded, told once, and nothing half-kept is left; a finished take stays."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan(point, error)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        if world.paid.of(job):
            await world.play(jobs, job)
            await jobs.step_until_idle()
        assert await failed_with(world, jobs, job) == word
        take_id = (await jobs.get(job.id)).take_id
        assert take_id is None or await exists(jobs, take_id) == (point == "deliver")
        assert len(world.blobs.files()) == (3 if point == "deliver" else 0)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("failed", "ending.host_failed engine out of memory"),
        ("canceled", "ending.host_stopped engine"),
    ],
)
async def test_a_prediction_that_fails_fails_the_job(
    status: str, word: str, sqlite_url: str, tmp_path: Path
) -> None:
    """What the host says about it is told."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        made = world.engine.of(job)[0]
        await jobs.told(job.id, world.engine.change(made.id, status=status, error="out of memory"))
        await jobs.step_until_idle()
        assert await failed_with(world, jobs, job) == word
    assert world.engine.cancelled == []


async def run_for(world: World, jobs: Jobs, seconds: float, *, every_s: float = 15) -> None:
    """Let the machine work while time passes."""
    for _ in range(round(seconds / every_s)):
        await jobs.step_until_idle()
        world.clock.advance(every_s)
    await jobs.step_until_idle()


async def test_an_engine_that_is_down_is_waited_for(sqlite_url: str, tmp_path: Path) -> None:
    """The card says so, and when the engine is back the riff is made."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("create", *[errors.Unreachable("engine") for _ in range(4)])
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        assert world.stage.cards_shown(job)[-1] == "trouble.host_unreachable"
        await run_for(world, jobs, 60)
        assert len(world.engine.of(job)) == 1
        assert "find" not in world.accidents.passed  # unreachable means: certainly not accepted
        assert (await jobs.get(job.id)).trouble is None


async def test_an_engine_that_stays_down_fails_the_job(sqlite_url: str, tmp_path: Path) -> None:
    """At the deadline, ten minutes for a host on this machine, the job ends and says why."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: errors.Unreachable("engine") if point == "create" else None
    async with world.life() as jobs:
        job = await world.order(jobs)
        await run_for(world, jobs, 570)
        assert (await jobs.get(job.id)).state is State.SUBMIT
        await run_for(world, jobs, 45)
        assert await failed_with(world, jobs, job) == "ending.host_unreachable engine"


async def test_a_host_that_never_finishes_is_stopped(sqlite_url: str, tmp_path: Path) -> None:
    """At the deadline the prediction is cancelled at the host and the job refunded."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, 1_230)
        assert await failed_with(world, jobs, job) == "ending.deadline paid 20"
    assert world.paid.cancelled == [world.paid.of(job)[0].id]


async def test_a_result_that_came_while_we_slept_is_not_thrown_away(sqlite_url: str, tmp_path: Path) -> None:
    """After hours without the bot the host is asked once more before a deadline counts."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        world.engine.change(world.engine.of(job)[0].id, status="succeeded")
    world.clock.advance(36_000)
    async with world.life() as jobs:
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE


async def test_a_busy_host_is_asked_again_when_it_said(sqlite_url: str, tmp_path: Path) -> None:
    """Retry-After is obeyed; nothing was accepted, so nothing is looked for."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("create", errors.RateLimited("engine", retry_after_s=30))
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        world.clock.advance(29)
        await jobs.step_until_idle()
        assert world.accidents.passed.count("create") == 1
        world.clock.advance(2)
        await jobs.step_until_idle()
        assert len(world.engine.of(job)) == 1


async def test_discord_down_keeps_the_result(sqlite_url: str, tmp_path: Path) -> None:
    """The take waits for Discord, hours if need be, and is not made again."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        world.accidents.chance = lambda point: errors.DiscordDown() if point == "deliver" else None
        await world.play(jobs, job)
        await run_for(world, jobs, 6 * 3_600, every_s=300)
        assert (await jobs.get(job.id)).state is State.DELIVER
        world.accidents.chance = lambda point: None
        await run_for(world, jobs, 120, every_s=60)
        assert (await jobs.get(job.id)).state is State.DONE
    assert world.accidents.passed.count("fetch") == 1


async def test_discord_down_for_a_day_ends_the_job(sqlite_url: str, tmp_path: Path) -> None:
    """After a day nobody waits any more: refunded; the take stays."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        world.accidents.chance = lambda point: errors.DiscordDown() if point == "deliver" else None
        await world.play(jobs, job)
        await run_for(world, jobs, 25 * 3_600, every_s=600)
        assert await failed_with(world, jobs, job) == "ending.discord_down 24"
        assert await exists(jobs, (await jobs.get(job.id)).take_id or "")


async def test_an_end_that_nobody_can_read_is_an_end(sqlite_url: str, tmp_path: Path) -> None:
    """When the channel is gone the job still ends, and the money is back."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: errors.ChannelGone() if point in ("deliver", "end") else None
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).ending == "ending.channel_gone"
        assert await failed_with(world, jobs, job) == "card"


async def test_our_own_bug_ends_with_a_reference(sqlite_url: str, tmp_path: Path) -> None:
    """Three times the same unexpected error: the card carries the reference that stands in the log."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: ZeroDivisionError("oops") if point == "finish" else None
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await run_for(world, jobs, 60)
        word = await failed_with(world, jobs, job)
    ending, reference = word.split()
    assert ending == "ending.bug"
    assert len(bytes.fromhex(reference)) == 4
    assert world.accidents.passed.count("finish") == 3


async def test_a_bug_in_the_call_does_not_lose_what_was_made(sqlite_url: str, tmp_path: Path) -> None:
    """An unexpected error after the host accepted counts as an unknown outcome: the prediction is found."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("created", ZeroDivisionError("oops"))
    async with world.life() as jobs:
        job = await world.order(jobs)
        await run_for(world, jobs, 30)
        assert (await jobs.get(job.id)).run_id == world.engine.of(job)[0].id
    assert len(world.engine.of(job)) == 1


async def test_a_card_that_cannot_be_shown_harms_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """Neither Discord's nor our own error in a mere progress card reaches the job."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: ZeroDivisionError("oops") if point == "show" else None
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE


async def test_a_host_that_is_no_longer_configured(sqlite_url: str, tmp_path: Path) -> None:
    """A job of a host that was removed from the settings ends and says so."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
    del world.hosts["paid"]
    async with world.life() as jobs:
        await jobs.step_until_idle()
        assert await failed_with(world, jobs, job) == "ending.host_unknown paid"


async def test_an_order_that_cannot_be_is_refused_before_anything_is_spent(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Nothing to read, an unknown host, too many at once: a clear error and no job."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        with pytest.raises(errors.InvalidOption) as invisible:
            await jobs.order(an_order(prompt="\u200b"), interaction_token=None)
        assert (invisible.value.option, invisible.value.problem) == ("prompt", "empty")
        with pytest.raises(errors.InvalidOption):
            await jobs.order(an_order(host="nowhere"), interaction_token=None)
        for _ in range(world.limits.open_per_user):
            await jobs.order(an_order(), interaction_token=None)
        with pytest.raises(errors.TooMany):
            await jobs.order(an_order(), interaction_token=None)
        assert len(await jobs.recent("11", 100)) == world.limits.open_per_user
        await jobs.order(an_order(user="222"), interaction_token=None)

"""Hosts that cannot do all that Replicate can: no list, no poll, two results, files in the webhook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from bot import errors
from bot.jobs.limits import LOCAL, HostTimes, poll_at
from bot.jobs.news import News
from bot.jobs.recipes import Riff
from bot.jobs.records import Fetched, Offers
from bot.jobs.states import State
from bot.jobs.wanted import suited, wanted_of
from bot.protocol.runs import FailureCause, Result
from bot.store.db import open_database
from bot.store.tables.jobs import jobs as jobs_table
from tests.jobs.test_failures import failed_with, run_for
from tests.jobs.world import Killed, World, an_order

NO_LIST = Offers(lists=False)
NO_WEBHOOKS = Offers(lists=False, riffs=False, songs=True, webhooks=False, cancels=False)
UNKNOWN = "ending.outcome_unknown paid"


@pytest.mark.parametrize("accident", [errors.OutcomeUnknown("paid"), Killed()])
async def test_what_nobody_can_find_out_is_refunded_at_once(
    accident: BaseException, sqlite_url: str, tmp_path: Path
) -> None:
    """Neither list nor webhook: the order is not sent a second time, and nothing is charged here."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_WEBHOOKS
    world.webhook_base = None
    world.accidents.plan("created", accident)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        if isinstance(accident, Killed):
            with pytest.raises(Killed):
                await jobs.step_until_idle()
    async with world.life() as jobs:
        await run_for(world, jobs, 60)
        assert await failed_with(world, jobs, job) == UNKNOWN
    assert len(world.paid.of(job)) == 1
    assert world.accidents.passed.count("create") == 1
    assert not {"find", "cancel"} & set(world.accidents.passed)


async def test_a_host_without_a_list_may_still_tell(sqlite_url: str, tmp_path: Path) -> None:
    """Its webhook names the run, so the job waits for that."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_LIST
    world.accidents.plan("created", errors.OutcomeUnknown("paid"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, 120)
        waits = await jobs.get(job.id)
        assert (waits.state, waits.trouble) == (State.SUBMIT, "trouble.checking")
        await world.play(jobs, job)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE
    assert len(world.paid.of(job)) == 1


async def test_a_host_without_a_list_that_never_tells(sqlite_url: str, tmp_path: Path) -> None:
    """At the deadline it is refunded."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_LIST
    world.accidents.plan("created", errors.OutcomeUnknown("paid"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, HostTimes().deadline_s + 60, every_s=60)
        assert await failed_with(world, jobs, job) == UNKNOWN
    assert len(world.paid.of(job)) == 1


async def test_a_cancel_does_not_promise_what_the_host_does_not_stop(sqlite_url: str, tmp_path: Path) -> None:
    """The member is told that it goes on, the log which run that is, once; the refund is whole."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_WEBHOOKS
    world.webhook_base = None
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        world.accidents.plan("end", errors.DiscordDown())
        with structlog.testing.capture_logs() as entries:
            await jobs.step_until_idle()
            await run_for(world, jobs, 60)
        ended = await jobs.get(job.id)
        assert await jobs.check_books() == []
    assert (ended.state, ended.ending_facts) == (State.CANCELLED, {"host": "paid"})
    assert world.stage.of(job) == ["ending.cancelled_here paid"]
    abandoned = [entry for entry in entries if entry["event"] == "run.abandoned"]
    assert [(entry["run"], entry["host"]) for entry in abandoned] == [(ended.run_id, "paid")]
    assert "cancel" not in world.accidents.passed


async def test_a_cancel_before_the_order_was_sent_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    """Also where nothing could be stopped: nothing was begun."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_WEBHOOKS
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
    assert world.stage.of(job) == ["ending.cancelled"]
    assert world.paid.runs == {}


async def test_an_unproven_word_only_has_the_host_asked(sqlite_url: str, tmp_path: Path) -> None:
    """Of the run that is known, or, where the answer was lost, of the one that it names."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_LIST
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        (made,) = world.paid.of(job)
        await jobs.nudge(job.id, "another")
        await jobs.step_until_idle()
        assert "get" not in world.accidents.passed
        world.paid.change(made.id, status="succeeded")
        await jobs.nudge(job.id, made.id)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE
        world.accidents.plan("created", errors.OutcomeUnknown("paid"))
        lost = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await jobs.nudge(lost.id, world.paid.of(lost)[0].id)
        await jobs.nudge("gone", "p")
        await jobs.step_until_idle()
        assert (await jobs.get(lost.id)).state is State.WAITING


async def test_a_host_that_cannot_stop_is_not_asked_to(sqlite_url: str, tmp_path: Path) -> None:
    """A cancelled order ends here all the same."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_WEBHOOKS
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.CANCELLED
    assert world.paid.cancelled == []


async def test_a_songs_host_plays_a_riff_as_an_instrumental(sqlite_url: str, tmp_path: Path) -> None:
    """By its words; the first of its two songs is delivered, under the name that the host knows it by."""
    world = World(tmp_path, sqlite_url)
    world.engine.offers = NO_WEBHOOKS
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        (made,) = world.engine.of(job)
        songs = (Result(id="first", audio="1"), Result(id="second", audio="2"))
        await jobs.told(job.id, world.engine.change(made.id, status="succeeded", results=songs))
        await jobs.step_until_idle()
        done = await jobs.get(job.id)
        take = await jobs.take(done.take_id or "")
    asked = world.engine.wanted[made.id].model_dump(exclude_unset=True)
    assert asked == {"prompt_a": "funk", "instrumental": True}
    assert take.host_result_id == "first"
    assert done.run is not None
    assert done.run.results == songs


@pytest.mark.parametrize("size", [1_000, 100_000])
async def test_files_that_came_along_are_not_kept_twice(
    size: int, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stand in the row, large ones beside it, until the take does, or until the job is over."""
    world = World(tmp_path, sqlite_url)
    large = size > 16 * 1024
    inline = (Result(audio="data:audio/wav;base64," + "A" * size),)
    fetch, fetched = world.engine.fetch, list[str | None]()

    async def noted(result: Result, folder: Path) -> Fetched:
        fetched.append(result.audio)
        return await fetch(result, folder)

    monkeypatch.setattr(world.engine, "fetch", noted)
    async with world.life() as jobs:
        ended = [await world.order(jobs), await world.order(jobs)]
        await jobs.step_until_idle()
        world.accidents.plan("finish", errors.UnusableAudio("noise"))
        for job in ended:
            (made,) = world.engine.of(job)
            run = world.engine.change(made.id, status="succeeded", results=inline)
            assert [await jobs.told(job.id, run) for _ in "ab"] == [News.UPDATE, News.NOTHING]
        assert len(world.blobs.files()) == (2 if large else 0)
        async with open_database(sqlite_url, own=False) as database, database.connect() as connection:
            stored = (await connection.execute(sa.select(jobs_table.c.run))).scalars().all()
            assert all(("AAAA" in str(run)) is not large for run in stored)
        await jobs.step_until_idle()
        after = [await jobs.get(job.id) for job in ended]
        (made,) = world.engine.of(ended[0])
        assert await jobs.told(ended[0].id, made) is News.NOTHING
    assert fetched == [inline[0].audio] * 2
    assert not [name for name in world.blobs.files() if "told" in name]
    assert {job.state for job in after} == {State.DONE, State.FAILED}
    assert all("AAAA" not in repr(job) for job in after)


async def test_a_host_cannot_name_what_others_were_sent(sqlite_url: str, tmp_path: Path) -> None:
    """Neither another job's files nor a take's: only what it sent itself for this job."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        first = await world.order(jobs)
        await jobs.step_until_idle()
        await world.play(jobs, first)
        await jobs.step_until_idle()
        take = await jobs.take((await jobs.get(first.id)).take_id or "")
        second = await world.order(jobs)
        await jobs.step_until_idle()
        fetched = world.accidents.passed.count("fetch")
        (made,) = world.engine.of(second)
        told = (Result(audio=f"beside:{take.audio}"),)
        await jobs.told(second.id, world.engine.change(made.id, status="succeeded", results=told))
        await run_for(world, jobs, 600)
        assert (await jobs.get(second.id)).state is State.FAILED
    assert world.accidents.passed.count("fetch") == fetched


async def test_a_model_that_takes_long_to_load_is_told(sqlite_url: str, tmp_path: Path) -> None:
    """After a minute of starting; no longer once it plays."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await run_for(world, jobs, 45)
        assert (await jobs.get(job.id)).trouble is None
        await run_for(world, jobs, 45)
        assert (await jobs.get(job.id)).trouble == "trouble.cold_boot"
        await jobs.told(job.id, world.engine.change(world.engine.of(job)[0].id, status="processing"))
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).trouble is None


@pytest.mark.parametrize(
    ("cause", "word"),
    [
        (FailureCause.PROMPT_REFUSED, "ending.host_prompt_refused engine"),
        (FailureCause.INTERRUPTED, "ending.host_interrupted engine"),
        (FailureCause.INPUT_REFUSED, "ending.host_failed engine nsfw"),
    ],
)
async def test_a_failure_is_told_by_its_cause(
    cause: FailureCause, word: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Words that are not to be sung are no failure of the host."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        made = world.engine.of(job)[0]
        await jobs.told(job.id, world.engine.change(made.id, status="failed", error="nsfw", cause=cause))
        await jobs.step_until_idle()
        assert await failed_with(world, jobs, job) == word


def test_only_a_host_without_riffs_gets_a_song() -> None:
    """The second prompt goes with the first; everybody else gets the riff as it is."""
    riff = Riff(prompt="funk", prompt_b="rave", seed=4, steps=20, length_s=8)
    wanted = wanted_of(an_order().model_copy(update={"recipe": riff}))
    assert suited(wanted, Offers(songs=True)) is wanted
    assert suited(wanted, Offers(riffs=False)) is wanted
    song = suited(wanted, NO_WEBHOOKS)
    assert song.model_dump(exclude_unset=True) == {"prompt_a": "funk, rave", "instrumental": True}


NOW = datetime(2026, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age_s", "pause_s", "times"),
    [
        (0, 5, HostTimes()),
        (19, 5, HostTimes()),
        (20, 10, HostTimes()),
        (40, 20, HostTimes()),
        (80, 40, HostTimes()),
        (1_000, 40, HostTimes()),
        (0, 2, LOCAL),
        (600, 16, LOCAL),
    ],
)
def test_polls_meet_on_the_clock(age_s: float, pause_s: float, times: HostTimes) -> None:
    """At multiples of the pause, never sooner than half of it and never later than one and a half."""
    at = poll_at(times, asked_at=NOW - timedelta(seconds=age_s), now=NOW)
    assert at.timestamp() % pause_s == 0
    assert pause_s / 2 <= (at - NOW).total_seconds() <= pause_s * 1.5

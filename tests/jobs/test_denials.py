"""Hosts that deny what they took, lists that deny themselves, and outcomes that cannot be written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import errors
from bot.jobs.records import Fetched
from bot.jobs.states import State
from bot.protocol.runs import Result
from tests.jobs.test_failures import failed_with, run_for
from tests.jobs.world import World

DENIALS = [errors.BadKey, errors.Refused, errors.InvalidInput, errors.NoCredit, errors.ModelGone]


@pytest.mark.parametrize("kind", DENIALS)
async def test_a_list_that_is_refused_says_nothing_of_the_order(
    kind: type[errors.Refused], sqlite_url: str, tmp_path: Path
) -> None:
    """Whether the order was taken stays unknown, up to the deadline and in the last word."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("created", errors.OutcomeUnknown("paid"))
    world.accidents.chance = lambda point: kind("paid") if point == "find" else None
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, 120)
        assert world.stage.cards_shown(job)[-1] == "trouble.checking"
        await run_for(world, jobs, 1_200, every_s=200)
        await run_for(world, jobs, 2_400, every_s=60)
        assert await failed_with(world, jobs, job) == "ending.outcome_unknown paid"
    assert len(world.paid.of(job)) == 1


async def test_a_list_that_was_refused_for_a_while_is_read_again(sqlite_url: str, tmp_path: Path) -> None:
    """What it then shows is adopted and played."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("created", errors.OutcomeUnknown("paid"))
    world.accidents.plan("find", *[errors.BadKey("paid") for _ in range(4)])
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, 120)
        assert (await jobs.get(job.id)).run_id == world.paid.of(job)[0].id
        await world.play(jobs, job)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE


@pytest.mark.parametrize("kind", DENIALS)
async def test_what_is_paid_for_survives_a_few_denials(
    kind: type[errors.Refused], sqlite_url: str, tmp_path: Path
) -> None:
    """A dozen in half a minute, as when much is told at once; then the host remembers."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("get", *[kind("paid") for _ in range(12)])
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, 30, every_s=0.5)
        assert (await jobs.get(job.id)).state is State.WAITING
        world.accidents.planned["get"].clear()
        await run_for(world, jobs, 60, every_s=20)
        assert (await jobs.get(job.id)).empty_reads == 0
        world.paid.change(world.paid.of(job)[0].id, status="succeeded")
        await run_for(world, jobs, 60, every_s=20)
        assert (await jobs.get(job.id)).state is State.DONE


ENDS = {
    errors.Refused: ("ending.prediction_lost paid", 90),
    errors.ModelGone: ("ending.prediction_lost paid", 90),
    errors.BadKey: ("ending.host_bad_key paid", 1_230),
    errors.NoCredit: ("ending.host_no_credit paid", 1_230),
    errors.InvalidInput: ("ending.prediction_lost paid", 1_230),
}


@pytest.mark.parametrize("kind", ENDS)
async def test_what_is_denied_for_long_is_lost(
    kind: type[errors.Refused], sqlite_url: str, tmp_path: Path
) -> None:
    """A minute for an order that is not known there; the whole deadline for what concerns every call."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: kind("paid") if point == "get" else None
    word, within_s = ENDS[kind]
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, within_s * 0.6, every_s=10)
        assert (await jobs.get(job.id)).state is State.WAITING
        await run_for(world, jobs, within_s * 0.5, every_s=10)
        assert await failed_with(world, jobs, job) == word


@pytest.mark.parametrize(("times", "state"), [(1, State.DONE), (99, State.FAILED)])
async def test_what_cannot_be_written_down_is_not_tried_for_ever(
    times: int, state: State, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fact that no database takes: the step is tried again a few times, then it is our bug."""
    world = World(tmp_path, sqlite_url)
    fetched_times = 0
    fetch = world.paid.fetch

    async def fetch_odd(result: Result, folder: Path) -> Fetched:
        nonlocal fetched_times
        fetched_times += 1
        fetched = await fetch(result, folder)
        if fetched_times > times:
            return fetched
        return replace(fetched, facts=replace(fetched.facts, key="\ud800"))

    monkeypatch.setattr(world.paid, "fetch", fetch_odd)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await world.play(jobs, job)
        with capture_logs() as told:
            await run_for(world, jobs, 120)
        levels = [entry["log_level"] for entry in told if entry["event"] == "job.step_failed"]
        assert levels == ["error"] * min(times, 3)
        assert (await jobs.get(job.id)).state is state
        if state is State.FAILED:
            assert (await failed_with(world, jobs, job)).startswith("ending.bug ")
            assert fetched_times == 3
        assert await jobs.check_books() == []

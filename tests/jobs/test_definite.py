"""What is certain is acted on at once: unsent orders, denied files, a store or database that is away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot import errors
from bot.jobs import reconcile
from bot.jobs.lease import LeaseLost
from bot.jobs.records import Offers
from bot.jobs.states import State
from bot.jobs.steps.together import together
from bot.money.prices import Prices
from bot.protocol.runs import Result
from bot.providers.http import Limits
from tests.jobs.test_failures import failed_with, run_for
from tests.jobs.world import World, exists
from tests.ui.records import a_job

NO_LIST = Offers(lists=False)


async def test_a_bug_before_anything_was_sent_ends_the_job_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing is unknown: within seconds the card carries a reference, and the money is back."""
    world = World(tmp_path, sqlite_url)
    world.paid.offers = NO_LIST
    world.accidents.plan("prepare", *[ZeroDivisionError("oops") for _ in range(3)])
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, 6, every_s=2)
        assert (await failed_with(world, jobs, job)).startswith("ending.bug ")
        assert (await jobs.get(job.id)).intent_at is None
    assert "create" not in world.accidents.passed
    assert "find" not in world.accidents.passed


async def test_an_order_that_never_leaves_still_has_a_deadline(sqlite_url: str, tmp_path: Path) -> None:
    """A host that cannot even be connected to is not tried for ever."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: errors.Unreachable("paid") if point == "prepare" else None
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await run_for(world, jobs, 1_260)
        assert await failed_with(world, jobs, job) == "ending.host_unreachable paid"


async def test_an_order_that_is_taken_back_in_time_is_never_sent(sqlite_url: str, tmp_path: Path) -> None:
    """A cancel that comes while the call is prepared is seen before its first byte leaves."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        world.paid.before_create = lambda: jobs.cancel(job.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        ended = await jobs.get(job.id)
        assert (ended.state, ended.intent_at) == (State.CANCELLED, None)
        assert await jobs.check_books() == []
    assert world.paid.runs == {}


async def test_who_loses_the_row_leaves_nothing_running() -> None:
    """One half of an ending finds the row lost: the other is broken off before that is told."""
    done: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            done.append("broken off")

    async def loses() -> None:
        await asyncio.sleep(0)
        raise LeaseLost("job")

    with pytest.raises(LeaseLost):
        await together(slow(), loses())
    assert done == ["broken off"]


async def test_a_file_that_is_denied_is_asked_for_a_minute(sqlite_url: str, tmp_path: Path) -> None:
    """It is paid for: a moment's no is not believed. Then it is refunded, and the owner's log knows."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: errors.Refused("paid", "410") if point == "fetch" else None
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await run_for(world, jobs, 50, every_s=5)
        assert (await jobs.get(job.id)).state is State.COLLECT
        await run_for(world, jobs, 60, every_s=5)
        assert await failed_with(world, jobs, job) == "ending.result_lost paid"


async def test_a_file_that_moved_is_fetched_from_where_it_is(sqlite_url: str, tmp_path: Path) -> None:
    """Addresses run out: the host is asked for new ones."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("fetch", errors.Refused("paid", "403 expired"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await world.play(jobs, job)
        (made,) = world.paid.of(job)
        world.paid.change(made.id, results=(Result(audio="a new address"),))
        await run_for(world, jobs, 4, every_s=2)
        done = await jobs.get(job.id)
    assert done.state is State.DONE
    assert done.run is not None
    assert done.run.results[0].audio == "a new address"


@pytest.mark.parametrize("point", ["put", "deliver"])
async def test_a_store_that_is_away_is_waited_for(point: str, sqlite_url: str, tmp_path: Path) -> None:
    """What was made and paid for is not given up because our own shelf cannot be reached for a minute."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda at: errors.StoreFailed("away") if at == point else None
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await run_for(world, jobs, 90, every_s=10)
        assert not (await jobs.get(job.id)).ended
        world.accidents.chance = lambda at: None
        await run_for(world, jobs, 90, every_s=30)
        assert (await jobs.get(job.id)).state is State.DONE


async def test_a_database_that_is_away_is_no_bug_of_the_job(sqlite_url: str, tmp_path: Path) -> None:
    """However often: the lease runs out, and the step is begun again."""
    world = World(tmp_path, sqlite_url)
    world.accidents.plan("fetch", *[OperationalError("", {}, Exception("gone")) for _ in range(4)])
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await run_for(world, jobs, 80, every_s=16)
        assert (await jobs.get(job.id)).state is State.DONE


async def test_a_bug_after_a_hosts_troubles_is_the_first_bug(sqlite_url: str, tmp_path: Path) -> None:
    """Failures of another kind before it do not make it the last."""
    world = World(tmp_path, sqlite_url)
    troubles = [errors.Unreachable("paid") for _ in range(4)]
    world.accidents.plan("fetch", *troubles, ZeroDivisionError("oops"))
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await run_for(world, jobs, 90, every_s=10)
        assert (await jobs.get(job.id)).state is State.DONE


async def test_what_fails_after_a_move_does_not_fail_the_next_step(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The take is kept; that what the host sent for it could not be forgotten yet holds up nobody."""
    world = World(tmp_path, sqlite_url)

    forget = world.blobs.delete_take
    async with world.life() as jobs:
        job = await world.order(jobs)

        async def away(take_id: str) -> None:
            if take_id == job.id:  # what the host sent lies under the job's name
                raise errors.StoreFailed(take_id)
            await forget(take_id)

        monkeypatch.setattr(world.blobs, "delete_take", away)
        await jobs.step_until_idle()
        (made,) = world.engine.of(job)
        inline = (Result(audio="data:audio/wav;base64," + "A" * 100_000),)
        await jobs.told(job.id, world.engine.change(made.id, status="succeeded", results=inline))
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE


@pytest.mark.parametrize("accident", [None, errors.MissingPermission("dm"), ZeroDivisionError("oops")])
async def test_the_owner_is_told_where_the_channel_cannot_be(
    accident: Exception | None, sqlite_url: str, tmp_path: Path
) -> None:
    """Once, alone; and whether that works is of no account for the end. The take stays in the library."""
    world = World(tmp_path, sqlite_url)
    if accident is not None:
        world.accidents.plan("tell_owner", accident)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        world.accidents.chance = lambda at: errors.ChannelGone() if at in ("deliver", "end") else None
        await world.play(jobs, job)
        await jobs.step_until_idle()
        assert await failed_with(world, jobs, job) == "card"
        assert await exists(jobs, (await jobs.get(job.id)).take_id or "")
    assert world.stage.told_owners == ([] if accident else [("111", "ending.channel_gone")])


def test_a_call_that_another_process_may_still_be_at_is_not_absent() -> None:
    """Until the longest call is over, an empty list proves nothing where rows are shared."""
    assert Limits().total_s == reconcile.CALL_S
    job = a_job()
    asked = job.created_at
    job = replace(job, intent_at=asked, empty_reads=1, empty_read_at=asked + timedelta(seconds=1))
    for seconds, alone, shared in ((12, True, False), (29, True, False), (30, True, True)):
        now = asked + timedelta(seconds=seconds)
        for several, absent in ((False, alone), (True, shared)):
            verdict = reconcile.conclude(job, (), now=now, between_s=10, shared=several)
            assert isinstance(verdict, reconcile.Absent) is absent


async def test_a_pot_that_cannot_pay_refuses_the_order(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing is left of the order; what costs nothing goes on, and a refund is there to be spent again."""
    world = World(tmp_path, sqlite_url)
    world.prices = Prices({"engine": 0, "paid": 600})
    async with world.life() as jobs:
        first = await world.order(jobs, host="paid")
        with pytest.raises(errors.NotEnough):
            await world.order(jobs, host="paid")
        await world.order(jobs)
        assert len(await jobs.recent("11", 9)) == 2
        await jobs.cancel(first.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        await world.order(jobs, host="paid")
        assert await jobs.check_books() == []


async def test_what_a_host_sent_does_not_outlive_a_kill(sqlite_url: str, tmp_path: Path) -> None:
    """Killed between keeping the take and forgetting its raw file: upkeep forgets it; not an open job's."""
    world = World(tmp_path, sqlite_url)
    inline = (Result(audio="data:audio/wav;base64," + "A" * 100_000),)
    async with world.life() as jobs:
        done, waits = await world.order(jobs), await world.order(jobs)
        await jobs.step_until_idle()
        for job in (done, waits):
            (made,) = world.engine.of(job)
            await jobs.told(job.id, world.engine.change(made.id, status="succeeded", results=inline))
        raw = {key: (await world.blobs.path(key)).read_bytes() for key in world.blobs.files()}
        assert len(raw) == 2
        await jobs.upkeep.once()
        assert world.blobs.files() == set(raw)
        await jobs.step_until_idle()
        left = tmp_path / "left"
        left.write_bytes(next(iter(raw.values())))
        await world.blobs.put(left, key=f"{done.id}/told-0")  # as the kill would have left it
        await jobs.upkeep.once()
        assert not [key for key in world.blobs.files() if "told-" in key]

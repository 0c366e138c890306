"""What is forgotten in time, what is kept, and what no order is accepted for."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.errors import MusicFull, NotFound
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.jobs.upkeep import Keeping
from bot.store.blobs import FolderBlobs
from bot.store.db import open_database
from bot.store.tables.events import events
from bot.store.tables.jobs import jobs as table
from bot.ui.words import sentence
from tests.jobs.world import World, exists, play_to_the_end
from tests.store.rows import START, add_job

DAY_S = 86_400


async def made(world: World, jobs: Jobs, *, host: str = "engine") -> Job:
    """A riff from order to end."""
    job = await world.order(jobs, host=host)
    await jobs.step_until_idle()
    double = world.host_of(job)
    for run in double.of(job):
        await jobs.told(job.id, double.change(run.id, status="succeeded"))
    await jobs.step_until_idle()
    return await jobs.get(job.id)


async def is_there(jobs: Jobs, job: Job) -> bool:
    """Whether the job is still known."""
    try:
        await jobs.get(job.id)
    except NotFound:
        return False
    return True


async def test_old_jobs_go_and_what_people_have_stays(database_url: str, tmp_path: Path) -> None:
    """Job and story after the days that are set; not the take, its files, its buttons or the books."""
    world = World(tmp_path, database_url)
    world.keeping = Keeping(jobs_days=30)
    async with world.life() as jobs:
        old = await made(world, jobs, host="paid")
        stopped = await world.order(jobs, user="7")
        await jobs.cancel(stopped.id, actor_id="7", is_moderator=False)
        await jobs.step_until_idle()
        world.clock.advance(29 * DAY_S)
        young = await made(world, jobs)
        waiting = await world.order(jobs)
        files = world.blobs.files()
        await jobs.upkeep.once()
        assert await is_there(jobs, old)
        world.clock.advance(1 * DAY_S)
        with capture_logs() as logged:
            await jobs.upkeep.once()
        assert [await is_there(jobs, job) for job in (old, stopped, young, waiting)] == [
            False,
            False,
            True,
            True,
        ]
        assert {entry["event"]: entry["jobs_forgotten"] for entry in logged} == {"upkeep.done": 2}
        assert await jobs.story(old.id) == []
        assert old.take_id is not None
        assert await exists(jobs, old.take_id)
        assert world.blobs.files() == files
        assert await jobs.check_books() == []
    assert await play_to_the_end(world) == []


async def test_nothing_goes_while_somebody_may_still_tell(database_url: str, tmp_path: Path) -> None:
    """A call of unknown outcome is kept for a week at least; a job whose money is not over, for ever."""
    world = World(tmp_path, database_url)
    world.keeping = Keeping(jobs_days=1)
    async with open_database(database_url) as database:
        async with database.begin() as connection:
            owing = await add_job(connection, state=State.FAILED)
        jobs = world.new_jobs(database)
        unknown = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        assert world.host_of(unknown).of(unknown)
        await jobs.cancel(unknown.id, actor_id="111", is_moderator=False)
        await jobs.step_until_idle()
        assert (await jobs.get(unknown.id)).ended
        sure = await made(world, jobs, host="paid")
        world.clock.advance(1.1 * DAY_S)
        await jobs.upkeep.once()
        assert not await is_there(jobs, sure)
        world.clock.advance(5.8 * DAY_S)
        await jobs.upkeep.once()
        assert await is_there(jobs, unknown)
        world.clock.advance(0.2 * DAY_S)
        await jobs.upkeep.once()
        assert not await is_there(jobs, unknown)
        world.clock.advance(1_000 * DAY_S)
        await jobs.upkeep.once()
        assert (await jobs.get(owing)).state is State.FAILED


async def test_zero_days_keep_for_ever(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever wants every story keeps it."""
    world = World(tmp_path, sqlite_url)
    world.keeping = Keeping(jobs_days=0)
    async with world.life() as jobs:
        job = await made(world, jobs)
        world.clock.advance(10_000 * DAY_S)
        await jobs.upkeep.once()
        assert await is_there(jobs, job)


async def test_one_process_prunes_at_a_time(postgres_url: str, tmp_path: Path) -> None:
    """While another one is at it, nothing is done and nobody waits."""
    world = World(tmp_path, postgres_url)
    async with world.life() as jobs, open_database(postgres_url) as other:
        job = await made(world, jobs)
        world.clock.advance(31 * DAY_S)
        async with other.begin() as connection:
            await connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('riffcord prune'))"))
            async with asyncio.timeout(60):
                await jobs.upkeep.once()
            assert await is_there(jobs, job)
        await jobs.upkeep.once()
        assert not await is_there(jobs, job)


async def test_a_thousand_old_jobs_never_hold_up_the_loop(database_url: str, tmp_path: Path) -> None:
    """They go in small portions: the loop's thread is never at them for as much as 50 ms on end."""
    world = World(tmp_path, database_url)
    world.clock.time = START
    world.clock.advance(60 * DAY_S)
    async with open_database(database_url) as database:
        async with database.begin() as connection:
            one = await add_job(connection, state=State.FAILED)
            row = dict((await connection.execute(sa.select(table).where(table.c.id == one))).mappings().one())
            many = [
                {**row, "id": f"old{n}", "reference": f"old{n}", "state": "queued", "ending": None}
                for n in range(1_000)
            ]
            await connection.execute(sa.insert(table), many)
            end = {"state": "failed", "ending": "ending.bug"}
            await connection.execute(sa.update(table).where(table.c.id.like("old%")).values(end))
            entry = sa.text(
                "INSERT INTO ledger (key, at, kind, job_id, source, target, amount) "
                "SELECT 'end:' || id, 0, 'refund', id, 'reserved:' || id, 'pot:1', 0 FROM jobs"
            )
            await connection.execute(entry)
        jobs = world.new_jobs(database)
        turns_s: list[float] = []
        upkeep = asyncio.create_task(jobs.upkeep.once())
        while not upkeep.done():
            before_s = time.thread_time()  # of this thread alone: other processes do not count
            await asyncio.sleep(0)
            turns_s.append(time.thread_time() - before_s)
        await upkeep
        async with database.connect() as connection:
            for left in (table, events):
                assert (await connection.execute(sa.select(sa.func.count()).select_from(left))).scalar() == 0
    assert max(turns_s) < 0.05


async def test_a_deletion_that_broke_off_is_finished(database_url: str, tmp_path: Path) -> None:
    """The process died between the note in the database and the files."""
    world = World(tmp_path, database_url)
    async with world.life() as jobs:
        gone, kept = await made(world, jobs), await made(world, jobs)
        assert gone.take_id is not None

        async def die(take_id: str) -> None:
            raise OSError(take_id)

        whole, world.blobs.delete_take = world.blobs.delete_take, die
        with pytest.raises(OSError, match=gone.take_id):
            await jobs.delete_take(gone.take_id, actor_id="111", is_moderator=False)
        world.blobs.delete_take = whole
        assert len(world.blobs.files()) == 6
        await jobs.upkeep.once()
        assert {key.split("/")[0] for key in world.blobs.files()} == {kept.take_id}


async def test_a_full_house_takes_no_orders(sqlite_url: str, tmp_path: Path) -> None:
    """Said in a sentence that tells what to do, and in the log; over as soon as something is deleted."""
    world = World(tmp_path, sqlite_url)
    size_bytes = 31  # of the three files that the finisher's double makes of a first run
    world.keeping = Keeping(blobs_max_gb=2 * size_bytes / 1e9)
    async with world.life() as jobs:
        first = await made(world, jobs)
        assert await world.blobs.used_bytes() == size_bytes
        second = await world.order(jobs)
        with capture_logs() as logged:
            await jobs.step_until_idle()
            (run,) = world.engine.of(second)
            await jobs.told(second.id, world.engine.change(run.id, status="succeeded"))
            await jobs.step_until_idle()
            with pytest.raises(MusicFull) as refused:
                await world.order(jobs)
            with pytest.raises(MusicFull):
                await world.order(jobs)
        assert [entry["event"] for entry in logged if entry["log_level"] == "warning"] == ["blobs.full"]
        assert "BLOBS_MAX_GB" in sentence(refused.value)
        assert first.take_id is not None
        await jobs.delete_take(first.take_id, actor_id="111", is_moderator=False)
        await world.order(jobs)


async def test_the_log_hears_early_that_it_gets_narrow(sqlite_url: str, tmp_path: Path) -> None:
    """From nine tenths on, once, while orders are still taken."""
    world = World(tmp_path, sqlite_url)
    world.keeping = Keeping(blobs_max_gb=33 / 1e9)
    async with world.life() as jobs:
        await made(world, jobs)
        with capture_logs() as logged:
            for _ in range(3):
                await world.order(jobs)
        assert [each["event"] for each in logged if each["log_level"] == "warning"] == ["blobs.nearly_full"]


async def test_what_is_used_is_counted(tmp_path: Path) -> None:
    """By a look at the folder, and by what was put and deleted since, overwriting included."""
    source = tmp_path / "source"
    folder = tmp_path / "blobs"
    blobs = FolderBlobs(folder)
    assert await blobs.used_bytes() == 0
    for key, size in (("aaaaaaaa/one", 10), ("aaaaaaaa/two", 20), ("bbbbbbbb/one", 5), ("aaaaaaaa/one", 7)):
        source.write_bytes(b"x" * size)
        await blobs.put(source, key=key)
    assert await blobs.used_bytes() == await FolderBlobs(folder).used_bytes() == 32
    await blobs.delete("aaaaaaaa/two")
    assert await blobs.used_bytes() == 12
    await blobs.delete_take("aaaaaaaa")
    assert await blobs.used_bytes() == await FolderBlobs(folder).used_bytes() == 5

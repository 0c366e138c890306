"""The machine as it runs in the bot: its own loop, many at once, stop and start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.clock import SystemClock
from bot.jobs.limits import Limits, Times
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.store import admission
from bot.store.db import Database, open_database
from bot.store.meta import get_meta, put_meta
from bot.store.tables.jobs import jobs as table
from tests.jobs.world import World, an_order, answering


class WatchedDatabase(Database):
    """Tells whenever a transaction was committed, so that a test can wait without polling."""

    def __init__(self, database: Database, committed: asyncio.Event) -> None:
        super().__init__(database.engine)
        self._committed = committed
        self.held_back = ""
        self.knocked, self.door, self.passed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def begin(self, *, long: bool = False) -> AsyncGenerator[AsyncConnection, None]:
        """As the real one, but the task ``held_back``, or one for it, has to wait at the door."""
        task = asyncio.current_task()
        held_back = task is not None and task.get_name() == self.held_back
        if held_back:
            self.knocked.set()
            await self.door.wait()
        async with super().begin(long=long) as connection:
            yield connection
        self._committed.set()
        if held_back:
            self.passed.set()


class LiveWorld(World):
    """A world in which the machine runs by itself, in real time."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, url)
        self.real_clock = SystemClock()
        self.committed = asyncio.Event()

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[Database, None]:
        """The database, watched."""
        async with open_database(self.url) as database:
            watched = WatchedDatabase(database, self.committed)
            try:
                yield watched
            finally:
                await watched.aclose()  # it has a bell of its own, which may be ringing

    @asynccontextmanager
    async def running(self, times: Times | None = None) -> AsyncGenerator[Jobs, None]:
        """One life with the background loop."""
        async with self.opened() as database:
            jobs = self.new_jobs(database, times=times)
            await jobs.start()
            try:
                yield jobs
            finally:
                await jobs.stop(0.2)

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something that the machine brings about."""
        async with asyncio.timeout(60):
            while not await condition():
                await self.committed.wait()
                self.committed.clear()


async def all_in(jobs: Jobs, orders: list[Job], state: State) -> bool:
    """Whether all have come there."""
    return all([(await jobs.get(job.id)).state is state for job in orders])


async def test_many_at_once_all_get_their_music(database_url: str, tmp_path: Path) -> None:
    """Forty members at the same time: forty messages, forty predictions, nothing left over."""
    world = LiveWorld(tmp_path, database_url)
    async with world.running() as jobs:
        answering(world.engine, jobs)
        orders = await asyncio.gather(*(world.order(jobs, user=f"u{n}") for n in range(40)))
        await world.until(lambda: all_in(jobs, orders, State.DONE))
        assert len(world.engine.runs) == len(world.stage.messages) == 40
        assert await jobs.check_books() == []


async def test_a_job_starts_as_soon_as_its_card_stands(database_url: str, tmp_path: Path) -> None:
    """Nothing polls: card_shown wakes the machine, long before the grace is over."""
    world = LiveWorld(tmp_path, database_url)
    async with world.running(Times(card_grace_s=3_600)) as jobs:
        job = await jobs.order(an_order(), interaction_token=None)
        await jobs.card_shown(job.id, world.stage.card(job, "t"))
        await world.until(lambda: all_in(jobs, [job], State.WAITING))


async def test_the_timer_ends_the_grace(sqlite_url: str, tmp_path: Path) -> None:
    """A card that never comes does not keep the job waiting for ever."""
    world = LiveWorld(tmp_path, sqlite_url)
    async with world.running(Times(card_grace_s=0.05)) as jobs:
        job = await jobs.order(an_order(), interaction_token=None)
        await world.until(lambda: all_in(jobs, [job], State.WAITING))


async def test_stopping_lets_a_running_step_finish(sqlite_url: str, tmp_path: Path) -> None:
    """The call that was being made is recorded before the process goes."""
    world = LiveWorld(tmp_path, sqlite_url)
    reached, go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        reached.set()
        await go.wait()

    world.engine.during_create = hold
    async with world.opened() as database:
        jobs = world.new_jobs(database)
        await jobs.start()
        job = await world.order(jobs)
        await reached.wait()
        stopping = asyncio.create_task(jobs.stop(10))
        await asyncio.sleep(0)
        go.set()
        await stopping
        assert (await jobs.get(job.id)).run_id == "p0"


async def test_what_is_claimed_while_stopping_is_given_back(sqlite_url: str, tmp_path: Path) -> None:
    """A claim that was under way when the stop came starts no step that nobody would wait for."""
    world = LiveWorld(tmp_path, sqlite_url)
    reached, go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        reached.set()
        await go.wait()

    world.engine.during_create = hold
    async with asyncio.timeout(60), world.opened() as database:
        assert isinstance(database, WatchedDatabase)
        jobs = world.new_jobs(database)
        await jobs.start()
        late = await world.order(jobs, host="paid")
        await world.until(lambda: all_in(jobs, [late], State.WAITING))
        await world.order(jobs)
        await reached.wait()
        database.held_back = "jobs machine"
        await jobs.told(late.id, world.paid.change("p0", status="processing"))
        await database.knocked.wait()
        stopping = asyncio.create_task(jobs.stop(10))
        await asyncio.sleep(0)
        database.door.set()
        await database.passed.wait()
        go.set()
        await stopping
        async with database.connect() as connection:
            owned = await connection.execute(sa.select(table.c.id).where(table.c.owner.is_not(None)))
            assert owned.all() == []
        assert (await jobs.get(late.id)).state is State.WAITING


async def test_a_step_that_takes_too_long_is_broken_off_and_repeated(sqlite_url: str, tmp_path: Path) -> None:
    """After the grace the step is cancelled; the next life finds out what it did."""
    world = LiveWorld(tmp_path, sqlite_url)
    reached = asyncio.Event()

    async def hang() -> None:
        reached.set()
        await asyncio.Event().wait()

    world.engine.during_create = hang
    async with world.opened() as database:
        jobs = world.new_jobs(database)
        await jobs.start()
        job = await world.order(jobs)
        await reached.wait()
        await jobs.stop(0.01)
    world.engine.during_create = None
    async with world.running() as jobs:
        await world.until(lambda: all_in(jobs, [job], State.WAITING))
    assert len(world.engine.runs) == 1


async def test_a_row_that_cannot_be_read_holds_up_nobody(database_url: str, tmp_path: Path) -> None:
    """What another version wrote stays where it is; the jobs beside it go on."""
    world = LiveWorld(tmp_path, database_url)
    async with world.opened() as database:
        jobs = world.new_jobs(database)
        strange, other = await world.order(jobs), await world.order(jobs, user="222")
        async with database.begin() as connection:
            await connection.execute(
                sa.update(table).where(table.c.id == strange.id).values(request={"kind": "of tomorrow"})
            )
        await jobs.start()
        await world.until(lambda: all_in(jobs, [other], State.WAITING))
        await jobs.stop(0.2)


async def test_two_processes_share_a_postgres(postgres_url: str, tmp_path: Path) -> None:
    """Two machines at one database: each job is asked for once, and a told job is taken up by any."""
    world = LiveWorld(tmp_path, postgres_url)
    world.limits = Limits(total=7)
    async with world.running() as one, world.running() as two:
        answering(world.engine, two)
        orders = [await world.order(jobs, user=f"u{n}") for n, jobs in enumerate([one, two] * 10)]
        await world.until(lambda: all_in(one, orders, State.DONE))
        assert len(world.engine.runs) == len(world.stage.messages) == 20
        assert await one.check_books() == []


async def test_a_dead_process_costs_one_lease(postgres_url: str, tmp_path: Path) -> None:
    """The row of a process that died in a step is taken over when its lease has run out, not before."""
    world = LiveWorld(tmp_path, postgres_url)
    world.real_clock = None
    reached = asyncio.Event()

    async def hang() -> None:
        reached.set()
        await asyncio.Event().wait()

    world.engine.during_create = hang
    async with world.opened() as database:
        dead = world.new_jobs(database)
        job = await world.order(dead)
        step = asyncio.create_task(dead.step_until_idle())
        await reached.wait()
        world.engine.during_create = None
        async with world.opened() as another:
            other = world.new_jobs(another)
            world.clock.advance(14.9)
            await other.step_until_idle()
            assert (await other.get(job.id)).run_id is None
            world.clock.advance(0.2)
            await other.step_until_idle()
            assert (await other.get(job.id)).state is State.WAITING
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)
    assert len(world.engine.runs) == 1


async def test_the_timer_takes_over_from_a_dead_process(postgres_url: str, tmp_path: Path) -> None:
    """Nobody rings when a process dies: another one looks by itself the moment the lease is over."""
    world = LiveWorld(tmp_path, postgres_url)
    times = Times(lease_s=1, between_reads_s=0.1)
    reached = asyncio.Event()

    async def hang() -> None:
        reached.set()
        await asyncio.Event().wait()

    world.engine.during_create = hang
    async with world.opened() as database:
        dead = world.new_jobs(database, times=times)
        job = await world.order(dead)
        step = asyncio.create_task(dead.step_until_idle())
        await reached.wait()
        world.engine.during_create = None
        async with asyncio.timeout(60), world.running(times) as other:
            await world.until(lambda: all_in(other, [job], State.WAITING))
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)
    assert len(world.engine.runs) == 1


async def test_a_process_that_was_paused_writes_nothing(database_url: str, tmp_path: Path) -> None:
    """A step that wakes up after its row was taken and finished by another cannot undo anything."""
    world = LiveWorld(tmp_path, database_url)
    world.real_clock = None
    reached, go = asyncio.Event(), asyncio.Event()

    async def pause() -> None:
        reached.set()
        await go.wait()

    async with world.opened() as database:
        paused, other = world.new_jobs(database), world.new_jobs(database)
        await other.open()
        job = await world.order(paused)
        world.engine.during_create = pause
        step = asyncio.create_task(paused.step_until_idle())
        await reached.wait()
        world.engine.during_create = None
        world.clock.advance(16)
        await other.step_until_idle()
        await world.play(other, job)
        await other.step_until_idle()
        go.set()
        await step
        assert (await other.get(job.id)).state is State.DONE
        assert [move.new for move in await other.story(job.id)].count(State.WAITING) == 1
    assert len(world.engine.runs) == 1


async def test_a_stop_takes_no_other_writer_along(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes while the line is asked: what somebody else writes in the same transaction stays."""
    asking = asyncio.Event()

    async def slowly(connection: AsyncConnection, *_: object) -> list[str]:
        asking.set()
        numbers = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
        await connection.execute(sa.text(numbers + " LIMIT 1 OFFSET 300000"))
        return []

    async def write(database: Database) -> None:
        async with database.begin() as connection:
            await put_meta(connection, "of another", "there")

    monkeypatch.setattr(admission, "admit", slowly)
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        jobs = world.new_jobs(database)
        await jobs.start()
        await asking.wait()
        writing = asyncio.create_task(write(database))
        await jobs.stop(0)
        await writing
        async with database.connect() as connection:
            assert await get_meta(connection, "of another") == "there"

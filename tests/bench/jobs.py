"""What the job machine costs: ``python -m tests.bench.jobs`` prints one JSON object.

Everything but the machine is empty: the host answers at once and tells the result from inside its call,
Discord takes no time, files are a few bytes. SQLite with full synchronisation, in a temporary folder.
Times are wall milliseconds; CPU is this process, in percent of one core.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import sqlalchemy as sa
import structlog

from bot.jobs.clock import SystemClock
from bot.jobs.limits import Limits
from bot.jobs.ports import WriteAhead
from bot.jobs.records import Job, Source, Take
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result, Run
from bot.store.db import Database, open_database
from bot.store.migrate import upgrade
from bot.store.tables.jobs import jobs as jobs_table
from tests.jobs.world import HostDouble, World, an_order
from tests.store.databases import sqlite_address

_WIDE = Limits(
    per_user=100, per_channel=10_000, per_guild=10_000, per_host=10_000, total=10_000, open_per_user=10_000
)


class TimedHost(HostDouble):
    """Notes when a call began; with ``finishes`` the result is told before the call returns."""

    def __init__(self, name: str, world: BenchWorld) -> None:
        super().__init__(name, world, world.accidents)
        self.called_at: dict[str, float] = {}
        self.finishes: Jobs | None = None

    async def create(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        webhook: str | None,
        source: Source | None = None,
        ahead: WriteAhead | None = None,
    ) -> Run:
        """Accept at once."""
        self.called_at[reference] = time.perf_counter()
        if ahead is not None:
            await ahead()
        made = self.make(reference, webhook)
        if self.finishes is not None:
            await self.finishes.told(reference, self.change(made.id, status="succeeded"))
        return made


class BenchWorld(World):
    """Real time, one host."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, sqlite_address(folder / "riffcord.sqlite"))
        self.real_clock = SystemClock()
        self.limits = _WIDE
        self.host = TimedHost("engine", self)
        self.hosts = {"engine": self.host}
        upgrade(self.url, "bot")

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[tuple[Jobs, Database], None]:
        """One life with the loop."""
        async with open_database(self.url) as database:
            made = self.new_jobs(database)
            await made.start()
            try:
                yield made, database
            finally:
                await made.stop()


@dataclass
class Lag:
    """How late the event loop was, at worst, while the block ran."""

    worst_ms: float = 0.0
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            self.worst_ms = max(self.worst_ms, (time.perf_counter() - began - 0.005) * 1000)

    async def __aenter__(self) -> Lag:
        """Begin to watch."""
        self.task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching."""
        if self.task is not None:
            self.task.cancel()


def _quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p99": round(ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))], 1),
    }


async def _until(done: asyncio.Event, limit_s: float) -> None:
    async with asyncio.timeout(limit_s):
        await done.wait()


async def enqueue_to_submit(folder: Path) -> dict[str, object]:
    """One order after the other, on an idle machine."""
    world = BenchWorld(folder)
    ordered_ms: list[float] = []
    shown_ms: list[float] = []
    from_order_ms: list[float] = []
    async with world.running() as (jobs, _):
        for number in range(100):
            began = time.perf_counter()
            job = await jobs.order(an_order(user=f"u{number}"), interaction_token=None)
            accepted = time.perf_counter()
            await jobs.card_shown(job.id, str(number))
            while job.reference not in world.host.called_at:  # noqa: ASYNC110  measured from outside
                await asyncio.sleep(0.0005)
            called = world.host.called_at[job.reference]
            ordered_ms.append((accepted - began) * 1000)
            shown_ms.append((called - accepted) * 1000)
            from_order_ms.append((called - began) * 1000)
            await asyncio.sleep(0.01)
    return {
        "order_call_ms": _quantiles(ordered_ms),
        "card_shown_to_host_call_ms": _quantiles(shown_ms),
        "order_to_host_call_ms": _quantiles(from_order_ms),
    }


async def burst(folder: Path, count: int = 200) -> dict[str, object]:
    """Many orders at the same instant, through every state to the end."""
    world = BenchWorld(folder)
    done = asyncio.Event()
    delivered: list[str] = []
    deliver = world.stage.deliver

    async def counted(job: Job, take: Take, upload: Path, picture: Path) -> str:
        message_id = await deliver(job, take, upload, picture)
        delivered.append(job.id)
        if len(delivered) == count:
            done.set()
        return message_id

    world.stage.deliver = counted
    async with world.running() as (jobs, _):
        world.host.finishes = jobs
        cpu = psutil.Process().cpu_times()
        began = time.perf_counter()
        async with Lag() as lag:
            await asyncio.gather(*(world.order(jobs, user=f"u{number}") for number in range(count)))
            await _until(done, 120)
        took_s = time.perf_counter() - began
        after = psutil.Process().cpu_times()
    used_s = after.user + after.system - cpu.user - cpu.system
    return {
        "jobs": count,
        "seconds": round(took_s, 2),
        "jobs_per_s": round(count / took_s, 1),
        "cpu_ms_per_job": round(1000 * used_s / count, 1),
        "worst_loop_lag_ms": round(lag.worst_ms, 1),
        "books": await _books(world),
    }


async def _books(world: BenchWorld) -> list[str]:
    async with world.life() as jobs:
        return await jobs.check_books()


async def fill(database: Database, count: int) -> list[str]:
    """Rows that wait for their host, polled in an hour."""
    now = datetime.now(UTC)
    ids = [f"bench{number:017d}" for number in range(count)]
    rows = [
        {
            "id": job_id,
            "state": "queued",
            "host": "engine",
            "guild_id": str(number % 50),
            "channel_id": str(number % 500),
            "user_id": str(number),
            "priority": 0,
            "request": an_order(user=str(number)).model_dump(mode="json"),
            "price": 0,
            "created_at": now,
            "updated_at": now,
            "moved_at": now,
            "cause": "bench",
            "actor": "bench",
            "reference": job_id,
        }
        for number, job_id in enumerate(ids)
    ]
    waiting = {
        "state": "waiting",
        "due": now + timedelta(hours=1),
        "poll_at": now + timedelta(hours=1),
        "deadline_at": now + timedelta(hours=2),
        "intent_at": now,
        "run_id": jobs_table.c.id,
    }
    async with database.begin() as connection:
        await connection.execute(sa.insert(jobs_table), rows)
        await connection.execute(sa.update(jobs_table).values(state="submit"))
        await connection.execute(sa.update(jobs_table).values(waiting))
    return ids


async def waiting_rows(folder: Path, count: int = 5_000, seconds: float = 5.0) -> dict[str, object]:
    """Thousands of jobs that wait: what they cost, and how fast one of them wakes up."""
    world = BenchWorld(folder)
    process = psutil.Process()
    async with world.running() as (jobs, database):
        await asyncio.sleep(0.5)
        idle = await _cpu_percent(process, seconds)
        memory_before = process.memory_info().rss
        ids = await fill(database, count)
        await jobs.card_shown(ids[-1], "1")  # any news: the loop looks at the crowd
        await asyncio.sleep(1)
        crowded = await _cpu_percent(process, seconds)
        memory_after = process.memory_info().rss
        wakes_ms = [await _wake(world, jobs, job_id) for job_id in ids[:100]]
    return {
        "waiting": count,
        "cpu_percent_without": idle,
        "cpu_percent_with": crowded,
        "rss_growth_mb": round((memory_after - memory_before) / 2**20, 1),
        "told_to_fetch_ms": _quantiles(wakes_ms),
    }


async def _cpu_percent(process: psutil.Process, seconds: float) -> float:
    process.cpu_percent()
    await asyncio.sleep(seconds)
    return round(process.cpu_percent(), 2)


async def _wake(world: BenchWorld, jobs: Jobs, job_id: str) -> float:
    """From a webhook to the moment at which the result is fetched."""
    fetched = asyncio.Event()
    fetch = type(world.host).fetch
    at = 0.0

    async def noted(result: Result, target: Path) -> object:
        nonlocal at
        at = time.perf_counter()
        fetched.set()
        return await fetch(world.host, result, target)

    world.host.fetch = noted  # pyright: ignore[reportAttributeAccessIssue]
    began = time.perf_counter()
    await jobs.told(job_id, Run(id=job_id, status="succeeded"))
    await _until(fetched, 10)
    while (await jobs.get(job_id)).state is not State.DONE:  # noqa: ASYNC110  seen from outside
        await asyncio.sleep(0.002)
    return (at - began) * 1000


async def measure() -> dict[str, object]:
    """All of it, one after the other."""
    with tempfile.TemporaryDirectory(prefix="bench-jobs-") as name:
        folders = [Path(name) / part for part in ("one", "two", "three")]
        for folder in folders:
            folder.mkdir()
        return {
            "one_by_one": await enqueue_to_submit(folders[0]),
            "burst": await burst(folders[1]),
            "waiting": await waiting_rows(folders[2]),
        }


def main() -> None:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.stdout.write(json.dumps(asyncio.run(measure()), indent=2) + "\n")


if __name__ == "__main__":
    main()

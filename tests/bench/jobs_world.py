"""What the benches of the job machine share: a world without delays, and how time is taken."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import sqlalchemy as sa

from bot.gate import ServerGate
from bot.jobs.clock import SystemClock
from bot.jobs.limits import Limits
from bot.jobs.ports import WriteAhead
from bot.jobs.records import Source
from bot.jobs.service import Jobs
from bot.moderation.doors import HoldDoor, PeopleDoor
from bot.moderation.screening import ScreenDoor, Screening
from bot.processes import settle
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Run
from bot.store.db import Database, open_database
from bot.store.migrate import upgrade
from tests.jobs.world import HostDouble, World
from tests.store.databases import new_postgres, sqlite_address

WIDE = Limits(
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


def an_address(folder: Path, *, postgres: bool) -> str:
    """A database without tables, of this bench's own."""
    return _safe(new_postgres()) if postgres else sqlite_address(folder / "riffcord.sqlite")


def _safe(url: str) -> str:
    """Tests let their PostgreSQL forget what a power cut would; here every commit is synced."""
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")
    return url


class BenchWorld(World):
    """Real time, one host."""

    def __init__(self, folder: Path, *, postgres: bool = False) -> None:
        super().__init__(folder, an_address(folder, postgres=postgres))
        self.real_clock = SystemClock()
        self.limits = WIDE
        self.host = TimedHost("engine", self)
        self.hosts = {"engine": self.host}
        upgrade(self.url, "bot")

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[tuple[Jobs, Database], None]:
        """One life with the loop."""
        async with open_database(self.url) as database:
            screen = ScreenDoor(Screening(database, clock=self))
            self.gate = ServerGate(checks=[PeopleDoor(), screen], holds=HoldDoor())
            made = self.new_jobs(database)
            await made.start()
            settle()
            try:
                yield made, database
            finally:
                await made.stop()


@dataclass
class Lag:
    """How late the event loop was, at worst, while the block ran."""

    worst_ms: float = 0.0
    worst_cpu_ms: float = 0.0
    """Of that, at most, what the loop's own thread computed: on a busy machine the rest is others' doing."""
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    async def _watch(self) -> None:
        while True:
            began, computed_s = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.005)
            self.worst_cpu_ms = max(self.worst_cpu_ms, (time.thread_time() - computed_s) * 1000)
            self.worst_ms = max(self.worst_ms, (time.perf_counter() - began - 0.005) * 1000)

    async def __aenter__(self) -> Lag:
        """Begin to watch."""
        self.task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching."""
        if self.task is not None:
            self.task.cancel()


def cpu_s() -> float:
    """Processor time of this process so far."""
    times = psutil.Process().cpu_times()
    return times.user + times.system


def load() -> dict[str, object]:
    """What else the machine does: a number means little without it."""
    return {"cores": os.cpu_count(), "load_average_1_min": round(os.getloadavg()[0], 2)}


def quantiles(values: list[float]) -> dict[str, float]:
    """Median, 99th percentile and most."""
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p99": round(ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))], 1),
        "most": round(ordered[-1], 1),
    }

"""A Dask scheduler and its workers, each a process of its own, and a server that plays on them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp

from bot.processes import free_port
from bot.web.api.app import open_app
from bot.web.api.cluster import ClusterPool
from tests.web.api.support import Server, TinyEngine, listening, serving

_COMMAND = "from distributed.cli.dask_{0} import main; main()"
_QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "PYTHONWARNINGS": "ignore"}


class Cluster:
    """Processes of one cluster; what is left of them ends with the test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.processes: list[asyncio.subprocess.Process] = []

    @property
    def address(self) -> str:
        """The scheduler's."""
        return f"tcp://127.0.0.1:{self._port}"

    async def start_scheduler(self) -> asyncio.subprocess.Process:
        """At the same address each time."""
        place = ("--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard")
        return await self._start("scheduler", *place)

    async def start_worker(self) -> asyncio.subprocess.Process:
        """One that renders one thing at a time, and that nobody replaces when it dies."""
        kind = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder))
        return await self._start("worker", self.address, *kind)

    async def _start(self, kind: str, *arguments: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _COMMAND.format(kind), *arguments),
            env={**os.environ, **_QUIET},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process


@contextlib.asynccontextmanager
async def cluster(folder: Path) -> AsyncGenerator[Cluster]:
    """A cluster without any process yet."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        for process in made.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def cluster_server(
    data: Path, scheduler: str, *, blobs_url: str | None = None
) -> AsyncGenerator[tuple[Server, ClusterPool]]:
    """A server whose renders run on the cluster."""
    pool = ClusterPool(scheduler, blobs_url=blobs_url)
    listener, url = listening()
    try:
        async with (
            open_app(data=data, own_url=url, tokens=(), private_webhooks=True, pool=pool) as app,
            serving(app, listener),
            aiohttp.ClientSession() as session,
        ):
            yield Server(url=url, engine=TinyEngine(), session=session), pool
    finally:
        listener.close()
        await pool.stop()


async def until_slots(pool: ClusterPool, slots: int) -> None:
    """Wait until the pool has that many."""
    reached = asyncio.Event()

    def look() -> None:
        if pool.slots == slots:
            reached.set()

    pool.listeners.append(look)
    look()
    async with asyncio.timeout(60):
        await reached.wait()

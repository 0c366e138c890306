"""Renders on a Dask cluster, through its ``concurrent.futures`` executor.

The pool follows the cluster: no scheduler or no usable worker means no slots, and requests wait in the
server's own queue until there are some. A worker that is lost costs an attempt, and the scheduler goes on
with the render at another one; a scheduler that is lost costs one too, and the server connects anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from distributed import Client, KilledWorker
from distributed.client import ClosedClientError
from distributed.comm.core import CommClosedError
from distributed.versions import VersionMismatchWarning

from bot.errors import StoreFailed
from bot.web.api.cluster_check import unusable
from bot.web.api.cluster_work import ClusterJob, ClusterResult, WarmEngine, render_there, stop_run
from bot.web.api.patience import patiently, rest
from bot.web.api.pool import Seen, WorkerDied
from bot.web.api.render import Rendered, RenderJob

log = structlog.get_logger(__name__)

_LOOK_S = 1.0
"""How often the cluster is looked at, and how long after a failure it is called again."""
_CONNECT_S = 3.0
_CLOSE_S = 2.0
_GONE = (CommClosedError, ClosedClientError)
_AWAY = (*_GONE, OSError, TimeoutError, RuntimeError, ValueError)
"""What a client raises whose scheduler is gone: also that it was closed."""

_NO_WORKERS = (
    "The cluster has no worker that can play, so requests wait. One that lost its scheduler has ended."
)

# Ours says the same in one sentence, and leaves those workers out.
warnings.filterwarnings("ignore", category=VersionMismatchWarning)
warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)


@dataclass(slots=True)
class _Run:
    """One render under way."""

    name: str
    seen: Seen | None = None
    starts: int = 0
    stopping: bool = False
    over: bool = False
    """Nobody waits for it any more."""

    def check(self) -> None:
        """Raise :class:`WorkerDied` where what it brings is not wanted."""
        if self.stopping or self.over:
            raise WorkerDied


@dataclass(frozen=True, slots=True)
class _Connection:
    client: Any
    """A ``Client``, whose blocking calls are typed as if they could also be awaited."""
    executor: Executor


class ClusterPool:
    """A :class:`bot.web.api.pool.Pool` of the workers of one scheduler. Make it in a running event loop."""

    def __init__(self, scheduler: str, *, blobs_url: str | None = None) -> None:
        """``scheduler`` as in ``tcp://host:8786``; ``blobs_url`` as ``ObjectStore`` takes it."""
        self.slots = 0
        self._address = scheduler
        self._blobs_url = blobs_url
        self._topic = f"riffcord-{uuid.uuid4().hex}"
        self._connection: _Connection | None = None
        self._checked: dict[str, bool] = {}
        self._runs: dict[Path, _Run] = {}
        self._stops: set[asyncio.Task[None]] = set()
        self.listeners: list[Callable[[], None]] = []
        self._said_away = False
        self._said_idle = False
        self._closing = False
        self._loop = asyncio.get_running_loop()
        self._watching = asyncio.create_task(self._watch(), name="watch-cluster")

    def on_change(self, tell: Callable[[], None]) -> None:
        """Have ``tell`` called when workers came or went."""
        self.listeners.append(tell)

    async def run(self, job: RenderJob) -> Rendered:
        """Render on a worker and bring the files home, as :meth:`Pool.run`."""
        connection = self._connection
        if connection is None:
            raise await self._lost()
        run = self._runs[job.folder] = _Run(uuid.uuid4().hex)
        try:
            source = None if job.source is None else await asyncio.to_thread(job.source.read_bytes)
            order = ClusterJob(
                run=run.name,
                job=replace(job, source=None),
                source=source,
                topic=self._topic,
                blobs_url=self._blobs_url,
            )
            result = await self._result(connection, order)
            await asyncio.to_thread(self._bring, run, job.folder, result)
        except StoreFailed as error:
            log.warning("store.failed", why=str(error))
            raise WorkerDied from error
        finally:
            run.over = True
            del self._runs[job.folder]
        return result.rendered

    async def _result(self, connection: _Connection, order: ClusterJob) -> ClusterResult:
        try:
            future = connection.executor.submit(render_there, order)
        except _AWAY as error:
            raise await self._lost() from error
        try:
            return await asyncio.wrap_future(future)
        except KilledWorker as error:
            log.warning("worker.died", why=str(error))
            raise WorkerDied from error
        except _GONE as error:
            raise await self._lost() from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise await self._lost() from error  # the scheduler forgot what it was asked for

    async def _lost(self) -> WorkerDied:
        """The scheduler is gone: no slots until the next look, and no attempt spent on asking nobody."""
        self._change(0)
        await asyncio.sleep(_LOOK_S)
        return WorkerDied()

    def _bring(self, run: _Run, folder: Path, result: ClusterResult) -> None:
        for name, content in result.files.items():
            part = folder / f"{name}.part"
            with part.open("wb") as writer:
                writer.write(content)
                writer.flush()
                os.fsync(writer.fileno())
            part.replace(folder / name)
        if result.stored and self._blobs_url is not None:
            from bot.store.objects import ObjectStore

            store = ObjectStore(self._blobs_url)
            for name in result.stored:
                move = partial(store.get, f"{run.name}/{name}", folder / name)
                patiently(move, partial(rest, check=run.check))
            try:
                store.delete([f"{run.name}/{name}" for name in result.stored])
            except StoreFailed as error:  # all is here: what stays behind there costs only room
                log.warning("store.not_tidied", run=run.name, why=str(error))

    def seen(self, job: RenderJob) -> Seen | None:
        """What the worker told last."""
        run = self._runs.get(job.folder)
        return None if run is None else run.seen

    def ask_to_stop(self, job: RenderJob) -> None:
        """Tell every worker: only the scheduler knows which one has it."""
        run = self._runs.get(job.folder)
        if run is None or run.stopping or self._connection is None:
            return
        run.stopping = True
        task = asyncio.create_task(self._spread_stop(self._connection.client, run.name))
        self._stops.add(task)
        task.add_done_callback(self._stops.discard)

    async def _spread_stop(self, client: Any, run: str) -> None:
        with contextlib.suppress(*_AWAY):
            await asyncio.to_thread(client.run, stop_run, run, on_error="ignore")

    async def stop(self) -> None:
        """Let go of the cluster; its workers stay."""
        self._closing = True
        if self._stops:
            await asyncio.wait(self._stops, timeout=_CLOSE_S)
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
        await self._let_go()

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        """Note an event of a worker; the client calls it in a thread of its own."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants to know
            self._loop.call_soon_threadsafe(self._note, event[1])

    def _note(self, news: dict[str, Any]) -> None:
        run = next((run for run in self._runs.values() if run.name == news["run"]), None)
        if run is None:
            return
        if "started" in news:
            run.starts += 1
            run.seen = Seen(0, 1, run.starts)
        else:
            run.seen = Seen(int(news["done"]), int(news["total"]), max(1, run.starts))

    async def _watch(self) -> None:
        """Keep a connection, and ``slots`` true, for as long as the server runs."""
        while True:
            try:
                slots = await asyncio.to_thread(self._look)
                self._say_here(slots)
            except Exception as error:  # without this task nothing would ever be rendered again
                slots = 0
                if not self._said_away:
                    unknown = None if isinstance(error, _AWAY) else error
                    log.warning(
                        "cluster.away", scheduler=self._address, why=str(error)[:200], exc_info=unknown
                    )
                    self._said_away = True
                self._change(0)  # before letting go, which takes its time
                await self._let_go()
            self._change(slots)
            await asyncio.sleep(_LOOK_S)

    def _say_here(self, slots: int) -> None:
        if self._said_away:
            log.info("cluster.back", scheduler=self._address)
            self._said_away = False
        if not slots and not self._said_idle:
            log.warning("cluster.no_workers", problem=_NO_WORKERS)
        self._said_idle = not slots

    def _change(self, slots: int) -> None:
        if slots == self.slots:
            return
        log.info("cluster.slots", slots=slots)
        self.slots = slots
        for tell in self.listeners:
            try:
                tell()
            except Exception:
                log.exception("cluster.listener_failed")

    def _look(self) -> int:
        """How many renders the cluster can do at once. Blocks; raises one of ``_AWAY``."""
        connection = self._connection
        if connection is None:
            client: Any = Client(self._address, timeout=_CONNECT_S, set_as_default=False, name="riffcord")
            if self._closing:  # while it was being reached
                client.close(_CLOSE_S)
                return 0
            client.subscribe_topic(self._topic, self._heard)
            connection = self._connection = _Connection(client, client.get_executor(pure=False))
            self._checked.clear()
            with contextlib.suppress(Exception):  # at a worker without Riffcord, of which is told below
                client.register_plugin(WarmEngine())
        threads: dict[str, int] = connection.client.nthreads()
        if threads.keys() - self._checked.keys():
            wrong = unusable(connection.client)
            for worker, why in wrong.items():
                if self._checked.get(worker, True):
                    log.error("cluster.mismatch", problem=why)
            self._checked = {worker: worker not in wrong for worker in threads}
            good = [worker for worker in threads if self._checked[worker]]
            limited = {} if len(good) == len(threads) else {"workers": good, "allow_other_workers": True}
            executor = connection.client.get_executor(pure=False, **limited)
            self._connection = _Connection(connection.client, executor)
        return sum(count for worker, count in threads.items() if self._checked.get(worker))

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await asyncio.to_thread(connection.client.close, _CLOSE_S)

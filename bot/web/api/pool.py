"""The workers behind the server: one ``Executor``, replaced when a worker dies."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.web.api.progress import ask_to_stop, read_progress
from bot.web.api.render import Rendered, RenderJob, be_there, prepare_worker, render

log = structlog.get_logger(__name__)

_STOP_S = 3.0
_QUIET_TRACKER = "ignore::UserWarning:multiprocessing.resource_tracker"


class WorkerDied(Exception):
    """The worker process ended in the middle of the render (killed, out of memory)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a render is."""

    done: int
    total: int
    starts: int = 1
    """How often it was started: more than once when a pool itself goes on elsewhere after a loss."""


class Pool(Protocol):
    """Where renders run: processes of this machine, or a cluster."""

    @property
    def slots(self) -> int:
        """How many renders may run at this moment; the caller sees to it that no more do."""
        ...

    def on_change(self, tell: Callable[[], None]) -> None:
        """Have ``tell`` called, in the event loop, whenever ``slots`` has changed."""
        ...

    async def run(self, job: RenderJob) -> Rendered:
        """Render; the files lie in the job's folder then.

        Raises:
            WorkerDied: try again.
            Stopped: it was asked to stop, and did.
            Exception: whatever the work itself raised.
        """
        ...

    def seen(self, job: RenderJob) -> Seen | None:
        """How far it is as last heard; None before it was heard of."""
        ...

    def ask_to_stop(self, job: RenderJob) -> None:
        """Make it end at its next step; no error when it does not run."""
        ...

    async def stop(self) -> None:
        """End the workers, or let go of them."""
        ...


def cores() -> int:
    """How many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def worker_processes(count: int) -> Callable[[], Executor]:
    """How to make a pool of ``count`` render processes; none shares memory with the server."""

    def make() -> Executor:
        # The tracker frees the semaphores of a killed server, and would tell the terminal about it.
        if _QUIET_TRACKER not in sys.warnoptions:
            sys.warnoptions.append(_QUIET_TRACKER)
        return ProcessPoolExecutor(
            count, mp_context=multiprocessing.get_context("spawn"), initializer=prepare_worker
        )

    return make


class RenderPool:
    """A :class:`Pool` of one executor on this machine; progress goes through the job's folder."""

    def __init__(
        self,
        make_executor: Callable[[], Executor],
        slots: int,
        work: Callable[[RenderJob], Rendered] = render,
    ) -> None:
        self.slots = slots
        self._make = make_executor
        self._work = work
        self._executor = self._started()

    def _started(self) -> Executor:
        executor = self._make()
        for _ in range(self.slots):
            executor.submit(be_there)
        return executor

    def on_change(self, tell: Callable[[], None]) -> None:
        """Nothing to tell: the machine's cores stay."""

    async def run(self, job: RenderJob) -> Rendered:
        """Render in a worker, as :meth:`Pool.run`; for one that died a new one is being started."""
        executor = self._executor
        try:
            return await asyncio.wrap_future(executor.submit(self._work, job))
        except BrokenExecutor as error:
            if self._executor is executor:
                log.warning("worker.died")
                self._executor = self._started()
                executor.shutdown(wait=False)
            raise WorkerDied from error

    def seen(self, job: RenderJob) -> Seen | None:
        """What the worker wrote down last."""
        at = read_progress(job.folder)
        return None if at is None else Seen(*at)

    def ask_to_stop(self, job: RenderJob) -> None:
        """Leave word in the job's folder."""
        ask_to_stop(job.folder)

    async def stop(self) -> None:
        """End the workers: what still renders is asked to stop by the caller, then ended."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        wait = asyncio.create_task(asyncio.to_thread(self._executor.shutdown, wait=True))
        done, _ = await asyncio.wait({wait}, timeout=_STOP_S)
        if not done:
            for child in multiprocessing.active_children():
                child.kill()
        await wait

"""One worker process that takes one clip at a time and can be replaced."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from bot.audio import worker

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Lane:
    """A pool of one: when its process dies, only the clip that it held is lost."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._opening: asyncio.Task[int] | None = None

    @property
    def pid(self) -> int | None:
        """The worker process, once it has answered."""
        opening = self._opening
        known = opening is not None and opening.done() and not opening.cancelled() and not opening.exception()
        return opening.result() if opening is not None and known else None

    async def open(self) -> None:
        """Start the process and load the audio libraries; nothing to do while it runs."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._open(), name="audio-lane")
        try:
            # Whoever waits may be cancelled: a half-started process would then belong to nobody.
            await asyncio.shield(self._opening)
        except Exception:
            await self.close()
            raise

    async def _open(self) -> int:
        context = multiprocessing.get_context("spawn")
        self._pool = pool = ProcessPoolExecutor(1, mp_context=context, initializer=worker.prepare)
        # Starting a process blocks for some ten milliseconds: not on the event loop.
        return await asyncio.wrap_future(await asyncio.to_thread(pool.submit, worker.warm))

    def submit(
        self, call: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Answer]:
        """Hand ``call`` to the open lane. Its future raises ``BrokenProcessPool`` if the process dies."""
        if self._pool is None:
            raise BrokenProcessPool("the lane is closed")
        return self._pool.submit(call, *args, **kwargs)

    async def close(self) -> None:
        """End the process, whatever it does, and wait until it is gone; the lane can be opened again."""
        if self._opening is not None:
            await asyncio.wait([self._opening])
        pid, pool = self.pid, self._pool
        self._opening = self._pool = None
        if pool is None:
            return
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # Only the first call of shutdown can wait for the process to be gone.
        await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)

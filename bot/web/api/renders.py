"""From queue to result: first come, first served, as many at a time as there are workers."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from pathlib import Path

import structlog

from bot.store.tables.predictions import PredictionRow
from bot.web.api.book import Book
from bot.web.api.outputs import Outputs
from bot.web.api.pool import RenderPool, WorkerDied
from bot.web.api.progress import Stopped, ask_to_stop, read_progress, steps_told, tqdm_line
from bot.web.api.render import RenderJob
from bot.web.api.sources import Sources
from bot.web.api.wanted import source_of, wanted

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 10
"""A render that took its worker (or the whole server) down this often is not tried again."""

_LOOK_S = 0.1
"""How often a running render's progress is looked at, and so the logs grow at most."""
_TYPICAL_RENDER_S = 0.5
_AGAIN_S = 5.0
"""Before a prediction that could not be kept is tried again."""


class Renders:
    """The queue and what runs."""

    def __init__(self, book: Book, pool: RenderPool, outputs: Outputs, sources: Sources) -> None:
        self._book = book
        self._pool = pool
        self._outputs = outputs
        self._sources = sources
        self._queue: deque[PredictionRow] = deque()
        self._running: dict[str, tuple[PredictionRow, asyncio.Task[None]]] = {}
        self._closing = False

    @property
    def waiting(self) -> int:
        """How many are queued."""
        return len(self._queue)

    @property
    def running(self) -> int:
        """How many are being rendered."""
        return len(self._running)

    @property
    def wait_s(self) -> float:
        """A guess at how long a tenth of the queue takes, for those who are asked to come back."""
        return min(60.0, max(1.0, 0.1 * self.waiting * _TYPICAL_RENDER_S / self._pool.slots))

    def push(self, row: PredictionRow) -> None:
        """Queue an accepted prediction."""
        self._queue.append(row)
        self._fill()

    async def cancel(self, row: PredictionRow) -> None:
        """End it now: one in the queue never starts, one that runs stops at its next step."""
        if await self._book.end(row.id, "canceled"):
            self._queue = deque(queued for queued in self._queue if queued.id != row.id)

    async def close(self) -> None:
        """Stop what runs without ending it: the rows stay open and the next server goes on with them."""
        self._closing = True
        running = [task for _, task in self._running.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _fill(self) -> None:
        while self._queue and len(self._running) < self._pool.slots and not self._closing:
            row = self._queue.popleft()
            task = asyncio.create_task(self._one(row), name=f"render-{row.id}")
            self._running[row.id] = (row, task)
            task.add_done_callback(lambda done, row_id=row.id: self._done(row_id, done))

    def _done(self, prediction_id: str, task: asyncio.Task[None]) -> None:
        row = self._running.pop(prediction_id)[0]
        if not task.cancelled() and (error := task.exception()) is not None:
            # Not the render, but keeping it: most likely the disk is full. The row stays open.
            log.error("render.not_kept", prediction=prediction_id, exc_info=error)
            asyncio.get_running_loop().call_later(_AGAIN_S, self._again, row)
        self._fill()

    def _again(self, row: PredictionRow) -> None:
        if self._book.runs(row.id):
            self.push(row)

    async def _one(self, row: PredictionRow) -> None:
        """Render one prediction to its end, whatever that is."""
        began = await self._book.begin(row.id)
        if began is None:
            return
        folder = self._outputs.folder(row.output_key)
        kept = False
        try:
            await self._outputs.prepare(row.output_key)
            kept = await self._follow(began, await self._job(row, folder))
        except WorkerDied:
            if began.attempts < MOST_ATTEMPTS:
                self._queue.appendleft(began)
                kept = True
            else:
                await self._book.end(row.id, "failed", error="The render process died every time.")
        except Stopped:
            # After a cancel the row has ended already and this does nothing.
            await self._book.end(row.id, "failed", error="The render was stopped.")
        except asyncio.CancelledError:
            ask_to_stop(folder)
            kept = True
            raise
        except Exception as error:
            await self._book.end(row.id, "failed", error=self._told(row, error))
        finally:
            if not kept:
                await self._outputs.remove(row.output_key)

    async def _job(self, row: PredictionRow, folder: Path) -> RenderJob:
        """The request as its worker gets it, with the source that it names brought home."""
        asked = wanted(row.model, row.input, row.seed)
        named = source_of(row.input) if asked.full else None
        source = None if named is None else await self._sources.bring(named, row.output_key)
        return RenderJob(folder=folder, wanted=asked, source=source)

    @staticmethod
    def _told(row: PredictionRow, error: Exception) -> str:
        if isinstance(error, ValueError):
            return str(error)
        log.error("render.failed", prediction=row.id, exc_info=error)
        if isinstance(error, OSError):
            return f"The result could not be written: {error.strerror}."
        return f"The engine failed unexpectedly ({type(error).__name__})."

    async def _follow(self, row: PredictionRow, job: RenderJob) -> bool:
        """Run it, telling its progress; whether its result counts (it may have been cancelled)."""
        began_s = time.monotonic()
        total = job.wanted.steps
        told = steps_told(row.logs)  # a second try is silent until it is further than the first
        if not row.logs:
            self._book.log(row.id, f"Using seed: {row.seed}\n{tqdm_line(0, total, 0.0)}")
        work = asyncio.ensure_future(self._pool.run(job))
        try:
            while not (await asyncio.wait({work}, timeout=_LOOK_S))[0]:
                if not self._book.runs(row.id):
                    ask_to_stop(job.folder)
                at = read_progress(job.folder)
                if at is not None and told < at[0] < at[1]:
                    told, total = at
                    self._book.log(row.id, tqdm_line(told, total, time.monotonic() - began_s))
            rendered = work.result()
        finally:
            work.cancel()
        self._book.log(row.id, tqdm_line(total, total, time.monotonic() - began_s))
        return await self._book.end(
            row.id, "succeeded", output=rendered.output, predict_time_s=rendered.predict_time_s
        )

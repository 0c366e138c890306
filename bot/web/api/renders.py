"""From queue to result: fair between tokens, as many at a time as there are workers.

A request that names other music goes through two queues: its source is brought home first, so that no
worker waits while an address far away takes its time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.protocol.engine import Source
from bot.protocol.predictions import ENGINE_MODEL
from bot.store.tables.predictions import PredictionRow, Status
from bot.web.api.book import Book
from bot.web.api.costs import Costs
from bot.web.api.fair import FairQueue, no_limit
from bot.web.api.outputs import Outputs
from bot.web.api.pool import Pool, WorkerDied
from bot.web.api.progress import Stopped, steps_told, tqdm_line
from bot.web.api.render import RenderJob
from bot.web.api.sources import Sources
from bot.web.api.wanted import source_of, wanted

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 10
"""A render that took its worker (or the whole server) down this often is not tried again."""
MOST_SOURCES = 16
"""Being brought, or at home and waiting for a worker: what bounds sockets and, with the workers, disk."""
MOST_SOURCES_OF_ONE = 4
"""Of these, one token's."""

_LOOK_S = 0.1
"""How often a running render's progress is looked at, and so the logs grow at most."""
_AGAIN_S = 5.0
"""Before a prediction that could not be kept is tried again."""


@dataclass(slots=True)
class _Place:
    """A source; room for another is made as soon as its render begins."""

    owner: str
    file: Path | None = None
    """When it is at home."""
    held: bool = True


class Renders:
    """The queues and what runs."""

    def __init__(
        self,
        book: Book,
        pool: Pool,
        outputs: Outputs,
        sources: Sources,
        *,
        most_at_once: Callable[[str], int] = no_limit,
    ) -> None:
        """``most_at_once`` tells how many renders of one token may run at the same time."""
        self._book = book
        self._pool = pool
        self._outputs = outputs
        self._sources = sources
        self._costs = Costs()
        self._unsourced: FairQueue[PredictionRow] = FairQueue(lambda _owner: MOST_SOURCES_OF_ONE)
        self._ready: FairQueue[PredictionRow] = FairQueue(most_at_once)
        self._places: dict[str, _Place] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._bringing: dict[str, asyncio.Task[None]] = {}
        self._closing = False
        pool.on_change(self._fill)

    @property
    def waiting(self) -> int:
        """How many are queued, those whose source is on its way included."""
        return len(self._unsourced) + len(self._bringing) + len(self._ready)

    @property
    def running(self) -> int:
        """How many are being rendered."""
        return len(self._running)

    @property
    def wait_s(self) -> float:
        """A guess at how long a tenth of the queue takes, for those who are asked to come back."""
        return min(60.0, max(1.0, 0.1 * self.waiting * self._costs.mean_s / max(1, self._pool.slots)))

    def waiting_of(self, owner: str) -> int:
        """How many of a token's predictions have not begun."""
        places = (self._places.get(row_id) for row_id in self._bringing)
        on_their_way = sum(place is not None and place.owner == owner for place in places)
        return self._unsourced.waiting_of(owner) + on_their_way + self._ready.waiting_of(owner)

    def push(self, row: PredictionRow) -> None:
        """Queue an accepted prediction."""
        (self._unsourced if _source(row) is not None else self._ready).push(row.owner, row)
        self._fill()

    async def cancel(self, row: PredictionRow, status: Status = "canceled") -> None:
        """End it now: one in the queue never starts, one that runs stops at its next step."""
        if not await self._book.end(row.id, status):
            return

        def is_it(queued: PredictionRow) -> bool:
            return queued.id == row.id

        if bringing := self._bringing.get(row.id):
            bringing.cancel()
        elif self._ready.remove(row.owner, is_it):
            await self._drop(row)
        else:
            self._unsourced.remove(row.owner, is_it)
        self._fill()

    async def wind_down(self, timeout_s: float) -> None:
        """Start nothing more, and give what runs so long to end."""
        self._closing = True
        if self._running:
            await asyncio.wait(self._running.values(), timeout=timeout_s)

    async def close(self) -> None:
        """Stop what runs without ending it: the rows stay open and the next server goes on with them."""
        self._closing = True
        ended = {row_id for row_id in self._bringing if not self._book.runs(row_id)}
        tasks = {**self._bringing, **self._running}
        for row_id in tasks.keys() - ended:  # those that have ended are just clearing away
            tasks[row_id].cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    def _fill(self) -> None:
        if self._closing:
            return
        while len(self._running) < self._pool.slots and (row := self._ready.take(self._costs.guess_s)):
            self._let_go(self._places.get(row.id))
            self._start(self._running, row, self._one(row))
        while self._unsourced.taken < MOST_SOURCES and (row := self._unsourced.take(lambda _: 1.0)):
            self._places[row.id] = _Place(row.owner)
            self._start(self._bringing, row, self._bring(row))

    def _start(
        self, tasks: dict[str, asyncio.Task[None]], row: PredictionRow, work: Coroutine[None, None, None]
    ) -> None:
        task = tasks[row.id] = asyncio.create_task(work, name=f"render-{row.id}")
        began_s = time.monotonic()

        def over(done: asyncio.Task[None]) -> None:
            del tasks[row.id]
            if tasks is self._running:
                took_s = time.monotonic() - began_s
                self._costs.note(row, took_s)
                self._ready.give_back(row.owner, took_s)
            if done.cancelled():
                self._free_place(row)  # it may have been cancelled before its first step
            elif (error := done.exception()) is not None:
                # Not the render, but keeping it: most likely the disk is full. The row stays open.
                log.error("render.not_kept", prediction=row.id, exc_info=error)
                self._free_place(row)
                asyncio.get_running_loop().call_later(_AGAIN_S, self._again, row)
            self._fill()

        task.add_done_callback(over)

    def _again(self, row: PredictionRow) -> None:
        if self._book.runs(row.id):
            self.push(row)

    async def _bring(self, row: PredictionRow) -> None:
        """Bring the source of one prediction home, then have it wait for a worker."""
        source = _source(row)
        try:
            await self._outputs.prepare(row.output_key)
            if source is not None:
                self._places[row.id].file = await self._sources.bring(source, row.output_key, row.owner)
        except asyncio.CancelledError:
            if not self._book.runs(row.id):  # cancelled by its caller, not by the server's end
                await self._drop(row)
            raise
        except Exception as error:
            await self._book.begin(row.id)  # whoever follows it hears of a start before the end
            await self._book.end(row.id, "failed", error=self._told(row, error))
            await self._drop(row)
        else:
            if self._book.runs(row.id):
                self._ready.push(row.owner, row)
            else:
                await self._drop(row)

    def _free_place(self, row: PredictionRow) -> None:
        """Forget the prediction's source, if it had one."""
        self._let_go(self._places.pop(row.id, None))

    def _let_go(self, place: _Place | None) -> None:
        """Make room for another source."""
        if place is not None and place.held:
            place.held = False
            self._unsourced.give_back(place.owner)

    async def _drop(self, row: PredictionRow) -> None:
        """Nothing of it is needed any more."""
        self._free_place(row)
        await self._outputs.remove(row.output_key)

    async def _one(self, row: PredictionRow) -> None:
        """Render one prediction to its end, whatever that is."""
        began = await self._book.begin(row.id)
        if began is None:
            await self._drop(row)
            return
        job = RenderJob(
            folder=self._outputs.folder(row.output_key),
            wanted=wanted(row.model, row.input, row.seed),
            source=place.file if (place := self._places.get(row.id)) is not None else None,
        )
        kept = again = False
        try:
            await self._outputs.prepare(row.output_key)
            kept = await self._follow(began, job)
        except WorkerDied:
            again = began.attempts < MOST_ATTEMPTS
            if not again:
                await self._book.end(row.id, "failed", error="The render process died every time.")
        except Stopped:
            # After a cancel the row has ended already and this does nothing.
            await self._book.end(row.id, "failed", error="The render was stopped.")
        except asyncio.CancelledError:
            self._pool.ask_to_stop(job)
            kept = True
            raise
        except Exception as error:
            await self._book.end(row.id, "failed", error=self._told(row, error))
        finally:
            if again:
                self._ready.push(row.owner, began, first=True)
            else:
                self._free_place(row)
                if not kept:
                    await self._outputs.remove(row.output_key)

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
        starts = 1
        try:
            while not (await asyncio.wait({work}, timeout=_LOOK_S))[0]:
                if not self._book.runs(row.id):
                    self._pool.ask_to_stop(job)
                at = self._pool.seen(job)
                if at is not None and at.starts > starts:
                    starts = at.starts
                    await self._begun_elsewhere(row)
                if at is not None and told < at.done < at.total:
                    told, total = at.done, at.total
                    self._book.log(row.id, tqdm_line(told, total, time.monotonic() - began_s))
            rendered = work.result()
        finally:
            work.cancel()
        self._book.log(row.id, tqdm_line(total, total, time.monotonic() - began_s))
        return await self._book.end(
            row.id, "succeeded", output=rendered.output, predict_time_s=rendered.predict_time_s
        )

    async def _begun_elsewhere(self, row: PredictionRow) -> None:
        """The pool went on with it at another worker: that counts as an attempt."""
        began = await self._book.begin(row.id)
        if began is not None and began.attempts > MOST_ATTEMPTS:
            await self._book.end(row.id, "failed", error="The render process died every time.")


def _source(row: PredictionRow) -> Source | None:
    """The other music that a prediction names, if it does and its model hears it."""
    return source_of(row.input) if row.model == ENGINE_MODEL else None

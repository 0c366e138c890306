"""``Cancel-After``: predictions that end when their time is up, wherever they stand then."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from bot.protocol.problems import InvalidField
from bot.store.tables.predictions import PredictionRow, Status
from bot.web.api.book import Book, Now
from bot.web.api.problems import invalid_input

log = structlog.get_logger(__name__)

SHORTEST_S = 5
_LONGEST_S = 366 * 86_400

_SPELLING = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s?)?", re.ASCII)
_TICK_S = 1.0
_LEAST_TO_TIDY = 1_000

Cancel = Callable[[PredictionRow, Status], Awaitable[None]]
_Due = tuple[datetime, str, str]
"""When, which prediction, whose."""


def cancel_after_s(header: str | None) -> int | None:
    """Seconds by a ``Cancel-After`` header: ``30s``, ``5m``, ``1h30m45s``, or ``90``. None without one.

    Raises:
        Refusal: 422, when it cannot be read or is less than five seconds.
    """
    if header is None:
        return None
    found = _SPELLING.fullmatch(header.strip().lower())
    if found is None or not any(found.groups()):
        raise _faulty("must be a time such as 30s, 5m, 1h30m45s or 90")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total_s = 3_600 * hours + 60 * minutes + seconds
    if total_s < SHORTEST_S:
        raise _faulty(f"must be at least {SHORTEST_S} seconds")
    return min(total_s, _LONGEST_S)


def _faulty(description: str) -> Exception:
    return invalid_input([InvalidField(field="Cancel-After", type="duration", description=description)])


class Deadlines:
    """Watches the time. Open it with ``async with``."""

    def __init__(self, book: Book, cancel: Cancel, now: Now, *, tick_s: float = _TICK_S) -> None:
        self._book = book
        self._cancel = cancel
        self._now = now
        self._tick_s = tick_s
        self._due: list[_Due] = []
        self._tidy_at = _LEAST_TO_TIDY
        self._news = asyncio.Event()

    async def __aenter__(self) -> Deadlines:
        self._watching = asyncio.create_task(self._watch(), name="deadlines")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)

    @property
    def watched(self) -> int:
        """How many it keeps in mind."""
        return len(self._due)

    def watch(self, row: PredictionRow) -> None:
        """End this one at its deadline, if it has one."""
        if row.deadline is not None:
            heapq.heappush(self._due, (row.deadline, row.id, row.owner))
            if len(self._due) >= self._tidy_at:
                self._tidy()
            self._news.set()

    def _tidy(self) -> None:
        """Forget those that have ended before their time, which may be far away."""
        self._due = [due for due in self._due if self._book.runs(due[1])]
        heapq.heapify(self._due)
        self._tidy_at = max(_LEAST_TO_TIDY, 2 * len(self._due))

    async def _watch(self) -> None:
        while True:
            self._news.clear()
            failed = [due for due in self._take_due() if not await self._end(due)]
            if failed:  # most likely the disk: let it rest before they are tried again
                self._due += failed
                heapq.heapify(self._due)
                await asyncio.sleep(self._tick_s)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._news.wait()

    def _pause_s(self) -> float | None:
        """Until the next deadline; with a look in between, as the clock may be set."""
        if not self._due:
            return None
        return min(self._tick_s, max(0.001, (self._due[0][0] - self._now()).total_seconds()))

    def _take_due(self) -> list[_Due]:
        taken: list[_Due] = []
        while self._due and self._due[0][0] <= self._now():
            taken.append(heapq.heappop(self._due))
        return taken

    async def _end(self, due: _Due) -> bool:
        """End one; False where that failed, and has to be tried again."""
        _, prediction_id, owner = due
        try:
            row = await self._book.get(owner, prediction_id) if self._book.runs(prediction_id) else None
            if row is not None:
                await self._cancel(row, "aborted" if row.status == "starting" else "canceled")
        except Exception:
            log.exception("deadline.failed", prediction=prediction_id)
            return False
        return True

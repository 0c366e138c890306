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

Cancel = Callable[[PredictionRow, Status], Awaitable[None]]


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
        self._due: list[tuple[datetime, str, str]] = []
        self._news = asyncio.Event()

    async def __aenter__(self) -> Deadlines:
        self._watching = asyncio.create_task(self._watch(), name="deadlines")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)

    def watch(self, row: PredictionRow) -> None:
        """End this one at its deadline, if it has one."""
        if row.deadline is not None:
            heapq.heappush(self._due, (row.deadline, row.id, row.owner))
            self._news.set()

    async def _watch(self) -> None:
        while True:
            self._news.clear()
            try:
                await self._end_due()
            except Exception:
                log.exception("deadline.failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._news.wait()

    def _pause_s(self) -> float | None:
        """Until the next deadline; with a look in between, as the clock may be set."""
        if not self._due:
            return None
        return min(self._tick_s, max(0.001, (self._due[0][0] - self._now()).total_seconds()))

    async def _end_due(self) -> None:
        while self._due and self._due[0][0] <= self._now():
            _, prediction_id, owner = self._due[0]
            row = await self._book.get(owner, prediction_id) if self._book.runs(prediction_id) else None
            if row is not None:
                await self._cancel(row, "aborted" if row.status == "starting" else "canceled")
            heapq.heappop(self._due)

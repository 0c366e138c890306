"""The predictions as the server knows them: rows on disk, and those that still run also in memory.

A status only ever moves forward, because the store changes no row that has ended. Progress lives in
memory alone; it is worth nothing after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.protocol.predictions import WebhookEvent
from bot.store.tables.predictions import Position, PredictionRow, PredictionRows, Status

log = structlog.get_logger(__name__)

Tell = Callable[[PredictionRow, WebhookEvent], None]
Now = Callable[[], datetime]
Spend = Callable[[str, float], Awaitable[None]]
"""Counts an owner's render seconds."""


def utc_now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Live:
    row: PredictionRow
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One move at a time goes to disk: the next one is made from what it left."""
    ending: bool = False
    """Its last logs are on their way to disk: what comes later is not told either."""


class Book:
    """Keeps predictions and tells each move to one listener."""

    def __init__(
        self, rows: PredictionRows, tell: Tell, now: Now = utc_now, spend: Spend | None = None
    ) -> None:
        self._rows = rows
        self._tell = tell
        self._now = now
        self._spend = spend
        self._live: dict[str, _Live] = {}
        self._released = False

    async def unfinished(self) -> list[PredictionRow]:
        """What an earlier server left undone, oldest first; they run again."""
        rows = await self._rows.unfinished()
        self._live.update((row.id, _Live(row)) for row in rows)
        return rows

    async def add(self, *rows: PredictionRow) -> None:
        """Accept predictions, all or none: they are on disk when this returns."""
        await self._rows.add(*rows)
        self._live.update((row.id, _Live(row)) for row in rows)

    def runs(self, prediction_id: str) -> bool:
        """Whether it is known and has not ended."""
        return prediction_id in self._live

    async def get(self, owner: str, prediction_id: str) -> PredictionRow | None:
        """The owner's prediction as it stands; None when there is none, or it is another's."""
        row = await self.find(prediction_id)
        return row if row is not None and row.owner == owner else None

    async def find(self, prediction_id: str) -> PredictionRow | None:
        """A prediction as it stands, whoever's it is: for addresses that are keys themselves."""
        live = self._live.get(prediction_id)
        return live.row if live is not None else await self._rows.get(prediction_id)

    def release(self) -> None:
        """Let those go who wait for an end: this server will not bring it."""
        self._released = True
        for live in self._live.values():
            live.ended.set()

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        before: Position | None = None,
        after: Position | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> list[PredictionRow]:
        """The owner's predictions, newest first, as :meth:`PredictionRows.page`."""
        rows = await self._rows.page(
            owner,
            limit=limit,
            before=before,
            after=after,
            created_after=created_after,
            created_before=created_before,
        )
        return [live.row if (live := self._live.get(row.id)) is not None else row for row in rows]

    async def begin(self, prediction_id: str) -> PredictionRow | None:
        """Move it to ``processing``; None when it has ended in the meantime."""
        live = self._live.get(prediction_id)
        if live is None:
            return None
        async with live.moving:
            values: dict[str, Any] = {
                "status": "processing",
                "attempts": live.row.attempts + 1,
                "started_at": live.row.started_at or self._now(),
            }
            moved = await self._rows.move(prediction_id, **values)
            if not moved or prediction_id not in self._live:
                return None
            began = live.row = replace(live.row, **values)
        if began.attempts == 1:
            self._tell(began, "start")
        return began

    def log(self, prediction_id: str, text: str) -> None:
        """Add to the logs of one that runs."""
        live = self._live.get(prediction_id)
        if live is not None and not live.ending:
            live.row = replace(live.row, logs=live.row.logs + text)
            self._tell(live.row, "logs")

    async def end(
        self,
        prediction_id: str,
        status: Status,
        *,
        output: dict[str, Any] | None = None,
        error: str | None = None,
        predict_time_s: float | None = None,
    ) -> bool:
        """Move it to a status that is never left again; False when it already had one."""
        live = self._live.get(prediction_id)
        if live is None:
            return False
        async with live.moving:
            values = self._closing_values(live.row) | {
                "status": status,
                "output": output,
                "error": error,
                "predict_time_s": predict_time_s,
            }
            live.ending = True
            try:
                moved = await self._rows.move(prediction_id, **values)
            except Exception:
                live.ending = False
                raise
            if not moved:
                return False
            row = live.row = replace(live.row, **values)
            del self._live[prediction_id]
        live.ended.set()
        if row.output is not None:
            # The container that this API comes from tells the output while it still runs.
            self._tell(replace(row, status="processing", completed_at=None), "output")
        self._tell(row, "completed")
        await self._count(row)
        return True

    def _closing_values(self, row: PredictionRow) -> dict[str, Any]:
        now = self._now()
        told_at_end = row.webhook is not None and "completed" in row.webhook_events
        return {
            "completed_at": now,
            "logs": row.logs,
            "started_at": row.started_at,
            "notice_due": now if told_at_end else None,
        }

    async def _count(self, row: PredictionRow) -> None:
        """Have its render time counted; it has ended, whatever comes of that."""
        if self._spend is None or row.predict_time_s is None:
            return
        try:
            await self._spend(row.owner, row.predict_time_s)
        except Exception:
            log.exception("usage.not_kept", prediction=row.id, render_s=row.predict_time_s)

    async def wait_for_end(self, row: PredictionRow, timeout_s: float) -> PredictionRow:
        """The prediction when it has ended, or as it stands when the time is up."""
        live = self._live.get(row.id)
        if live is None:
            return await self.get(row.owner, row.id) or row
        if self._released:
            return live.row
        try:
            async with asyncio.timeout(timeout_s):
                await live.ended.wait()
        except TimeoutError:
            pass
        return live.row

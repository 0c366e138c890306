"""Predictions of the engine server: one row each, in a file of the server's own.

The row is all there is: what was asked, how far it is, what came out, and whether its closing
webhook still has to be sent. A killed server goes on from its rows.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.db import Database
from bot.store.group_commit import GroupCommit
from bot.store.tables import metadata

Status = Literal["starting", "processing", "succeeded", "failed", "canceled", "aborted"]

_OPEN = ("starting", "processing")

predictions = sa.Table(
    "predictions",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("model", sa.String(100), nullable=False),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("base_url", sa.Text, nullable=False),
    sa.Column("input", json_column(), nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("output_key", sa.String(64), nullable=False),
    sa.Column("webhook", sa.Text),
    sa.Column("webhook_events", json_column(), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("output", json_column()),
    sa.Column("error", sa.Text),
    sa.Column("logs", sa.Text, nullable=False),
    sa.Column("predict_time_s", sa.Double),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("started_at", UtcTime),
    sa.Column("completed_at", UtcTime),
    sa.Column("data_removed", sa.Boolean, nullable=False),
    sa.Column("notice_due", UtcTime),
    sa.Column("notice_tries", sa.Integer, nullable=False),
    sa.Column("deadline", UtcTime),
    sa.CheckConstraint(
        "status IN ('starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted')",
        name="status_known",
    ),
    sa.Index("ix_predictions_owner_created_at_id", "owner", "created_at", "id"),
    sa.Index("ix_predictions_completed_at", "completed_at"),
)


_COLUMNS = tuple(column.name for column in predictions.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRow:
    """One row. Times are aware UTC."""

    id: str
    owner: str
    """Whose token created it (a digest); empty where the server needs no token."""
    model: str
    version: str
    base_url: str
    """The address by which the caller reached the server, e.g. ``http://127.0.0.1:8080``."""
    input: dict[str, Any]
    """As sent, nothing filled in."""
    seed: int
    """Given or drawn when it was accepted, so that a second try plays the same."""
    output_key: str
    """Unguessable name of the folder with what came out."""
    webhook: str | None = None
    webhook_events: list[str] = field(default_factory=list[str])
    status: Status = "starting"
    attempts: int = 0
    output: dict[str, Any] | None = None
    error: str | None = None
    logs: str = ""
    predict_time_s: float | None = None
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    data_removed: bool = False
    notice_due: datetime | None = None
    """When the closing webhook is to be sent (again); None when there is nothing to send."""
    notice_tries: int = 0
    deadline: datetime | None = None
    """When it is ended if it has not ended by itself; None where the caller set none."""

    @property
    def ended(self) -> bool:
        """Whether the status is one that is never left again."""
        return self.status not in _OPEN


def _rows(found: sa.CursorResult[Any]) -> list[PredictionRow]:
    return [PredictionRow(**{str(name): value for name, value in row.items()}) for row in found.mappings()]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list, which is ordered by time and id."""

    created_at: datetime
    id: str


Given = ParamSpec("Given")
Result = TypeVar("Result")


def _whole(
    method: Callable[Concatenate[PredictionRows, Given], Coroutine[Any, Any, Result]],
) -> Callable[Concatenate[PredictionRows, Given], Awaitable[Result]]:
    """Let a transaction run to its end although its caller is cancelled.

    Cut off in the middle, SQLite's driver thread is left answering a loop that nobody runs any more.
    """

    @functools.wraps(method)
    async def run(self: PredictionRows, *given: Given.args, **named: Given.kwargs) -> Result:
        task = asyncio.create_task(method(self, *given, **named))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return await asyncio.shield(task)

    return run


class PredictionRows:
    """Every statement on the table. Moves are fenced: a row that ended matches none of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.under_way: set[asyncio.Task[Any]] = set()
        self._added = GroupCommit(self._insert)

    async def aclose(self) -> None:
        """Wait for transactions whose callers are gone; before the database is closed."""
        await self._added.aclose()
        await asyncio.gather(*self.under_way, return_exceptions=True)

    async def add(self, *rows: PredictionRow) -> None:
        """Keep new predictions, all or none; they are safe on disk when this returns."""
        await self._added.add([{name: getattr(row, name) for name in _COLUMNS} for row in rows])

    async def _insert(self, groups: list[list[dict[str, Any]]]) -> None:
        async with self._database.begin() as connection:
            await connection.execute(sa.insert(predictions), [row for group in groups for row in group])

    @_whole
    async def get(self, prediction_id: str) -> PredictionRow | None:
        """The row, or None."""
        async with self._database.connect() as connection:
            found = await connection.execute(sa.select(predictions).where(predictions.c.id == prediction_id))
            rows = _rows(found)
        return rows[0] if rows else None

    @_whole
    async def move(self, prediction_id: str, **values: Any) -> bool:
        """Change a row that has not ended; False when it has (or never was)."""
        statement = (
            sa.update(predictions)
            .where(predictions.c.id == prediction_id, predictions.c.status.in_(_OPEN))
            .values(values)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    @_whole
    async def unfinished(self) -> list[PredictionRow]:
        """What a stopped or killed server left undone, oldest first."""
        statement = (
            sa.select(predictions)
            .where(predictions.c.status.in_(_OPEN))
            .order_by(predictions.c.created_at, predictions.c.id)
        )
        async with self._database.connect() as connection:
            return _rows(await connection.execute(statement))

    @_whole
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
        """At most ``limit`` rows, newest first: those next to ``before`` (older) or ``after`` (newer)."""
        place = sa.tuple_(predictions.c.created_at, predictions.c.id)
        wanted = [predictions.c.owner == owner]
        if before is not None:
            wanted.append(place < _place(before))
        if after is not None:
            wanted.append(place > _place(after))
        if created_after is not None:
            wanted.append(predictions.c.created_at > created_after)
        if created_before is not None:
            wanted.append(predictions.c.created_at < created_before)
        newest_first = (predictions.c.created_at.desc(), predictions.c.id.desc())
        oldest_first = (predictions.c.created_at, predictions.c.id)
        order = newest_first if after is None else oldest_first
        statement = sa.select(predictions).where(*wanted).order_by(*order).limit(limit)
        async with self._database.connect() as connection:
            rows = _rows(await connection.execute(statement))
        return rows if after is None else rows[::-1]

    @_whole
    async def count(self, model: str) -> int:
        """How many predictions of a model there are."""
        statement = sa.select(sa.func.count()).select_from(predictions).where(predictions.c.model == model)
        async with self._database.connect() as connection:
            return int(await connection.scalar(statement) or 0)

    @_whole
    async def notices(self) -> list[PredictionRow]:
        """Every row whose closing webhook has not been taken yet."""
        statement = sa.select(predictions).where(predictions.c.notice_due.is_not(None))
        async with self._database.connect() as connection:
            return _rows(await connection.execute(statement))

    @_whole
    async def note_notice(self, prediction_id: str, *, due: datetime | None, tries: int) -> None:
        """Record an attempt at the closing webhook: due again, or (None) over."""
        statement = (
            sa.update(predictions)
            .where(predictions.c.id == prediction_id)
            .values(notice_due=due, notice_tries=tries)
        )
        async with self._database.begin() as connection:
            await connection.execute(statement)

    @_whole
    async def remove_data(self, completed_before: datetime) -> list[PredictionRow]:
        """Forget inputs, outputs and logs of what ended before then; the rows as they were."""
        wanted = sa.and_(
            predictions.c.completed_at < completed_before,
            predictions.c.data_removed.is_(False),
            predictions.c.notice_due.is_(None),
        )
        async with self._database.begin() as connection:
            rows = _rows(await connection.execute(sa.select(predictions).where(wanted)))
            statement = (
                sa.update(predictions).where(wanted).values(data_removed=True, input={}, output=None, logs="")
            )
            if rows:
                await connection.execute(statement)
        return rows

    @_whole
    async def forget(self, completed_before: datetime) -> list[str]:
        """Delete the rows themselves of what ended before then; their ids."""
        old = sa.and_(predictions.c.completed_at < completed_before, predictions.c.data_removed.is_(True))
        async with self._database.begin() as connection:
            ids = list(await connection.scalars(sa.select(predictions.c.id).where(old)))
            if ids:
                await connection.execute(sa.delete(predictions).where(old))
        return ids

    @_whole
    async def output_keys(self) -> set[str]:
        """Every folder of outputs that is still spoken for."""
        statement = sa.select(predictions.c.output_key).where(predictions.c.data_removed.is_(False))
        async with self._database.connect() as connection:
            return set(await connection.scalars(statement))


def _place(position: Position) -> sa.ColumnElement[Sequence[Any]]:
    return sa.tuple_(sa.literal(position.created_at, UtcTime), sa.literal(position.id, sa.String))  # pyright: ignore[reportReturnType]

"""Statements that are worked out once for each kind of database, and only executed from then on.

To build, look up and unpack a statement costs SQLAlchemy several times what SQLite needs to run it. What
the machine says at every step is therefore put together once and kept as the text and the conversions
that follow from it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

_Convert = Callable[[Any], Any]
Row = dict[str, Any]
"""A row by the names of its columns."""


@dataclass(frozen=True, slots=True)
class _Text:
    """What is sent to one kind of database, and how values go there and come back."""

    sql: str
    given: dict[str, Any]
    """Values that stand in the statement itself."""
    order: Sequence[str] | None
    """Names of the values where the driver takes them by position."""
    bind: dict[str, _Convert]
    read: dict[str, _Convert]


class Prepared:
    """A statement with named ``bindparam``; its rows are read as those of ``columns``."""

    def __init__(
        self,
        statement: sa.Select[*tuple[Any, ...]] | sa.Update | sa.TextClause,
        columns: Sequence[sa.ColumnElement[Any]],
    ) -> None:
        self._statement = statement
        self._columns = columns
        self._names = [str(getattr(column, "name", number)) for number, column in enumerate(columns)]
        self._texts: dict[str, _Text] = {}

    async def rows(self, connection: AsyncConnection, **values: Any) -> list[Row]:
        """Execute, and fetch all rows."""
        dialect = connection.dialect
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = self._worked_out(dialect)
        sent = {**text.given, **values}
        for name, convert in text.bind.items():
            sent[name] = convert(sent[name])
        ordered = sent if text.order is None else tuple(sent[name] for name in text.order)
        found = [
            dict(zip(self._names, row, strict=True))
            for row in (await connection.exec_driver_sql(text.sql, ordered)).fetchall()
        ]
        for row in found:
            for name, convert in text.read.items():
                row[name] = convert(row[name])
        return found

    def _worked_out(self, dialect: Dialect) -> _Text:
        compiled = self._statement.compile(dialect=dialect)
        bind = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect)
            for bound, name in compiled.bind_names.items()
        }
        read = {
            name: _reading(column.type, dialect)
            for name, column in zip(self._names, self._columns, strict=True)
        }
        return _Text(
            sql=str(compiled),
            given=dict(compiled.params),
            order=compiled.positiontup,
            bind={name: convert for name, convert in bind.items() if convert is not None},
            read={name: convert for name, convert in read.items() if convert is not None},
        )


def _reading(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    """What the driver brings is what plain types mean; only our own types and JSON are converted."""
    if isinstance(kind, sa.types.TypeDecorator):
        return functools.partial(kind.process_result_value, dialect=dialect)
    return kind.dialect_impl(dialect).result_processor(dialect, None) if isinstance(kind, sa.JSON) else None

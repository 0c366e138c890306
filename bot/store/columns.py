"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, kept as seconds since 1970 in a double: exact to the microsecond, and it sorts.

    SQLite has no time type; a number is compared the same way by both databases.
    """

    impl = sa.Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> float | None:
        """The seconds of an aware time; a naive one is our bug and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.timestamp()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The aware UTC time of stored seconds."""
        return None if value is None else datetime.fromtimestamp(float(value), UTC)


def json_column() -> sa.JSON:
    """JSON in which Python's ``None`` is SQL's NULL."""
    return sa.JSON(none_as_null=True)

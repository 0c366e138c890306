"""Inserts that say what becomes of a row that is there already: each database has a dialect of its own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def inserting(connection: AsyncConnection, table: sa.Table) -> Any:
    """An INSERT with ``on_conflict_do_update`` and ``on_conflict_do_nothing``, for this database."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)

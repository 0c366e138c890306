"""Rows that are kept for a while only, for one member each."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


async def forget_passing(
    connection: AsyncConnection,
    kept_since: sa.Column[datetime],
    *,
    before: datetime | None = None,
    user_id: str | None = None,
) -> None:
    """Forget the old rows of a table, or those of a member.

    Args:
        connection: In a transaction.
        kept_since: The table's column that says when a row was written; the table has a ``user_id``.
        before: Only what was written earlier.
        user_id: Only of this member.
    """
    table = kept_since.table
    statement = sa.delete(table)
    if before is not None:
        statement = statement.where(kept_since < before)
    if user_id is not None:
        statement = statement.where(table.c.user_id == user_id)
    await connection.execute(statement)

"""Searches, kept for as long as somebody turns their pages."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.search import Asked
from bot.store.passing import forget_passing
from bot.store.tables.searches import searches


async def keep_search(
    connection: AsyncConnection, search_id: str, user_id: str, asked: Asked, now: datetime
) -> None:
    """Keep what somebody looks for."""
    row = {"id": search_id, "user_id": user_id, "asked": asdict(asked), "at": now}
    await connection.execute(sa.insert(searches).values(row))


async def get_search(connection: AsyncConnection, search_id: str, user_id: str) -> Asked | None:
    """What this member looked for, or None."""
    mine = (searches.c.id == search_id, searches.c.user_id == user_id)
    asked = (await connection.execute(sa.select(searches.c.asked).where(*mine))).scalar()
    return None if asked is None else Asked(**asked)


async def forget_searches(
    connection: AsyncConnection, *, before: datetime | None = None, user_id: str | None = None
) -> None:
    """Forget old searches, or those of a member."""
    await forget_passing(connection, searches.c.at, before=before, user_id=user_id)

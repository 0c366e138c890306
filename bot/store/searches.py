"""Searches, kept for as long as somebody turns their pages."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.search import Asked
from bot.moderation.deeds import Sought
from bot.store.passing import forget_passing
from bot.store.tables.searches import searches

_DEEDS = "deeds"
_PLAN = "plan"
"""The one name in what is kept of a search in the trail, or of an import; one in the library has others."""


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
    return None if asked is None or {_DEEDS, _PLAN} & asked.keys() else Asked(**asked)


async def keep_deed_search(
    connection: AsyncConnection, search_id: str, user_id: str, sought: Sought, now: datetime
) -> None:
    """Keep what somebody looks for in the trail."""
    since = None if sought.since is None else sought.since.isoformat()
    asked = {_DEEDS: {**asdict(sought), "since": since}}
    row = {"id": search_id, "user_id": user_id, "asked": asked, "at": now}
    await connection.execute(sa.insert(searches).values(row))


async def get_deed_search(connection: AsyncConnection, search_id: str, user_id: str) -> Sought | None:
    """What this member looked for in the trail, or None."""
    mine = (searches.c.id == search_id, searches.c.user_id == user_id)
    asked = (await connection.execute(sa.select(searches.c.asked).where(*mine))).scalar()
    if asked is None or _DEEDS not in asked:
        return None
    told: dict[str, Any] = asked[_DEEDS]
    told["since"] = None if told["since"] is None else datetime.fromisoformat(told["since"])
    return Sought(**told)


async def keep_plan(
    connection: AsyncConnection, key: str, user_id: str, plan: dict[str, Any], now: datetime
) -> None:
    """Keep what somebody wants to import until they confirm it."""
    row = {"id": key, "user_id": user_id, "asked": {_PLAN: plan}, "at": now}
    await connection.execute(sa.insert(searches).values(row))


async def get_plan(connection: AsyncConnection, key: str, user_id: str) -> dict[str, Any] | None:
    """What this member wants to import, or None."""
    mine = (searches.c.id == key, searches.c.user_id == user_id)
    asked = (await connection.execute(sa.select(searches.c.asked).where(*mine))).scalar()
    return None if asked is None else asked.get(_PLAN)


async def drop_plan(connection: AsyncConnection, key: str) -> bool:
    """Forget what was to be imported; whether it was still there."""
    statement = sa.delete(searches).where(searches.c.id == key)
    return (await connection.execute(statement)).rowcount > 0


async def forget_searches(
    connection: AsyncConnection, *, before: datetime | None = None, user_id: str | None = None
) -> None:
    """Forget old searches, or those of a member."""
    await forget_passing(connection, searches.c.at, before=before, user_id=user_id)

"""Which files that members brought are still needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.states import ENDED
from bot.store.tables.asks import asks
from bot.store.tables.drafts import drafts
from bot.store.tables.jobs import jobs
from bot.store.tables.takes import takes

_ENDED = sorted(state.value for state in ENDED)
_NAMED = "upload_id"


async def brought_in_use(connection: AsyncConnection) -> set[str]:
    """Ids of the files from which something stands, is being made, waits for an answer, or is looked at."""
    places = (
        (takes.c.recipe, takes.c.deleted.is_(False)),
        (jobs.c.request, jobs.c.state.not_in(_ENDED)),
        (asks.c.request, asks.c.state == "open"),
        (drafts.c.recipe, sa.true()),
    )
    used: set[str] = set()
    for column, stands in places:
        named = sa.cast(column, sa.Text).like(f'%"{_NAMED}"%')
        for recipe in (await connection.execute(sa.select(column).where(stands, named))).scalars():
            used |= set(_ids(recipe))
    return used


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in cast("dict[str, Any]", value).items():
            if name == _NAMED and isinstance(below, str):
                yield below
            else:
                yield from _ids(below)

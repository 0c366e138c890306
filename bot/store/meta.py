"""What the instance knows about itself, by key."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables.meta import meta

_PUT = sa.text(
    "INSERT INTO meta (key, value) VALUES (:key, :value) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_PUT_FIRST = sa.text("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING")


async def get_meta(connection: AsyncConnection, key: str) -> str | None:
    """The value, or None."""
    return (await connection.execute(sa.select(meta.c.value).where(meta.c.key == key))).scalar()


async def put_meta(connection: AsyncConnection, key: str, value: str) -> None:
    """Set the value."""
    await connection.execute(_PUT, {"key": key, "value": value})


async def first_meta(connection: AsyncConnection, key: str, value: str) -> str:
    """The value that stands, which is ``value`` only if there was none."""
    await connection.execute(_PUT_FIRST, {"key": key, "value": value})
    return (await connection.execute(sa.select(meta.c.value).where(meta.c.key == key))).scalar_one()

"""How one process tells the others that there is work: NOTIFY on PostgreSQL, nothing on SQLite."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.db import Database

_CHANNEL = "riffcord_jobs"
_RING = sa.text(f"SELECT pg_notify('{_CHANNEL}', '')")


async def ring(connection: AsyncConnection) -> None:
    """Wake the machines of all processes when this transaction is committed."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_RING)


async def rings(database: Database) -> AsyncGenerator[None, None]:
    """Every ring from now on, and one at the start for what was missed; ends when the connection breaks."""
    import psycopg

    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {_CHANNEL}")
        yield
        async for _ in connection.notifies():
            yield

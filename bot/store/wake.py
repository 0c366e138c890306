"""How one process tells the others that there is work: NOTIFY on PostgreSQL, nothing on SQLite."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bell import CHANNEL, wish
from bot.store.db import Database


async def ring(connection: AsyncConnection) -> None:
    """Wake the machines of all other processes when this transaction is committed."""
    if connection.dialect.name == "postgresql":
        wish(connection)


async def rings(database: Database) -> AsyncGenerator[None, None]:
    """Every ring of others from now on, one at the start for what was missed; ends with the connection."""
    import psycopg

    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        yield
        async for rung in connection.notifies():
            if rung.payload != database.bell.name:
                yield

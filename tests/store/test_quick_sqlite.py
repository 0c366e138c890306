"""The quick cursor: one visit to SQLite's thread a statement, and otherwise what SQLAlchemy expects."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import aiosqlite
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.store.db import Database, open_database
from bot.store.meta import get_meta, put_meta
from bot.store.tables.meta import meta


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What crossed to a connection's thread, as it comes: the name of the function."""
    seen: list[str] = []
    cross: Any = vars(aiosqlite.Connection)["_execute"]

    async def watched(connection: aiosqlite.Connection, run: Any, *given: Any, **named: Any) -> Any:
        seen.append(run.__name__)
        return await cross(connection, run, *given, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", watched)
    return seen


async def test_a_statement_is_one_visit_and_none_in_a_short_transaction(
    sqlite_database: Database, visits: list[str]
) -> None:
    """Begin, whatever is slow, commit; and no rollback of what is committed when the pool takes it back."""
    async with sqlite_database.connect() as connection:
        await get_meta(connection, "warm")
    visits.clear()
    for long in (False, True):
        async with sqlite_database.begin(long=long) as connection:
            await put_meta(connection, "a", "1")
        assert visits == ["there", *["there"] * long, "commit"]
        visits.clear()
    async with sqlite_database.connect() as connection:
        assert await get_meta(connection, "a") == "1"
    assert visits == ["there", "there", "rollback"]


async def test_rows_counts_and_errors_are_the_drivers_own(sqlite_database: Database) -> None:
    """Many rows in order, how many were changed, several sets of parameters, and a broken constraint."""
    many = [{"key": f"k{n:03}", "value": str(n)} for n in range(200)]
    async with sqlite_database.begin() as connection:
        await connection.execute(sa.insert(meta), many)
        found = await connection.execute(sa.select(meta.c.key, meta.c.value).order_by(meta.c.key))
        assert [dict(row) for row in found.mappings()] == many
        changed = await connection.execute(sa.update(meta).where(meta.c.key < "k010").values(value="x"))
        assert changed.rowcount == 10
    with pytest.raises(IntegrityError):
        async with sqlite_database.begin() as connection:
            await connection.execute(sa.insert(meta), many[:1])


async def test_a_cancelled_writer_leaves_no_transaction_behind(sqlite_url: str) -> None:
    """Cut off while it waits for the file's lock, it neither writes nor keeps others from writing."""
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    async with open_database(sqlite_url) as database:
        waiting = asyncio.Event()

        async def write() -> None:
            async with database.connect() as warm:
                await get_meta(warm, "a")
            waiting.set()
            async with database.begin() as connection:
                await put_meta(connection, "a", "cancelled")

        other.execute("BEGIN IMMEDIATE")
        writer = asyncio.create_task(write())
        await waiting.wait()
        for _ in range(10):  # until it is inside SQLite's busy handler, in its thread
            await asyncio.sleep(0)
        writer.cancel()
        other.execute("COMMIT")
        await asyncio.gather(writer, return_exceptions=True)
        assert writer.cancelled()
        async with asyncio.timeout(60), database.begin() as connection:
            assert await get_meta(connection, "a") is None
            await put_meta(connection, "a", "later")
        other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT value FROM meta WHERE key = 'a'").fetchall() == [("later",)]
        other.execute("COMMIT")
    other.close()

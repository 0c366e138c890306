"""Writers of one SQLite file: they share commits, and neither their errors nor their ends."""

from __future__ import annotations

import asyncio
import contextlib

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from bot.store.db import Database
from bot.store.meta import get_meta, put_meta


async def _put(database: Database, key: str, *, fail: bool = False) -> None:
    async with database.begin() as connection:
        await put_meta(connection, key, "there")
        if fail:
            raise LookupError(key)


async def _found(database: Database, *keys: str) -> list[bool]:
    async with database.connect() as connection:
        return [await get_meta(connection, key) == "there" for key in keys]


async def test_those_who_come_together_share_a_commit(sqlite_database: Database) -> None:
    """Fifty writers at once are two transactions, not fifty, and all of them are written."""
    commits: list[object] = []
    event.listen(sqlite_database.engine.sync_engine, "commit", commits.append)
    keys = [f"k{number}" for number in range(50)]
    await asyncio.gather(*(_put(sqlite_database, key) for key in keys))
    assert all(await _found(sqlite_database, *keys))
    assert len(commits) == 2


async def test_a_failure_is_undone_alone(sqlite_database: Database) -> None:
    """Of writers that share a commit one fails: it is told, and only its writes are gone."""
    told = await asyncio.gather(
        *(_put(sqlite_database, key, fail=key == "b") for key in "abc"), return_exceptions=True
    )
    assert [type(each) for each in told] == [type(None), LookupError, type(None)]
    assert await _found(sqlite_database, "a", "b", "c") == [True, False, True]


async def test_a_writer_that_is_cut_off_holds_up_nobody(sqlite_database: Database) -> None:
    """Cancelled while it waits, or in the middle: it writes nothing, and those behind it do."""
    inside = asyncio.Event()

    async def linger() -> None:
        async with sqlite_database.begin() as connection:
            await put_meta(connection, "lingering", "there")
            inside.set()
            await asyncio.Event().wait()

    lingering = asyncio.create_task(linger())
    await inside.wait()
    waiting, last = (asyncio.create_task(_put(sqlite_database, key)) for key in ("waiting", "last"))
    await asyncio.sleep(0)
    waiting.cancel()
    lingering.cancel()
    await last
    for task in (waiting, lingering):
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert await _found(sqlite_database, "lingering", "waiting", "last") == [False, False, True]


async def test_nobody_is_told_that_it_is_done_when_the_commit_fails(sqlite_database: Database) -> None:
    """All who shared it get the error, nothing of theirs is there, and the next writer gets on."""

    async def breaking() -> None:
        async with sqlite_database.begin() as connection:
            await put_meta(connection, "breaking", "there")
            await connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
            await connection.execute(
                sa.text(
                    "INSERT INTO events (job_id, at, new, cause, actor) VALUES ('nobody', 0, 'x', 'x', 'x')"
                )
            )

    told = await asyncio.gather(
        _put(sqlite_database, "a"), breaking(), _put(sqlite_database, "c"), return_exceptions=True
    )
    assert [isinstance(each, IntegrityError) for each in told] == [True] * 3
    await _put(sqlite_database, "next")
    assert await _found(sqlite_database, "a", "breaking", "c", "next") == [False, False, False, True]


async def test_who_undid_the_whole_transaction_takes_nobody_along_unseen(sqlite_database: Database) -> None:
    """SQLite itself may roll back all of it (a full disk): who shared it is told so, who waits gets on."""

    async def undoing() -> None:
        async with sqlite_database.begin() as connection:
            await connection.exec_driver_sql("ROLLBACK")
            raise LookupError

    told = await asyncio.gather(
        _put(sqlite_database, "a"), undoing(), _put(sqlite_database, "c"), return_exceptions=True
    )
    assert [isinstance(each, Exception) for each in told] == [True, True, False]
    assert await _found(sqlite_database, "a", "c") == [False, True]

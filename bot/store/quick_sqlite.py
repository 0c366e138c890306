"""aiosqlite with one visit to its thread a statement instead of four, or none.

SQLAlchemy opens a cursor, executes, fetches and closes, and each of these would cross to the thread of
the connection and back, which costs far more than SQLite itself. Here a cursor is a memory of what one
visit brought home. Inside a write transaction short statements need no visit at all: nobody else holds
the lock then, and what they change stays in memory until the commit, which is left to the thread, as is
whatever else may wait for the disk or for others. SQLAlchemy's documented hook for this is
``async_creator``; the names of aiosqlite's insides that are used here (``_conn``, ``_execute``,
``_thread``) are of the kind that SQLAlchemy's own dialect uses, and the reason for the upper bound of
aiosqlite's version.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

_Result = TypeVar("_Result")
_Run = Callable[[sqlite3.Cursor], object]


class QuickConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors are :class:`QuickCursor`."""

    def __init__(self, path: Path) -> None:
        connector = partial(sqlite3.connect, path, check_same_thread=False)  # the library itself is safe
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # a process must be able to end without closing
        self._quick = False

    def cursor(self) -> QuickCursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A cursor that costs nothing until it executes."""
        return QuickCursor(self)

    async def visit(self, run: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Run a function in the connection's thread, or at once where statements are quick."""
        if self._quick:
            return run(self._conn)
        return await self._execute(run, self._conn)

    @contextlib.contextmanager
    def quick(self, quick: bool) -> Generator[None, None, None]:
        """Statements of this block are run at once in the thread of the event loop, if ``quick``.

        Only where the connection is used by nobody else, none of them takes long, and none waits for others:
        it holds the write lock, or only reads, for which nobody waits in WAL mode.
        """
        self._quick = quick
        try:
            yield
        finally:
            self._quick = False

    def at_once(self, statement: str) -> None:
        """Run a statement that neither waits nor takes long."""
        self._conn.execute(statement)

    async def rollback(self) -> None:
        """Roll back; the pool asks for it after each commit, too, when there is nothing to do."""
        if self._conn.in_transaction and self._quick:
            self._conn.rollback()
        elif self._conn.in_transaction:
            await super().rollback()


class QuickCursor:
    """What one statement brought: description, counts and all rows."""

    def __init__(self, connection: QuickConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> QuickCursor:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> None:
        """Execute and fetch everything."""
        await self._visit(lambda cursor: cursor.execute(operation, parameters))

    async def executemany(self, operation: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Execute once for each set of parameters."""
        await self._visit(lambda cursor: cursor.executemany(operation, parameters))

    async def _visit(self, run: _Run) -> None:
        def there(connection: sqlite3.Connection) -> None:
            cursor = connection.cursor()
            try:
                run(cursor)
                self.description = cursor.description
                self._rows = cursor.fetchall() if cursor.description else []
                self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
            finally:
                cursor.close()

        await self._connection.visit(there)

    async def fetchall(self) -> list[Any]:
        """The rows."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open."""

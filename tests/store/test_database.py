"""Opening: one owner, the right durability, the right schema."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import sqlite3
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import ExitCode, NoSpace, StartupError
from bot.store import schema, tables
from bot.store.db import open_database
from bot.store.meta import first_meta, get_meta, put_meta
from bot.store.migrate import alembic_config, upgrade
from bot.store.schema import REVISIONS, Age, Branch, require_current, schema_age
from tests.store.databases import sqlite_address

HOLD_FILE = """
import asyncio, sys
from bot.store.db import open_database
async def main():
    async with open_database(sys.argv[1]):
        print("mine", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def whole_metadata() -> sa.MetaData:
    """The metadata with every table of the folder."""
    for module in pkgutil.iter_modules(tables.__path__):
        importlib.import_module(f"{tables.__name__}.{module.name}")
    return tables.metadata


async def pragma(url: str, name: str) -> object:
    """A setting of a SQLite connection of ours."""
    async with open_database(url) as database, database.connect() as connection:
        return (await connection.execute(sa.text(f"PRAGMA {name}"))).scalar()


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)],
)
async def test_sqlite_is_set_to_be_safe(sqlite_url: str, name: str, value: object) -> None:
    """A committed intent survives a power cut: WAL with FULL synchronisation."""
    assert await pragma(sqlite_url, name) == value


async def test_a_second_owner_is_refused_and_death_frees_the_file(sqlite_url: str) -> None:
    """Another process gets one clear error; when the owner is killed the file is free at once."""
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD_FILE, sqlite_url, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert owner.stdout is not None
        assert await owner.stdout.readline() == b"mine\n"
        with pytest.raises(StartupError) as refused:
            async with open_database(sqlite_url):
                pass
        assert refused.value.problem == "data_in_use"
        assert refused.value.exit_code is ExitCode.DATA_IN_USE
        assert set(refused.value.facts) == {"problem", "folder"}
        async with open_database(sqlite_url, own=False):
            pass
    finally:
        owner.kill()
        await owner.communicate()
    async with open_database(sqlite_url):
        pass


async def test_one_process_cannot_own_a_file_twice(sqlite_url: str) -> None:
    """Not even by mistake, and after closing it can again."""
    async with open_database(sqlite_url):
        with pytest.raises(StartupError):
            async with open_database(sqlite_url):
                pass
    async with open_database(sqlite_url):
        pass


async def test_writers_take_turns(sqlite_url: str) -> None:
    """A hundred writers at once all get through, none fails as busy."""
    async with open_database(sqlite_url) as database:

        async def add(number: int) -> None:
            async with database.begin() as connection:
                old = int(await get_meta(connection, "n") or 0)
                await put_meta(connection, "n", str(old + number))

        await asyncio.gather(*(add(1) for _ in range(100)))
        async with database.connect() as connection:
            assert await get_meta(connection, "n") == "100"


async def test_the_first_value_stands(database_url: str) -> None:
    """Of two processes that make a secret at the same time both use the same one."""
    async with open_database(database_url) as database, database.begin() as connection:
        assert await first_meta(connection, "secret", "a") == "a"
        assert await first_meta(connection, "secret", "b") == "a"


async def test_a_full_disk_is_an_error_of_its_own(sqlite_url: str) -> None:
    """SQLite's "disk is full" becomes NoSpace, and the database stays usable."""
    async with open_database(sqlite_url) as database:
        async with database.begin() as connection:
            pages = (await connection.execute(sa.text("PRAGMA page_count"))).scalar_one()
            await connection.execute(sa.text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(NoSpace):
            async with database.begin() as connection:
                await put_meta(connection, "big", "x" * 1_000_000)
        async with database.connect() as connection:
            assert await get_meta(connection, "big") is None


@pytest.mark.parametrize("branch", ["bot", "engine"])
def test_the_code_knows_the_migrations(branch: Branch, tmp_path: Path) -> None:
    """REVISIONS, which spares the bot Alembic, lists exactly the scripts, oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config(sqlite_address(tmp_path / "x.sqlite")))
    found = [script.revision for script in scripts.walk_revisions("base", f"{branch}@head")]
    assert tuple(reversed(found)) == REVISIONS[branch]


def test_the_migrations_make_the_tables(sqlite_url: str, new_postgres_url: str) -> None:
    """After both branches a database is exactly what the metadata says, on both kinds."""
    for url in (sqlite_url, new_postgres_url):
        upgrade(url, "bot")
        upgrade(url, "engine")
        engine = sa.create_engine(url.replace("+aiosqlite", ""))
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, whole_metadata()) == []
        engine.dispose()


def test_an_upgrade_is_needed_once(tmp_path: Path) -> None:
    """An empty place is created, folder included; a current one is left alone; branches are apart."""
    url = sqlite_address(tmp_path / "new" / "x.sqlite")
    assert schema_age(url, "bot") is Age.EMPTY
    with pytest.raises(StartupError, match="schema_none"):
        require_current(url, "bot")
    upgrade(url, "bot")
    upgrade(url, "bot")
    require_current(url, "bot")
    assert schema_age(url, "engine") is Age.EMPTY


@pytest.mark.parametrize(
    ("revision", "problem"), [("bot_9999", "schema_newer"), ("bot_0000", "schema_newer")]
)
def test_a_database_of_another_age_is_refused(sqlite_url: str, revision: str, problem: str) -> None:
    """A program that is older than its database stops, and does not try to upgrade."""
    with sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
    for attempt in (require_current, upgrade):
        with pytest.raises(StartupError) as refused:
            attempt(sqlite_url, "bot")
        assert (refused.value.problem, refused.value.exit_code) == (problem, ExitCode.OUTDATED)


def test_postgres_is_looked_at_without_alembic(postgres_url: str) -> None:
    """The age of a PostgreSQL schema is read the same way."""
    assert schema_age(postgres_url, "bot") is Age.CURRENT
    assert schema_age(postgres_url, "engine") is Age.EMPTY


def test_a_database_that_is_not_there_is_one_clear_error() -> None:
    """Nobody listens at the address: said in a sentence, not in a traceback."""
    with pytest.raises(StartupError) as refused:
        require_current("postgresql+psycopg://nobody@127.0.0.1:1/nothing", "bot")
    assert refused.value.problem == "database_unreachable"


async def test_a_data_folder_that_cannot_be(tmp_path: Path) -> None:
    """A file stands where the folder should be: said in a sentence, by whoever comes first."""
    (tmp_path / "data").touch()
    url = sqlite_address(tmp_path / "data" / "riffcord.sqlite")
    with pytest.raises(StartupError) as refused:
        upgrade(url, "bot")
    assert refused.value.problem == "data_not_writable"
    with pytest.raises(StartupError) as refused:
        async with open_database(url):
            pass
    assert refused.value.problem == "data_not_writable"


def file_of(url: str) -> Path:
    """The file of a SQLite address."""
    return Path(url.removeprefix("sqlite+aiosqlite:///"))


def test_a_busy_file_is_no_empty_one(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read as empty, it would be created anew over what is there."""
    holder = sqlite3.connect(file_of(sqlite_url), isolation_level=None)
    monkeypatch.setattr(schema, "_PATIENCE_S", 0)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        for attempt in (require_current, upgrade):
            with pytest.raises(StartupError) as refused:
                attempt(sqlite_url, "bot")
            assert refused.value.problem == "database_unreadable"
    finally:
        holder.close()
    require_current(sqlite_url, "bot")


def test_a_damaged_file_is_no_empty_one(sqlite_url: str) -> None:
    """Told by its name, and left as it is."""
    file_of(sqlite_url).write_bytes(b"this is a letter, not a database" * 100)
    before = file_of(sqlite_url).read_bytes()
    with pytest.raises(StartupError) as refused:
        upgrade(sqlite_url, "bot")
    assert refused.value.problem == "database_damaged"
    assert file_of(sqlite_url).read_bytes() == before

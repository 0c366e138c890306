"""Each role before a database of another version: a sentence and an exit code, and nothing is touched."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from pydantic import SecretStr

from bot import app
from bot.cli.db import run_db
from bot.cli.jobs import run_jobs
from bot.cli.parser import build_parser
from bot.errors import ExitCode, StartupError
from bot.jobs.mending import look
from bot.settings import Settings, load
from bot.store.db import open_database
from bot.store.locks import own_file
from bot.store.migrate import alembic_config, upgrade
from bot.store.schema import Age, Branch, require_current, schema_age
from bot.ui.words import sentence
from tests.jobs.world import World, an_order, play_to_the_end
from tests.store.databases import sqlite_address

ROOT = Path(__file__).resolve().parent.parent


async def release(settings: Settings) -> None:
    """As the command does."""
    app.release(settings)


def typed(*words: str) -> Callable[[Settings], Awaitable[object]]:
    """A command for whoever looks after the bot."""
    arguments = build_parser().parse_args(words)
    run = run_jobs if words[0] == "jobs" else run_db
    return lambda settings: run(arguments, settings)


ROLES: dict[str, tuple[Branch, Callable[[Settings], Awaitable[object]]]] = {
    "bot": ("bot", app.run_bot),
    "release": ("bot", release),
    "engine": ("engine", app.run_engine),
    "jobs list": ("bot", typed("jobs", "list")),
    "db check": ("bot", typed("db", "check")),
    "db check --repair": ("bot", typed("db", "check", "--repair")),
}


def made_newer(url: str, branch: Branch) -> None:
    """A later program was here."""
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        statement = sa.text("UPDATE alembic_version SET version_num = :newer WHERE version_num LIKE :known")
        given = {"newer": f"{branch}_9999", "known": f"{branch}%"}
        assert connection.execute(statement, given).rowcount == 1
    engine.dispose()


@pytest.mark.parametrize("role", ROLES)
async def test_an_older_role_stops_before_a_newer_schema(
    role: str, sqlite_template: Path, tmp_path: Path
) -> None:
    """With a sentence that says what to do; the file stays as it was."""
    branch, run = ROLES[role]
    file = tmp_path / ("engine.sqlite" if branch == "engine" else "riffcord.sqlite")
    upgrade(sqlite_address(file), branch)
    made_newer(sqlite_address(file), branch)
    before = file.read_bytes()
    settings = load(None, riffcord_data=tmp_path, discord_api_url="http://127.0.0.1:9", engine_workers=1)
    with pytest.raises(StartupError) as refused:
        await run(settings)
    assert (refused.value.problem, refused.value.exit_code) == ("schema_newer", ExitCode.OUTDATED)
    assert "Update this one" in sentence(refused.value)
    assert file.read_bytes() == before


async def test_an_older_web_process_stops_before_a_newer_schema(
    new_postgres_url: str, tmp_path: Path
) -> None:
    """The role that needs PostgreSQL, and the bot beside it."""
    upgrade(new_postgres_url, "bot")
    made_newer(new_postgres_url, "bot")
    settings = load(
        None,
        riffcord_data=tmp_path,
        database_url=SecretStr(new_postgres_url),
        discord_api_url="http://127.0.0.1:9",
        engine_url="http://127.0.0.1:9",
    )
    for run in (app.run_web, app.run_bot, release):
        with pytest.raises(StartupError) as refused:
            await run(settings)
        assert refused.value.problem == "schema_newer"


def test_it_is_one_line_on_the_terminal(sqlite_url: str) -> None:
    """And the exit code that keeps a supervisor from trying again."""
    made_newer(sqlite_url, "bot")
    data = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    done = subprocess.run(
        [sys.executable, "-m", "bot", "release"],
        cwd=ROOT,
        env={**os.environ, "RIFFCORD_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == ExitCode.OUTDATED
    assert done.stderr.splitlines() == [
        "The database was already used by a newer Riffcord. Update this one to the same version."
    ]


def test_release_leaves_a_file_alone_that_a_bot_works_on(tmp_path: Path) -> None:
    """A newer version's release beside a running bot would change the schema that this one knows."""
    file = tmp_path / "riffcord.sqlite"
    command.upgrade(alembic_config(sqlite_address(file)), "bot_0001")
    settings = load(None, riffcord_data=tmp_path)
    with own_file(file), pytest.raises(StartupError) as refused:
        app.release(settings)
    assert (refused.value.problem, refused.value.exit_code) == ("data_in_use", ExitCode.DATA_IN_USE)
    assert schema_age(sqlite_address(file), "bot") is Age.OLD
    app.release(settings)
    assert schema_age(sqlite_address(file), "bot") is Age.CURRENT


async def test_release_brings_jobs_in_flight_along(tmp_path: Path) -> None:
    """From the first version on: a job that waited in line there is played here, and all agrees."""
    url = sqlite_address(tmp_path / "riffcord.sqlite")
    command.upgrade(alembic_config(url), "bot_0001")
    order = an_order(host="paid")
    with closing(sqlite3.connect(tmp_path / "riffcord.sqlite")) as connection:
        connection.execute(
            "INSERT INTO jobs (id, state, host, guild_id, channel_id, user_id, priority, request, price, "
            "created_at, updated_at, moved_at, cause, actor, fence, nudges, attempts, reference, intents, "
            "empty_reads) "
            "VALUES ('waitsinline', 'queued', 'paid', '1', '11', '111', 0, ?, 3, 1, 1, 1, 'ordered', '111', "
            "0, 0, 0, 'waitsinline', 0, 0)",
            (order.model_dump_json(),),
        )
        entries = [
            ("grant:1:opening", "grant", None, "grant:1", "pot:1", 1_000),
            ("reserve:waitsinline", "reserve", "waitsinline", "pot:1", "reserved:waitsinline", 3),
        ]
        connection.executemany(
            "INSERT INTO ledger (key, at, kind, job_id, source, target, amount) VALUES (?, 1, ?, ?, ?, ?, ?)",
            entries,
        )
        connection.commit()
    app.release(load(None, riffcord_data=tmp_path))
    require_current(url, "bot")
    world = World(tmp_path, url)
    await play_to_the_end(world)
    async with world.life() as jobs:
        assert (await jobs.get("waitsinline")).state.value == "done"
        assert [len(world.engine.runs), len(world.paid.runs)] == [0, 1]
    async with open_database(url) as database:
        assert await look(database, world.blobs, hosts=world.hosts, clock=world) == []

"""``python -m bot jobs`` and ``db check``: what they print, and when they refuse."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.db import run_db
from bot.cli.jobs import run_jobs
from bot.cli.parser import build_parser
from bot.cli.tables import table
from bot.errors import ExitCode, NotFound, StartupError
from bot.jobs import mending
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.settings import Settings, load
from bot.store.db import open_database
from bot.ui.words import sentence
from tests.jobs.tampering import ON_FILES
from tests.jobs.world import World


def settings_for(url: str, folder: Path) -> Settings:
    """As the environment would have them."""
    return load(None, riffcord_data=folder, database_url=SecretStr(url))


async def run(url: str, folder: Path, *words: str) -> ExitCode:
    """Type it."""
    arguments = build_parser().parse_args(words)
    command = run_jobs if words[0] == "jobs" else run_db
    return await command(arguments, settings_for(url, folder))


async def made(world: World, jobs: Jobs, prompt: str = "funk") -> Job:
    """A paid riff from order to message."""
    job = await world.order(jobs, host="paid", prompt=prompt)
    world.clock.advance(1.5)
    await jobs.step_until_idle()
    (run,) = world.host_of(job).of(job)
    world.clock.advance(4)
    await jobs.told(job.id, world.host_of(job).change(run.id, status="succeeded"))
    await jobs.step_until_idle()
    return await jobs.get(job.id)


async def test_a_story_is_one_table(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every move with time, cause and actor, what was paid, host, run, tries, and where the message is."""
    world = World(tmp_path, database_url)
    async with world.life() as jobs:
        job = await made(world, jobs, "funk \x1b[31m爵士")
        capsys.readouterr()
        assert await run(database_url, tmp_path, "jobs", "show", job.id) is ExitCode.OK
    told = capsys.readouterr().out
    head, _, body = told.partition("\n\n")
    assert head.splitlines() == [
        f'job {job.id}: done · "funk [31m爵士"',
        "for Ada (111), channel 11, server 1",
        "host paid, run p0, asked 1 times, 0 failed tries in this step",
        f"message https://discord.com/channels/1/11/{job.message_id}",
    ]
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in body.splitlines()]
    assert rows[0] == ["TIME (UTC)", "AFTER", "WHAT", "WHY", "BY"]
    assert [tuple(row[1:]) for row in rows[1:]] == [
        ("0.0 s", "queued", "ordered", "Ada (111)"),
        ("0.0 s", "reserve", "3 credits", f"pot:1 > reserved:{job.id}"),
        ("1.5 s", "submit", "admitted", "machine"),
        ("1.5 s", "waiting", "accepted by the host", "host"),
        ("5.5 s", "collect", "told by webhook", "host"),
        ("5.5 s", "deliver", "kept as a take", "machine"),
        ("5.5 s", "done", "delivered", "machine"),
        ("5.5 s", "settle", "3 credits", f"reserved:{job.id} > spent:paid"),
    ]


async def test_a_story_as_json(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, for whoever pipes it on; why it ended stands in it."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.cancel(job.id, actor_id="999", is_moderator=True)
        await jobs.step_until_idle()
        capsys.readouterr()
        await run(sqlite_url, tmp_path, "jobs", "show", job.id, "--json")
        told = json.loads(capsys.readouterr().out)
        await run(sqlite_url, tmp_path, "jobs", "show", job.id)
        in_words = capsys.readouterr().out
    assert (told["state"], told["ending"], told["run"]) == ("cancelled", "ending.cancelled", None)
    assert [(move["old"], move["new"], move["actor"]) for move in told["moves"]] == [
        (None, "queued", "111"),
        ("queued", "cancelled", "999"),
    ]
    assert [(entry["kind"], entry["amount"]) for entry in told["ledger"]] == [("reserve", 3), ("refund", 3)]
    assert "why it ended: Cancelled. Nothing was charged." in in_words


async def test_jobs_are_listed(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Open ones, newest first, or those of one state; and how many there are of each."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        capsys.readouterr()
        await run(sqlite_url, tmp_path, "jobs", "list")
        assert capsys.readouterr().out == "No open jobs.\n"
        done = await made(world, jobs)
        waiting = await world.order(jobs, prompt="older")
        await jobs.step_until_idle()
        queued = await world.order(jobs, prompt="newer")
        capsys.readouterr()
        await run(sqlite_url, tmp_path, "jobs", "list")
        heads, *rows, counts = capsys.readouterr().out.splitlines()
        assert heads.split() == ["ID", "STATE", "ORDERED", "(UTC)", "HOST", "BY", "WHAT"]
        assert [row.split()[:2] for row in rows] == [[queued.id, "queued"], [waiting.id, "waiting"]]
        assert [row.split()[-1] for row in rows] == ["newer", "older"]
        assert counts == "queued 1 · waiting 1 · done 1"
        await run(sqlite_url, tmp_path, "jobs", "list", "--state", "done", "--json")
        told = json.loads(capsys.readouterr().out)
    assert [job["id"] for job in told["jobs"]] == [done.id]
    assert told["counts"] == {"queued": 1, "waiting": 1, "done": 1}


async def test_an_unknown_job_is_one_sentence(sqlite_url: str, tmp_path: Path) -> None:
    """It was never there, or is forgotten."""
    with pytest.raises(NotFound) as unknown:
        await run(sqlite_url, tmp_path, "jobs", "show", "nobody")
    assert "python -m bot jobs list" in sentence(unknown.value)


def test_columns_are_as_wide_as_they_look() -> None:
    """Wide characters take two columns."""
    assert table(["a", "b"], [["爵士", "x"], ["é", "y"]]) == "A     B\n爵士  x\né     y"


async def test_a_clean_house_is_told_so(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside a bot that runs, too: the check only looks."""
    world = World(tmp_path, database_url)
    async with open_database(database_url) as database:
        await made(world, world.new_jobs(database))
        capsys.readouterr()
        assert await run(database_url, tmp_path, "db", "check") is ExitCode.OK
    assert capsys.readouterr().out == "All is well: jobs, money, takes and files agree.\n"


async def test_each_finding_is_a_line_and_repair_mends(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ids and an exit code that scripts can read; after the repair all is well."""
    monkeypatch.setattr(mending, "LOOK_AGAIN_S", 0)
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await made(world, jobs)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///")) as connection:
        connection.execute("UPDATE takes SET deleted = true")
    connection.close()
    capsys.readouterr()
    assert await run(sqlite_url, tmp_path, "db", "check") is ExitCode.DAMAGED
    finding = f"take {job.take_id}: deleted, and 3 of its files are still there"
    assert capsys.readouterr().out.splitlines() == [
        finding,
        "One thing is wrong. db check --repair mends 1.",
    ]
    assert await run(sqlite_url, tmp_path, "db", "check", "--repair") is ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [f"mended: {finding}", "All that was wrong is mended."]
    assert world.blobs.files() == set()


async def test_what_cannot_be_mended_is_left_and_told(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lost music cannot be brought back by anything but a copy."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        await made(world, jobs)
    ON_FILES["file lost"](world.blobs.root)
    capsys.readouterr()
    assert await run(sqlite_url, tmp_path, "db", "check", "--repair") is ExitCode.DAMAGED
    assert "can be mended by a person only" in capsys.readouterr().out


async def test_nothing_is_mended_under_a_running_bot(sqlite_url: str, tmp_path: Path) -> None:
    """The file has an owner: said in a sentence, and nothing is touched."""
    async with open_database(sqlite_url):
        # The owner is this very process; from another one the lock itself refuses.
        with pytest.raises(StartupError) as refused:
            await run(sqlite_url, tmp_path, "db", "check", "--repair")
    assert refused.value.problem == "data_in_use"

"""A database of an earlier version, with jobs under way, goes on in this one."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import DBAPIError

from bot.jobs.records import Job
from bot.jobs.states import State
from bot.protocol.runs import FailureCause, Result
from bot.store.db import open_database
from bot.store.jobs import get_job
from bot.store.migrate import alembic_config, upgrade
from bot.store.tables.jobs import jobs as jobs_table
from tests.jobs.world import an_order

CREATED = "2026-01-01T00:00:00Z"

PREDICTIONS: dict[str, dict[str, Any]] = {
    "riff": {
        "status": "succeeded",
        "output": {"audio": "http://x/a.wav", "spectrogram": "http://x/a.jpg", "seed": 7, "bpm": 90.0},
        "metrics": {"predict_time": 2.5},
        "input": {"prompt_a": "funk"},
    },
    "song": {
        "status": "succeeded",
        "output": {
            "audio": "http://x/1.wav",
            "takes": [
                {"audio": "http://x/1.wav", "cover": "http://x/1.png", "stems": {"bass": "http://x/b.wav"}},
                {"audio": "http://x/2.wav", "lyrics": "la"},
            ],
        },
    },
    "list": {"status": "succeeded", "output": ["http://x/a.wav"]},
    "begun": {
        "status": "starting",
        "created_at": CREATED,
        "urls": {"stream": "http://x/s", "get": "http://x/g"},
    },
    "odd": {"status": "queued"},
    "aborted": {"status": "aborted", "error": "too late"},
    "failed": {"status": "failed", "error": "cuda"},
}
WAY = ("queued", "submit", "waiting")


def _insert(connection: sa.Connection, name: str, *, last: str = "waiting", told: object = None) -> None:
    """A job as the version before stored it, moved to where it stands."""
    order = an_order().model_dump(mode="json")
    values = {
        **dict.fromkeys(("id", "reference", "prediction_id"), name),
        **dict.fromkeys(("host", "guild_id", "channel_id", "user_id", "cause", "actor"), "x"),
        **dict.fromkeys(("created_at", "updated_at", "moved_at", "intent_at"), 1_767_225_600.0),
        **dict.fromkeys(("priority", "price", "fence", "nudges", "attempts", "intents", "empty_reads"), 0),
        "request": json.dumps(order),
        "prediction": None if told is None else json.dumps(told),
        "state": "queued",
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO jobs ({names}) VALUES ({marks})"), values)  # noqa: S608
    move = sa.text("UPDATE jobs SET state = :state, ending = :ending WHERE id = :id")
    for state in (*WAY[1:], *([last] if last not in WAY else [])):
        connection.execute(move, {"id": name, "state": state, "ending": "x" if last == "failed" else None})


def _before(url: str) -> None:
    command.upgrade(alembic_config(url), "bot_0002")
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        for name, told in PREDICTIONS.items():
            _insert(connection, name, told={"id": name, **told})
        _insert(connection, "asked")
        _insert(connection, "nonsense", told=[1, 2])
        _insert(connection, "over", last="failed", told={"id": "over", **PREDICTIONS["aborted"]})
    engine.dispose()


async def _after(url: str) -> dict[str, Job]:
    names = (*PREDICTIONS, "asked", "nonsense", "over")
    async with open_database(url) as database, database.connect() as connection:
        found = {name: await get_job(connection, name) for name in names}
    return {name: job for name, job in found.items() if job is not None}


@pytest.fixture
def earlier_url(new_url: str) -> str:
    """A database of the version before, with jobs under way."""
    _before(new_url)
    return new_url


async def test_jobs_under_way_keep_what_their_hosts_told(earlier_url: str) -> None:
    """In the one shape that there is now; what cannot be read is asked for again; ended jobs stay ended."""
    await asyncio.to_thread(upgrade, earlier_url, "bot")
    found = await _after(earlier_url)
    runs = {name: job.run for name, job in found.items() if job.run is not None}
    assert {name: job.run_id for name, job in found.items()} == {name: name for name in found}
    assert {name: run.status for name, run in runs.items()} == {
        "riff": "succeeded",
        "song": "succeeded",
        "list": "succeeded",
        "begun": "starting",
        "odd": "processing",
        "aborted": "canceled",
        "failed": "failed",
        "over": "canceled",
    }
    (riff,) = runs["riff"].results
    assert riff == Result(audio="http://x/a.wav", picture="http://x/a.jpg", seed=7, bpm=90.0)
    assert runs["riff"].compute_s == 2.5
    first, second = runs["song"].results
    assert (first.picture, first.stems) == ("http://x/1.png", {"bass": "http://x/b.wav"})
    assert (second.audio, second.lyrics) == ("http://x/2.wav", "la")
    assert runs["list"].results == (Result(audio="http://x/a.wav"),)
    assert (runs["begun"].stream, str(runs["begun"].created_at)) == (
        "http://x/s",
        "2026-01-01 00:00:00+00:00",
    )
    assert (runs["failed"].error, runs["failed"].cause) == ("cuda", FailureCause.UNKNOWN)
    assert found["over"].state is State.FAILED


async def test_ended_jobs_are_guarded_again(earlier_url: str) -> None:
    """The upgrade lifted that guard for itself alone."""
    await asyncio.to_thread(upgrade, earlier_url, "bot")
    with pytest.raises(DBAPIError, match="never changed"):
        async with open_database(earlier_url) as database, database.begin() as connection:
            await connection.execute(sa.update(jobs_table).where(jobs_table.c.id == "over").values(price=1))

"""A database of before recipes: orders and takes of riffs and morphs go on in this version."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import sqlalchemy as sa
from alembic import command

from bot.jobs.recipes import Morph, Riff, Strengths, TakeSource
from bot.store.db import open_database
from bot.store.jobs import get_job
from bot.store.migrate import alembic_config, upgrade
from bot.store.takes import get_take

RIFF = {"prompt": "funk", "alpha": 0.5, "denoising": 0.3, "seed_image": "vibes", "steps": 70, "seed": 7}
SOURCE = {"take_id": "t", "prompt": "soul", "user_name": "Ada", "channel_id": "11", "message_id": None}
MORPH = {
    "transform": "cover",
    "source": SOURCE,
    "strengths": {"cover": 0.4, "lyrics": None},
    "span": {"crop_end_s": None},
}
ORDER = {
    "host": "engine",
    "guild_id": "1",
    "channel_id": "11",
    "user_id": "111",
    "user_name": "Ada",
    "locale": "en",
    "parent_take_id": None,
    "parent_user_name": None,
}
KINDS: dict[str, dict[str, Any] | None] = {"riff": None, "morph": MORPH}


def _row(connection: sa.Connection, table: str, values: dict[str, Any]) -> None:
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608


def _before(url: str) -> None:
    command.upgrade(alembic_config(url), "bot_0003")
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        for kind, morph in KINDS.items():
            told = None if morph is None else json.dumps(morph)
            job = {
                **dict.fromkeys(("id", "reference"), kind),
                **dict.fromkeys(("host", "guild_id", "channel_id", "user_id", "cause", "actor"), "x"),
                **dict.fromkeys(("created_at", "updated_at", "moved_at"), 1_767_225_600.0),
                **dict.fromkeys(
                    ("priority", "price", "fence", "nudges", "attempts", "intents", "empty_reads"), 0
                ),
                "request": json.dumps({**ORDER, "kind": kind, "riff": RIFF, "morph": morph}),
                "state": "queued",
            }
            _row(connection, "jobs", job)
            take = {
                **dict.fromkeys(("id", "job_id"), kind),
                **{name: ORDER[name] for name in ("host", "guild_id", "channel_id", "user_id", "user_name")},
                **dict.fromkeys(("duration_s", "lufs", "true_peak_db"), 1.5),
                **dict.fromkeys(("audio", "upload", "picture"), "k"),
                "created_at": 1_767_225_600.0,
                "riff": json.dumps(RIFF),
                "morph": told,
                "deleted": False,
            }
            _row(connection, "takes", take)
        connection.execute(sa.text("UPDATE jobs SET state = 'failed', ending = 'x' WHERE id = 'morph'"))
    engine.dispose()


async def test_riffs_and_morphs_become_recipes(new_url: str) -> None:
    """The words and the seed of a morph move into it; what has ended is converted as well."""
    _before(new_url)
    await asyncio.to_thread(upgrade, new_url, "bot")
    riff = Riff(prompt="funk", denoising=0.3, steps=70, seed=7)
    source = TakeSource(take_id="t", prompt="soul", user_name="Ada", channel_id="11")
    morph = Morph(transform="cover", source=source, tags="funk", seed=7, strengths=Strengths(cover=0.4))
    async with open_database(new_url) as opened, opened.connect() as connection:
        for kind, recipe in {"riff": riff, "morph": morph}.items():
            job, take = await get_job(connection, kind), await get_take(connection, kind)
            assert job is not None
            assert take is not None
            assert job.order.recipe == take.recipe == recipe
            assert (take.number, take.audio, take.duration_s) == (0, "k", 1.5)

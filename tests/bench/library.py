"""How long choosing a take takes while somebody types, with 10,000 takes in the library.

``python -m tests.bench.library`` measures it on SQLite and on PostgreSQL, from the services' front
door, with the worst cases among them: nothing fits, so that every take is looked at.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.jobs.ids import new_id
from bot.jobs.recipes import Riff
from bot.library.search import Asked
from bot.library.shelf import Library, Viewer
from bot.store.db import open_database
from bot.store.migrate import upgrade
from bot.store.rows import take_row
from bot.store.tables.takes import takes
from bot.ui.prompts import PROMPTS
from tests.store.databases import new_postgres, sqlite_address
from tests.ui.records import NOON, a_take

TAKES = 10_000
ROUNDS = 400
TYPED = ("", "lo", "lofi", "lofi rain piano", "ada", "nothing at all fits", "zzzz", "爵士")
VIEWER = Viewer(
    user_id="7",
    guild_id="1",
    channel_id="2",
    visible_ids=frozenset(str(n) for n in range(200)),
    hidden_ids=frozenset(),
)


async def measure(url: str) -> str:
    """The 50th and 99th hundredth of all rounds, in milliseconds."""
    async with open_database(url) as database:
        async with database.begin() as connection:
            await connection.execute(sa.insert(takes), _rows())
        library = Library(database)
        spent_ms: list[float] = []
        for number in range(ROUNDS):
            began = time.perf_counter()
            shelf = "search" if number % 3 else "mine"
            await library.suggest(VIEWER, TYPED[number % len(TYPED)], shelf=shelf)
            spent_ms.append((time.perf_counter() - began) * 1_000)
        began = time.perf_counter()
        for number in range(20):
            asked = Asked(words="rain", bpm_from=80, bpm_to=90, key="Am")
            await library.page("search", VIEWER, asked=asked, number=number % 3)
        page_ms = (time.perf_counter() - began) * 1_000 / 20
    middle, worst = _hundredth(spent_ms, 50), _hundredth(spent_ms, 99)
    return f"p50 {middle:.1f} ms · p99 {worst:.1f} ms · a page {page_ms:.1f} ms"


def _rows() -> list[dict[str, Any]]:
    chance = random.Random(7)
    return [
        take_row(
            a_take(
                id=new_id(),
                job_id=new_id(),
                channel_id=str(chance.randrange(20)),
                user_id=str(chance.randrange(10)),
                user_name=chance.choice(["Ada", "Bob", "Cyd"]),
                recipe=Riff(prompt=f"{chance.choice(PROMPTS)} {number}", seed=number),
                created_at=NOON + timedelta(seconds=number),
                bpm=float(chance.randrange(60, 180)),
            )
        )
        for number in range(TAKES)
    ]


def _hundredth(values: Sequence[float], which: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * which // 100)]


def main() -> None:
    """Both databases."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = sqlite_address(Path(folder) / "riffcord.sqlite")
        postgres = new_postgres()
        for name, url in (("SQLite", sqlite), ("PostgreSQL", postgres)):
            upgrade(url, "bot")
            print(f"{name}: {asyncio.run(measure(url))}")  # noqa: T201


if __name__ == "__main__":
    main()

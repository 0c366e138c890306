"""Places for sources: each is given back, whatever becomes of the prediction that had it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot.protocol.engine import Source
from bot.protocol.predictions import ENGINE_MODEL
from bot.store.db import open_database
from bot.store.tables.predictions import PredictionRow, PredictionRows, Status
from bot.web.api.book import Book, utc_now
from bot.web.api.outputs import Outputs
from bot.web.api.pool import RenderPool
from bot.web.api.renders import MOST_SOURCES_OF_ONE, Renders
from bot.web.api.sources import Sources
from tests.web.api.support import TinyEngine, server

SCORE: dict[str, Any] = {"format": 2, "bars": 1}


class EndsAtOnce(Book):
    """Whoever ends a prediction goes on before any other task."""

    def runs(self, prediction_id: str) -> bool:
        """Nothing does."""
        return False

    async def end(
        self,
        prediction_id: str,
        status: Status,
        *,
        output: dict[str, Any] | None = None,
        error: str | None = None,
        predict_time_s: float | None = None,
    ) -> bool:
        """It has ended."""
        return True


class Asked(Sources):
    """Tells when the first source is asked for."""

    def __init__(self, outputs: Outputs) -> None:
        super().__init__(outputs, private_allowed=False)
        self.asked = asyncio.Event()

    async def bring(self, source: Source, key: str, owner: str) -> Path:
        """Nothing."""
        self.asked.set()
        return Path(key)


def _row(number: int) -> PredictionRow:
    return PredictionRow(
        id=f"row-{number}",
        owner="one",
        model=ENGINE_MODEL,
        version="",
        base_url="",
        input={"like": SCORE},
        seed=number,
        output_key=f"key-{number}",
        created_at=utc_now(),
    )


async def test_who_is_cancelled_before_the_first_step_leaves_no_place_taken(tmp_path: Path) -> None:
    """As many as there are places are cancelled in the moment they get one; the next is brought."""
    pool = RenderPool(lambda: ThreadPoolExecutor(1), 1, work=TinyEngine())
    outputs = Outputs(tmp_path / "outputs")
    sources = Asked(outputs)
    try:
        async with (
            open_database(f"sqlite+aiosqlite:///{tmp_path / 'engine.sqlite'}") as database,
            sources,
        ):
            book = EndsAtOnce(PredictionRows(database), lambda _row, _event: None)
            renders = Renders(book, pool, outputs, sources)
            for number in range(MOST_SOURCES_OF_ONE):
                renders.push(_row(number))
                await renders.cancel(_row(number))
            assert not sources.asked.is_set()
            renders.push(_row(99))
            async with asyncio.timeout(60):
                await sources.asked.wait()
            await renders.close()
    finally:
        await pool.stop()


async def test_a_token_has_as_many_renders_with_sources_as_there_are_workers(tmp_path: Path) -> None:
    """A place is for waiting: with more workers than places, all of them play."""
    tiny = TinyEngine()
    tiny.free.clear()
    many = MOST_SOURCES_OF_ONE + 2
    async with server(tmp_path, engine=tiny, slots=many) as engine:
        for seed in range(many):
            await engine.create(version=ENGINE_MODEL, input={"like": SCORE, "seed": seed})
        async with asyncio.timeout(60):
            while (await engine.call("GET", "/health"))[1]["running"] < many:
                await engine.rest()
        tiny.free.set()

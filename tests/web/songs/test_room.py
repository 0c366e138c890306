"""Both takes of a song are admitted, kept and refused together."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.web.api.app import Bounds
from bot.web.api.limits import TokenLimits
from bot.web.api.outputs import GIVEN_NAME, Outputs
from tests.web.api.support import Server, server
from tests.web.songs.support import SONG, STRENGTHS, TinySinger, finished, generate, refused

TOPIC: dict[str, Any] = {"model": "FUZZ-1.0", "topic": "rain"}
COVER: dict[str, Any] = {"transform": "cover", **STRENGTHS}


async def _statuses(here: Server, calls: int) -> list[int]:
    """Of so many calls that arrive at the same time."""
    path = "/riffusion/generate/topic"
    answers = await asyncio.gather(*(here.call("POST", path, json=TOPIC) for _ in range(calls)))
    return [status for status, _, _ in answers]


@pytest.mark.parametrize("bounds", [Bounds(queue=3), Bounds(token=TokenLimits(queued=3, rendering=1))])
async def test_the_queue_keeps_its_limit_in_a_crowd(tmp_path: Path, bounds: Bounds) -> None:
    """Songs that are on their way to disk have their places already, of all and of their token."""
    engine = TinySinger()
    engine.free.clear()
    async with server(tmp_path, engine=engine, bounds=bounds) as here:
        statuses = await _statuses(here, 20)
        queued = (await here.call("GET", "/health"))[1]["queued"]
        assert set(statuses) == {200, 429}
        assert queued <= 3
        engine.free.set()


async def test_a_rate_of_one_a_minute_makes_songs(tmp_path: Path) -> None:
    """A call pays for both takes at once; one that is refused for its morph pays nothing."""
    bounds = Bounds(token=TokenLimits(creates_a_minute=1))
    async with server(tmp_path, engine=TinySinger(), bounds=bounds) as here:
        lost = {"riff_id": "5b0f2c1e-0000-4000-8000-000000000001", **COVER}
        assert (await refused(here, **SONG, morph=lost))[0] == "morph.riff_id"
        await generate(here)
        assert await _statuses(here, 1) == [429]


async def test_both_takes_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second source cannot be kept, nothing of the first is left in list, queue or folder."""
    keep = Outputs.keep_given
    kept: list[str] = []

    def full_at_the_second(outputs: Outputs, key: str, content: bytes) -> None:
        kept.append(key)
        if len(kept) == 2:
            raise OSError(28, "No space left on device")
        keep(outputs, key, content)

    async with server(tmp_path, engine=TinySinger()) as here:
        parent = (await generate(here))[0]
        await finished(here, parent)
        monkeypatch.setattr(Outputs, "keep_given", full_at_the_second)
        sent = {**SONG, "morph": {"riff_id": parent, **COVER}}
        assert (await here.call("POST", "/riffusion/generate", json=sent))[0] == 500
        assert len((await here.call("GET", "/v1/predictions"))[1]["results"]) == 2
        assert not list((tmp_path / "engine-outputs").glob(f"*/{GIVEN_NAME}"))
        await generate(here)

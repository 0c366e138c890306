"""Files that travel by way of a store that is away for a while; stems that nobody wants any more."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreFailed
from bot.protocol.predictions import ENGINE_MODEL
from bot.store.objects import ObjectStore
from bot.web.api.patience import PAUSES_S, patiently, rest
from bot.web.api.progress import Stopped
from bot.web.api.render import RenderJob, render
from bot.web.api.wanted import wanted


def test_a_store_that_is_away_for_a_minute_costs_nothing(tmp_path: Path) -> None:
    """The file is put there as soon as the store is back; the pauses grow, and last beyond a minute."""
    place, made = tmp_path / "store", tmp_path / "riff.wav"
    made.write_bytes(b"RIFF")
    place.write_text("not a folder: whatever is put there fails")
    waited_s: list[float] = []

    def come_back_after_a_minute(pause_s: float) -> None:
        waited_s.append(pause_s)
        if sum(waited_s) >= 60 and place.is_file():
            place.unlink()

    patiently(lambda: ObjectStore(place.as_uri()).put("1/riff.wav", made), come_back_after_a_minute)
    assert (place / "1" / "riff.wav").read_bytes() == b"RIFF"
    assert waited_s == sorted(waited_s)
    assert len(waited_s) < len(PAUSES_S)


def test_a_store_that_stays_away_is_told(tmp_path: Path) -> None:
    """After the last pause the failure is the caller's."""
    place = tmp_path / "store"
    place.write_text("not a folder")
    waited_s: list[float] = []
    with pytest.raises(StoreFailed):
        patiently(lambda: ObjectStore(place.as_uri()).put("1", place), waited_s.append)
    assert tuple(waited_s) == PAUSES_S


def test_a_rest_ends_when_nobody_wants_the_file(tmp_path: Path) -> None:
    """What the check raises comes through at once, however long the pause."""
    place = tmp_path / "store"
    place.write_text("not a folder")

    def unwanted() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        patiently(lambda: ObjectStore(place.as_uri()).put("1", place), partial(rest, check=unwanted))


@pytest.mark.parametrize(
    "asked", [{"length_s": 4}, {"instrumental": True, "length_s": 10, "takes": 1}], ids=["riff", "song"]
)
def test_writing_stems_can_be_stopped(tmp_path: Path, asked: dict[str, Any]) -> None:
    """The stop that comes when the mix is written ends the render before all stems are."""
    job = RenderJob(
        folder=tmp_path,
        wanted=wanted(ENGINE_MODEL, {**asked, "num_inference_steps": 50, "stems": True}, seed=3),
    )

    def stop_while_stems_are_written(done: int, total: int) -> None:
        if (tmp_path / "riff.wav").exists():
            raise Stopped

    with pytest.raises(Stopped):
        render(job, stop_while_stems_are_written)
    assert list(tmp_path.glob("stem*")) == []

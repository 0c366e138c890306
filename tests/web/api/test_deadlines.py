"""``Cancel-After``: every spelling, both ends, and across a restart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.predictions import Prediction
from bot.web.api.app import Bounds
from bot.web.api.book import utc_now
from bot.web.api.deadlines import cancel_after_s
from bot.web.api.problems import Refusal
from tests.web.api.support import BODY, TinyEngine, server

QUICK = Bounds(deadline_tick_s=0.01)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h30m45s", 5_445),
        ("90", 90),
        ("5", 5),
        ("1h", 3_600),
        ("1M30S", 90),
        (None, None),
    ],
)
def test_every_spelling_is_read(header: str, seconds: int) -> None:
    """Hours, minutes and seconds; a bare number is seconds."""
    assert cancel_after_s(header) == seconds


@pytest.mark.parametrize("header", ["", "4", "4s", "0", "soon", "5s1m", "-5", "1.5h", "1h 5m", "s", "٣٠"])
def test_what_is_no_time_or_too_short_is_refused(header: str) -> None:
    """422 that names the header."""
    with pytest.raises(Refusal) as caught:
        cancel_after_s(header)
    assert caught.value.status == 422
    assert (caught.value.problem.invalid_fields or [])[0].field == "Cancel-After"


@given(st.integers(0, 99), st.integers(0, 99), st.integers(5, 99))
def test_the_parts_add_up(hours: int, minutes: int, seconds: int) -> None:
    """Whatever the parts, the sum is what is meant."""
    assert cancel_after_s(f"{hours}h{minutes}m{seconds}s") == 3_600 * hours + 60 * minutes + seconds


async def test_a_deadline_ends_what_runs_and_what_waits(tmp_path: Path) -> None:
    """``canceled`` while it runs, ``aborted`` before it started; others stay as they are."""
    tiny = TinyEngine()
    tiny.free.clear()
    late = timedelta(0)
    async with server(tmp_path, engine=tiny, bounds=QUICK, now=lambda: utc_now() + late) as engine:
        header = {"Cancel-After": "30s"}
        _, running, _ = await engine.call("POST", "/v1/predictions", json=BODY, headers=header)
        _, waiting, _ = await engine.call("POST", "/v1/predictions", json=BODY, headers=header)
        _, patient, _ = await engine.call("POST", "/v1/predictions", json=BODY)
        read = Prediction.model_validate(running)
        assert read.created_at is not None
        assert running["deadline"] == (read.created_at + timedelta(seconds=30)).isoformat().replace(
            "+00:00", "Z"
        )
        assert "deadline" not in patient
        await engine.until(running["id"], lambda told: told["status"] == "processing")
        late = timedelta(seconds=31)
        assert (await engine.ended(running["id"]))["status"] == "canceled"
        aborted = await engine.ended(waiting["id"])
        assert (aborted["status"], aborted["started_at"]) == ("aborted", None)
        tiny.free.set()
        assert (await engine.ended(patient["id"]))["status"] == "succeeded"
        assert len(tiny.jobs) == 2


async def test_a_deadline_survives_a_restart(tmp_path: Path) -> None:
    """What was due while no server was there is ended by the next one, before it renders."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        await engine.create()
        header = {"Cancel-After": "5"}
        _, made, _ = await engine.call("POST", "/v1/predictions", json=BODY, headers=header)
    tiny.free.clear()
    async with server(
        tmp_path, engine=tiny, bounds=QUICK, now=lambda: utc_now() + timedelta(seconds=6)
    ) as engine:
        assert (await engine.ended(made["id"]))["status"] == "aborted"
        tiny.free.set()


async def test_one_that_ended_in_time_stays_as_it_is(tmp_path: Path) -> None:
    """A deadline that passes later changes nothing."""
    late = timedelta(0)
    async with server(tmp_path, bounds=QUICK, now=lambda: utc_now() + late) as engine:
        header = {"Cancel-After": "1m", "Prefer": "wait"}
        _, made, _ = await engine.call("POST", "/v1/predictions", json=BODY, headers=header)
        late = timedelta(minutes=2)
        await engine.create()  # one look at the clock later at least
        assert (await engine.ended(made["id"]))["status"] == "succeeded"

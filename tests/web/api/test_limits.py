"""What one token may ask for, and what it is told when that is too much."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.web.api.app import Bounds
from bot.web.api.limits import Bucket, TokenLimits
from tests.web.api.support import BODY, TinyEngine, server


def test_a_bucket_counts_only_what_it_gives() -> None:
    """A minute's worth at once, then as it drips; refused calls cost nothing, tokens do not share."""
    now_s = 0.0
    bucket = Bucket(60, lambda: now_s)
    assert [bucket.take("a") for _ in range(60)] == [0.0] * 60
    waits = [bucket.take("a") for _ in range(100)]
    assert set(waits) == {1.0}
    assert bucket.take("b") == 0.0
    now_s = 1.0
    assert bucket.take("a") == 0.0
    assert bucket.take("a") == pytest.approx(1.0)


def test_a_bucket_gives_all_or_nothing() -> None:
    """Two are not taken one by one; more than it holds makes a debt, and what was not used goes back."""
    now_s = 0.0
    bucket = Bucket(3, lambda: now_s)
    assert bucket.take("a", 2) == 0.0
    assert bucket.take("a", 2) == pytest.approx(20.0)
    assert bucket.take("a") == 0.0
    assert bucket.take("b", 5) == 0.0
    assert bucket.take("b") == pytest.approx(60.0)
    bucket.put_back("b", 5)
    assert bucket.take("b", 3) == 0.0


async def test_too_many_creations_a_minute(tmp_path: Path) -> None:
    """429 with the wait in header, field and text; others are not held up, reading goes on."""
    bounds = Bounds(token=TokenLimits(creates_a_minute=2))
    async with server(tmp_path, tokens=["t", "u"], token="t", bounds=bounds) as engine:
        made = [await engine.create() for _ in range(2)]
        for _ in range(5):  # npm's client tries again at once
            assert (await engine.call("POST", "/v1/predictions", json=BODY))[0] == 429
        status, told, response = await engine.call("POST", "/v1/predictions", json=BODY)
        assert status == 429
        assert response.headers["Retry-After"] == str(told["retry_after"])
        assert 1 <= told["retry_after"] <= 30
        assert told["detail"].startswith("Request was throttled")
        other = {"Authorization": "Bearer u"}
        assert (await engine.call("POST", "/v1/predictions", json=BODY, headers=other))[0] == 201
        assert (await engine.call("GET", f"/v1/predictions/{made[0]['id']}"))[0] == 200


async def test_too_many_other_calls_a_minute(tmp_path: Path) -> None:
    """Counted apart from creations."""
    bounds = Bounds(token=TokenLimits(calls_a_minute=3))
    async with server(tmp_path, bounds=bounds) as engine:
        statuses = [(await engine.call("GET", "/v1/account"))[0] for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        await engine.create()


async def test_too_many_of_a_token_wait(tmp_path: Path) -> None:
    """The queue of one token is full; another's is not."""
    tiny = TinyEngine()
    tiny.free.clear()
    bounds = Bounds(token=TokenLimits(queued=1, rendering=1))
    async with server(tmp_path, engine=tiny, tokens=["t", "u"], token="t", bounds=bounds) as engine:
        first = await engine.create()
        await engine.until(first["id"], lambda told: told["status"] == "processing")
        await engine.create()
        assert (await engine.call("POST", "/v1/predictions", json=BODY))[0] == 429
        other = {"Authorization": "Bearer u"}
        assert (await engine.call("POST", "/v1/predictions", json=BODY, headers=other))[0] == 201
        tiny.free.set()


async def test_too_many_wait_for_an_answer(tmp_path: Path) -> None:
    """Only so many calls of one token are held open."""
    tiny = TinyEngine()
    tiny.free.clear()
    bounds = Bounds(token=TokenLimits(open_calls=1))
    async with server(tmp_path, engine=tiny, bounds=bounds) as engine:
        wait = {"Prefer": "wait=60"}
        held = asyncio.create_task(engine.call("POST", "/v1/predictions", json=BODY, headers=wait))
        async with asyncio.timeout(30):
            while not (await engine.call("GET", "/v1/predictions"))[1]["results"]:
                await engine.rest()
        assert (await engine.call("POST", "/v1/predictions", json=BODY, headers=wait))[0] == 429
        tiny.free.set()
        assert (await held)[1]["status"] == "succeeded"


async def test_a_used_up_credit_is_402_also_after_a_restart(tmp_path: Path) -> None:
    """What was rendered is counted on disk; what is there can still be read."""
    bounds = Bounds(token=TokenLimits(credit_s=0.015))
    async with server(tmp_path, bounds=bounds) as engine:
        await engine.ended((await engine.create())["id"])
        made = await engine.create()
        await engine.ended(made["id"])
    async with server(tmp_path, bounds=bounds) as engine:
        status, told, response = await engine.call("POST", "/v1/predictions", json=BODY)
        assert (status, told["title"]) == (402, "Billing required")
        assert response.content_type == "application/problem+json"
        assert (await engine.call("GET", f"/v1/predictions/{made['id']}"))[0] == 200


async def test_a_stopping_server_takes_nothing_more(tmp_path: Path) -> None:
    """503 with a time to come back for creations; who waits is let go with ``starting``."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        wait = {"Prefer": "wait=60"}
        held = asyncio.create_task(engine.call("POST", "/v1/predictions", json=BODY, headers=wait))
        async with asyncio.timeout(30):
            while not tiny.jobs:
                await engine.rest()
        await engine.stop()
        status, told, response = await engine.call("POST", "/v1/predictions", json=BODY)
        assert (status, response.headers["Retry-After"]) == (503, str(told["retry_after"]))
        status, told, _ = await held
        assert (status, told["status"]) == (202, "starting")
        assert (await engine.call("GET", "/health"))[1]["status"] == "stopping"
        tiny.free.set()

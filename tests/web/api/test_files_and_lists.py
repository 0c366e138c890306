"""Results by address, the list of predictions, and who may see what."""

from __future__ import annotations

import itertools
import wave
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from tests.web.api.support import BODY, TinyEngine, server


async def test_a_result_needs_no_token_and_comes_in_parts(tmp_path: Path) -> None:
    """Whole, by range and by HEAD; official clients fetch results without their token."""
    async with server(tmp_path, tokens=["s3cret"], token="s3cret") as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
        address = told["output"]["audio"]
        async with engine.session.get(address, headers={"Authorization": ""}) as response:
            assert (response.status, response.content_type) == (200, "audio/wav")
            whole = await response.read()
        async with engine.session.get(
            address, headers={"Authorization": "", "Range": "bytes=4-11"}
        ) as response:
            assert (response.status, await response.read()) == (206, whole[4:12])
        async with engine.session.head(address) as response:
            assert int(response.headers["Content-Length"]) == len(whole)
    with wave.open(BytesIO(whole)) as wav:
        assert wav.getframerate() == 44_100


@pytest.mark.parametrize(
    "path",
    [
        "/outputs/{key}/progress",
        "/outputs/{key}/..%2f..%2fengine.sqlite",
        "/outputs/..%2f/engine.sqlite",
        "/outputs/aaaaaaaaaaaaaaaaaaaaaaaa/riff.wav",
        "/outputs/{key}",
    ],
)
async def test_only_results_are_handed_out(tmp_path: Path, path: str) -> None:
    """No other file of the folder or around it can be named."""
    async with server(tmp_path) as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
        key = told["output"]["audio"].split("/")[-2]
        assert (await engine.call("GET", path.format(key=key)))[0] == 404


async def test_the_list_goes_page_by_page_both_ways(tmp_path: Path) -> None:
    """100 a page, newest first, whole addresses; pages do not shift when new ones arrive."""
    ticks = itertools.count()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    tiny = TinyEngine()
    async with server(tmp_path, engine=tiny, now=lambda: start + timedelta(seconds=next(ticks))) as engine:
        ids = [(await engine.create())["id"] for _ in range(205)]
        await engine.ended(ids[-1])
        _, first, _ = await engine.call("GET", "/v1/predictions")
        await engine.create()
        async with engine.session.get(first["next"]) as response:
            second = await response.json()
        async with engine.session.get(second["next"]) as response:
            third = await response.json()
        async with engine.session.get(second["previous"]) as response:
            back = await response.json()
    seen = [each["id"] for page in (first, second, third) for each in page["results"]]
    assert seen == ids[::-1]
    assert (first["previous"], third["next"]) == (None, None)
    assert first["next"].startswith(engine.url + "/v1/predictions?cursor=")
    assert [each["id"] for each in back["results"]] == [each["id"] for each in first["results"]]


async def test_the_list_can_be_narrowed_by_time(tmp_path: Path) -> None:
    """``created_after`` and ``created_before`` are strict; what is no time is a 422."""
    async with server(tmp_path) as engine:
        old = await engine.create()
        new = await engine.create()
        _, after, _ = await engine.call("GET", f"/v1/predictions?created_after={old['created_at']}")
        _, before, _ = await engine.call("GET", f"/v1/predictions?created_before={new['created_at']}")
        offset = old["created_at"].replace("Z", "+00:00")  # the plus arrives as a blank
        _, again, _ = await engine.call("GET", f"/v1/predictions?created_after={offset}")
        status, told, _ = await engine.call("GET", "/v1/predictions?created_after=yesterday")
        bad_cursor, _, _ = await engine.call("GET", "/v1/predictions?cursor=%C3%A9")
    assert [each["id"] for each in after["results"]] == [new["id"]]
    assert [each["id"] for each in before["results"]] == [old["id"]]
    assert again["results"][0]["id"] == new["id"]
    assert (status, told["invalid_fields"][0]["field"], bad_cursor) == (422, "created_after", 422)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic s3cret", "Bearer s3cre", "Bearer é"])
async def test_calls_need_a_token_where_tokens_are_set(tmp_path: Path, header: str) -> None:
    """401 as problem+json for anything else, also on unknown paths; health answers without."""
    async with server(tmp_path, tokens=["other", "s3cret"]) as engine:
        for method, path in (("GET", "/v1/predictions"), ("POST", "/v1/predictions"), ("GET", "/v1/x")):
            status, told, response = await engine.call(method, path, headers={"Authorization": header})
            assert (status, told["title"]) == (401, "Unauthenticated")
            assert response.content_type == "application/problem+json"
        assert (await engine.call("GET", "/health"))[0] == 200
        good = {"Authorization": "token s3cret"}
        assert (await engine.call("GET", "/v1/predictions", headers=good))[0] == 200


async def test_one_token_does_not_see_anothers_predictions(tmp_path: Path) -> None:
    """Not in the list, not by id, and it cannot cancel them."""
    async with server(tmp_path, tokens=["one", "two"], token="one") as engine:
        made = await engine.create()
        two = {"Authorization": "Bearer two"}
        assert (await engine.call("GET", f"/v1/predictions/{made['id']}", headers=two))[0] == 404
        assert (await engine.call("POST", f"/v1/predictions/{made['id']}/cancel", headers=two))[0] == 404
        assert (await engine.call("GET", "/v1/predictions", headers=two))[1]["results"] == []
        assert (await engine.ended(made["id"]))["status"] == "succeeded"


async def test_without_tokens_only_this_machines_own_names_are_answered(tmp_path: Path) -> None:
    """A web page whose name was bent to 127.0.0.1 gets nothing."""
    async with server(tmp_path) as engine:
        bent = {"Host": "evil.example:80"}
        assert (await engine.call("GET", "/v1/predictions", headers=bent))[0] == 403
        assert (await engine.call("POST", "/v1/predictions", json=BODY, headers=bent))[0] == 403
        assert (await engine.call("GET", "/v1/predictions", headers={"Host": "localhost"}))[0] == 200

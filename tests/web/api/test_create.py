"""Creating predictions: spellings, answers and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.predictions import ENGINE_VERSION
from bot.web.api.accept import accept
from bot.web.api.app import Bounds
from bot.web.api.problems import Refusal
from bot.web.api.routes import preferred_wait_s
from bot.web.api.wanted import wanted
from tests.web.api.support import BODY, VERSION, TinyEngine, server

REQUIRED = {
    "id",
    "model",
    "version",
    "input",
    "output",
    "data_removed",
    "error",
    "status",
    "created_at",
    "urls",
}


async def test_a_created_prediction_has_every_required_field(tmp_path: Path) -> None:
    """201 with the whole object, the input exactly as sent and no null among the urls."""
    sent = {"denoising": 0.7, "prompt_a": "lo-fi rain piano 🎹", "reference": "mine"}
    async with server(tmp_path) as engine:
        told = await engine.create(input=sent)
    assert told.keys() >= REQUIRED
    assert told["input"] == sent
    assert told["status"] == "starting"
    assert told["source"] == "api"
    assert len(told["id"]) == 26
    assert all(isinstance(address, str) for address in told["urls"].values())


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/v1/predictions", VERSION),
        ("/v1/predictions", f"riffusion/riffusion:{VERSION}"),
        ("/v1/predictions", f"riffcord/engine:{ENGINE_VERSION}"),
        ("/predictions", VERSION),
        ("/v1/models/riffusion/riffusion/predictions", None),
        ("/v1/models/riffusion/riffusion/predictions", VERSION),
        ("/models/riffcord/engine/predictions", ENGINE_VERSION),
    ],
)
async def test_every_spelling_of_a_version_is_accepted(
    tmp_path: Path, path: str, version: str | None
) -> None:
    """By bare id, by owner/name:id and by the model's own path, with and without /v1."""
    async with server(tmp_path) as engine:
        status, told, _ = await engine.call("POST", path, json={"version": version, "input": {}})
    assert status == 201
    assert told["version"] in (VERSION, ENGINE_VERSION)


async def test_the_aggregators_path_answers_200(tmp_path: Path) -> None:
    """Below /replicate/v1 a create call is answered with 200, as aggregators do."""
    async with server(tmp_path) as engine:
        path = "/replicate/v1/models/riffusion/riffusion/predictions"
        status, told, _ = await engine.call("POST", path, json={"input": {}})
    assert status == 200
    assert told["status"] == "starting"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"input": {}}, 422, "version"),
        ({"version": "0" * 64, "input": {}}, 422, "version"),
        ({"version": VERSION}, 422, "input"),
        ({"version": VERSION, "input": []}, 422, "input"),
        ({"version": VERSION, "input": {"alpha": 1.5}}, 422, "input.alpha"),
        ({"version": VERSION, "input": {"denoising": -0.1}}, 422, "input.denoising"),
        ({"version": VERSION, "input": {"num_inference_steps": 0}}, 422, "input.num_inference_steps"),
        ({"version": VERSION, "input": {"num_inference_steps": 1.5}}, 422, "input.num_inference_steps"),
        ({"version": VERSION, "input": {"seed_image_id": "moon"}}, 422, "input.seed_image_id"),
        ({"version": VERSION, "input": {"prompt_a": 7}}, 422, "input.prompt_a"),
        ({"version": VERSION, "input": {"prompt_a": "  "}}, 422, "input.prompt_a"),
        ({"version": ENGINE_VERSION, "input": {"length_s": 61}}, 422, "input.length_s"),
        ({"version": ENGINE_VERSION, "input": {"seed": -1}}, 422, "input.seed"),
        ({"version": VERSION, "input": {}, "webhook": "ftp://example.org/x"}, 422, "webhook"),
        ({"version": VERSION, "input": {}, "webhook": "http://[::1"}, 422, "webhook"),
        ({"version": VERSION, "input": {}, "webhook_events_filter": ["end"]}, 422, "webhook_events_filter.0"),
    ],
)
async def test_a_faulty_call_names_the_field(
    tmp_path: Path, body: dict[str, Any], status: int, field: str
) -> None:
    """Faults are problem+json with the field in invalid_fields, and nothing is queued."""
    async with server(tmp_path) as engine:
        got, told, response = await engine.call("POST", "/v1/predictions", json=body)
        _, listed, _ = await engine.call("GET", "/v1/predictions")
    assert got == status
    assert response.content_type == "application/problem+json"
    assert told["status"] == status
    assert field in [fault["field"] for fault in told["invalid_fields"]]
    assert listed["results"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"version": "%s", "input": {"alpha": NaN}}' % VERSION.encode(), 422),
        (b'{"version": "%s", "input": {"x": 1e999}}' % VERSION.encode(), 422),
        (b'{"version": "%s", "input": {"x": "\\ud800"}}' % VERSION.encode(), 422),
        (b" " * 300_000, 413),
        (b"[]", 422),
    ],
)
async def test_bodies_that_are_no_call_are_refused(tmp_path: Path, body: bytes, status: int) -> None:
    """Broken JSON, numbers that are none, half characters and too much of it."""
    async with (
        server(tmp_path, bounds=Bounds(body_bytes=256 * 2**10)) as engine,
        engine.session.post(
            engine.url + "/v1/predictions", data=body, headers={"Content-Type": "application/json"}
        ) as response,
    ):
        assert response.status == status
        assert response.content_type == "application/problem+json"
        assert (await response.json(content_type=None))["status"] == status


async def test_other_content_types_and_methods_are_refused(tmp_path: Path) -> None:
    """415 for a form, 405 with Allow for a wrong method, 404 for a wrong path or model."""
    async with server(tmp_path) as engine:
        async with engine.session.post(engine.url + "/v1/predictions", data={"a": "b"}) as response:
            assert response.status == 415
        status, _, response = await engine.call("DELETE", "/v1/predictions")
        assert (status, set(response.headers["Allow"].split(","))) == (405, {"GET", "POST"})
        assert (await engine.call("GET", "/v1/nothing"))[0] == 404
        assert (await engine.call("POST", "/v1/models/a/b/predictions", json={"input": {}}))[0] == 404
        assert (await engine.call("GET", "/v1/predictions/unknown"))[0] == 404


async def test_prefer_wait_answers_with_the_result(tmp_path: Path) -> None:
    """A waited-for prediction that ends in time comes back whole, with 201."""
    async with server(tmp_path) as engine:
        status, told, response = await engine.call(
            "POST", "/v1/predictions", json=BODY, headers={"Prefer": "wait=30"}
        )
    assert (status, told["status"]) == (201, "succeeded")
    assert response.headers["Preference-Applied"] == "wait=30"
    assert told["output"].keys() == {"audio", "spectrogram"}


async def test_a_wait_that_runs_out_says_starting(tmp_path: Path) -> None:
    """202 and ``starting`` although it runs: official clients take any other status for the end."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        status, told, _ = await engine.call(
            "POST", "/v1/predictions", json=BODY, headers={"Prefer": "wait=1"}
        )
        _, later, _ = await engine.call("GET", f"/v1/predictions/{told['id']}")
        tiny.free.set()
    assert (status, told["status"], told["output"]) == (202, "starting", None)
    assert later["status"] == "processing"


@pytest.mark.parametrize(
    ("prefer", "wait_s"),
    [
        (["wait"], 60),
        (["wait=1"], 1),
        (["respond-async, wait=5"], 5),
        (["wait=99"], 60),
        (["wait=0"], None),
        (["wait=ten"], None),
        (["respond-async"], None),
        ([], None),
    ],
)
def test_prefer_is_read_as_the_rfc_says(prefer: list[str], wait_s: int | None) -> None:
    """Several preferences may come at once; unknown ones are ignored."""
    assert preferred_wait_s(prefer) == wait_s


async def test_a_full_queue_says_when_to_come_back(tmp_path: Path) -> None:
    """429 with Retry-After in the header and in the body, and the queue does not grow."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny, bounds=Bounds(queue=2)) as engine:
        first = await engine.create()
        await engine.until(first["id"], lambda told: told["status"] == "processing")
        await engine.create()
        await engine.create()
        status, told, response = await engine.call("POST", "/v1/predictions", json=BODY)
        tiny.free.set()
    assert status == 429
    assert int(response.headers["Retry-After"]) == told["retry_after"] >= 1


values = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
inputs = st.dictionaries(
    st.sampled_from(["prompt_a", "prompt_b", "alpha", "denoising", "seed_image_id", "seed", "length_s", "x"]),
    values | st.floats(0, 1) | st.lists(values, max_size=2),
)


@given(st.binary(max_size=200) | inputs.map(lambda given: json.dumps(given).encode()))
def test_no_body_breaks_the_door(body: bytes) -> None:
    """Whatever arrives without a version is refused in the API's own words, never by an error of ours."""
    with pytest.raises(Refusal):
        accept(body, path_model=None, private_webhooks=False)


@given(inputs)
def test_what_is_accepted_can_be_played(given_input: dict[str, Any]) -> None:
    """An accepted input becomes arguments within the engine's bounds, and is echoed as it was sent."""
    body = json.dumps({"input": given_input}).encode()
    try:
        accepted = accept(body, path_model="riffcord/engine", private_webhooks=False)
    except Refusal:
        return
    spec = wanted(accepted.model.name, accepted.sent_input, 1).specs[0]
    assert 0 <= spec["alpha"] <= 1
    assert 0 <= spec["denoising"] <= 1
    assert 1 <= spec["num_inference_steps"] <= 1_000
    assert spec["prompt_a"].strip()
    assert accepted.sent_input == given_input

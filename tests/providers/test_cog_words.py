"""What containers are sent and what they say, word for word, and whatever else might stand there."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import HostBusy, HostError, InvalidInput, OutcomeUnknown, Unreachable
from bot.protocol.engine import EngineInput
from bot.protocol.runs import FailureCause
from bot.providers.cog import CogHost
from bot.providers.cog_health import Health, life_now, run_id, why_lost
from bot.providers.cog_inputs import THE_SIX, Takes, inputs_for
from bot.providers.cog_reports import BearerVerifier, run_told
from tests.providers.support import Behaviour, Pauses, Script, answer, drop, raw, scripted

READY = {"status": "READY", "setup": {"started_at": "2026-11-21T10:09:34.973583817+00:00"}}
HOOK = "http://127.0.0.1:1/hooks/1"
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
REPORT_FIELDS = st.sampled_from(["id", "status", "output", "error", "logs", "metrics", "input", "urls"])


def inputs(wanted: EngineInput, takes: Takes = THE_SIX, **brought: Any) -> dict[str, Any]:
    """What is sent of an order."""
    return inputs_for("cog", wanted, takes, reference="ref", brought=brought)


def test_the_six_and_no_more() -> None:
    """Defaults go along, an empty second prompt does not, and what only other hosts take stays here."""
    assert inputs(EngineInput(prompt_a="rain", seed=4, length_s=20.0, denoising=0.5)) == {
        "prompt_a": "rain",
        "alpha": 0.5,
        "denoising": 0.5,
        "seed_image_id": "vibes",
        "num_inference_steps": 50,
    }


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"lyrics": "la"}, "lyrics"),
        ({"instrumental": True}, "instrumental"),
        ({"transform": "cover"}, "transform"),
        ({"bars": 8}, "bars"),
        ({"stems": True}, "stems"),
    ],
)
def test_what_the_six_cannot_say(wanted: dict[str, Any], field: str) -> None:
    """An order that needs more is refused by the name of what is missing."""
    with pytest.raises(InvalidInput) as caught:
        inputs(EngineInput(**wanted))
    assert caught.value.field == field


def test_a_container_of_our_own_kind() -> None:
    """What it describes is sent: reference, seed, and a source that comes along."""
    takes = Takes(names=frozenset({"prompt_a", "transform", "audio", "seed", "reference"}))
    sent = inputs(EngineInput(prompt_a="x", transform="cover", seed=1), takes, audio="data:,x")
    assert sent == {"prompt_a": "x", "transform": "cover", "seed": 1, "reference": "ref", "audio": "data:,x"}
    with pytest.raises(InvalidInput) as caught:
        inputs(EngineInput(prompt_a="x", transform="cover"), takes, score={})
    assert caught.value.field == "score"


def test_another_prompt_and_a_required_input() -> None:
    """A model with one ``prompt`` gets the first; one that needs what no order has is not asked."""
    takes = Takes(names=frozenset({"prompt", "duration"}))
    assert inputs(EngineInput(prompt_a="x", denoising=0.75), takes) == {"prompt": "x"}
    with pytest.raises(InvalidInput) as caught:
        inputs(
            EngineInput(prompt_a="x"),
            Takes(names=frozenset({"prompt_a", "image"}), required=frozenset({"image"})),
        )
    assert caught.value.field == "image"
    with pytest.raises(InvalidInput, match="prompt_b"):
        inputs(EngineInput(prompt_a="x", prompt_b="y"), takes)


def test_descriptions() -> None:
    """Names and required ones; a document without inputs describes nothing."""
    schema: dict[str, Any] = {"properties": {"a": {}, "b": {}}, "required": ["a"]}
    document: dict[str, Any] = {"components": {"schemas": {"Input": schema, "Output": {}}}}
    assert Takes.told_by(document) == Takes(names=frozenset({"a", "b"}), required=frozenset({"a"}))
    nothing: list[Any] = [None, [], {}, {"components": {"schemas": {}}}]
    for odd in [*nothing, {"components": {"schemas": {"Input": nothing}}}]:
        assert Takes.told_by(odd) is None


def test_reports() -> None:
    """The end as Cog 0.23.1 tells it (bodies as observed)."""
    output = {"audio": "data:audio/x-wav;base64,UklG", "spectrogram": "data:image/jpeg;base64,/9j/"}
    done: dict[str, Any] = {
        "id": "five",
        "logs": "hello\n",
        "metrics": {"predict_time": 0.009783361},
        "output": output,
        "status": "succeeded",
    }
    run = run_told("cog", json.dumps(done).encode())
    assert (run.id, run.status, run.compute_s) == ("five", "succeeded", 0.009783361)
    assert [(each.audio, each.picture) for each in run.results] == [tuple(output.values())]
    crashed: dict[str, Any] = {
        "error": "Worker crashed",
        "id": "six",
        "logs": "",
        "metrics": {},
        "status": "failed",
    }
    assert run_told("cog", json.dumps(crashed).encode()).cause is FailureCause.INTERRUPTED
    failed = {
        "id": "three",
        "status": "failed",
        "error": "Prediction failed: Prediction failed: ValueError: no",
    }
    run = run_told("cog", json.dumps(failed).encode())
    assert (run.error, run.cause) == ("ValueError: no", FailureCause.INPUT_REFUSED)


def test_uploads_are_put_in_order() -> None:
    """By the numbers in their names; where some came inline they stay as they are."""
    names = [f"https://up.example/clip-{number}.wav?x={9 - number}" for number in (10, 2, 1)]
    report = {"id": "a", "status": "succeeded", "output": names}
    run = run_told("cog", json.dumps(report).encode())
    assert [result.audio for result in run.results] == names[::-1]
    mixed = [names[0], "data:audio/wav;base64,UklG", names[1]]
    run = run_told("cog", json.dumps({**report, "output": mixed}).encode())
    assert [result.audio for result in run.results] == mixed


@given(st.binary() | JSON.map(lambda told: json.dumps(told).encode()))
def test_any_webhook(body: bytes) -> None:
    """A run or our own error, whatever comes."""
    with contextlib.suppress(HostError):
        run_told("cog", body).model_dump_json()


@given(st.dictionaries(REPORT_FIELDS, JSON), st.sampled_from(["succeeded", "failed", "canceled", "odd"]))
def test_any_report(report: dict[str, Any], status: str) -> None:
    """Likewise for what looks like a report; it can be kept."""
    with contextlib.suppress(HostError):
        run_told("cog", json.dumps({"id": "x", "status": status, **report}).encode()).model_dump_json()


@given(JSON)
def test_any_description(document: Any) -> None:
    """Whatever a container says of its inputs."""
    Takes.told_by({"components": {"schemas": {"Input": document}}})


def test_lives() -> None:
    """A run is lost with the life of the container that it was sent to; one without a name never is."""
    first, second = (
        Health.model_validate(READY),
        Health.model_validate({**READY, "setup": {"started_at": "later"}}),
    )
    mine = run_id("reference", first.life)
    assert mine == run_id("reference", first.life) != run_id("other", first.life)
    assert (why_lost(first, mine), why_lost(None, mine)) == (None, None)
    assert "started anew" in (why_lost(second, mine) or "")
    nameless = run_id("reference", "")
    assert why_lost(second, nameless) is None
    for status in ("SETUP_FAILED", "UNHEALTHY", "DEFUNCT"):
        broken = Health.model_validate({**READY, "status": status})
        assert "broke down" in (why_lost(broken, nameless) or "")
        with pytest.raises(Unreachable):
            life_now("cog", broken)
    with pytest.raises(HostBusy):
        life_now("cog", Health.model_validate({"status": "STARTING"}))


def test_a_health_check_that_tells_little() -> None:
    """Only the status is needed; a life without a beginning has no name."""
    for told in ({}, {"setup": None, "version": None}, {"setup": {"started_at": None}, "version": {}}):
        health = Health.model_validate({"status": "READY", **told})
        assert (health.life, health.in_words, life_now("cog", health)) == ("", "ready", "")


def test_a_webhook_token() -> None:
    """Only exactly that one, under any case of the header's name; nonsense is a plain no."""
    verifier = BearerVerifier("secret")
    assert verifier.verify({"AUTHORIZATION": "Bearer secret"}, b"")
    for odd in (
        {},
        {"authorization": "secret"},
        {"authorization": "Bearer \udcff"},
        {"authorization": "Bearer secret "},
    ):
        assert not verifier.verify(odd, b"")


@pytest.mark.parametrize(
    ("act", "error", "field"),
    [
        (answer(409, {"error": "At capacity - all prediction slots busy", "status": "failed"}), HostBusy, ""),
        (answer(503, {"error": "Setup has not finished yet.", "status": "failed"}), HostBusy, ""),
        (
            answer(
                422,
                {"detail": [{"loc": ["body", "input", "alpha"], "msg": "9 is more", "type": "value_error"}]},
            ),
            InvalidInput,
            "alpha",
        ),
        (raw(422, b"Failed to parse the request body as JSON", Content_Type="text/plain"), InvalidInput, ""),
        (raw(415, b"Expected request with `Content-Type: application/json`"), InvalidInput, ""),
        (raw(500, b"<html>"), OutcomeUnknown, ""),
        (raw(202, b"not json"), OutcomeUnknown, ""),
        (answer(202, {"id": "another", "status": "starting"}), OutcomeUnknown, ""),
        (drop, OutcomeUnknown, ""),
    ],
)
async def test_answers_to_an_order(act: Behaviour, error: type[HostError], field: str) -> None:
    """Each is one error of the tree, and the call is made once."""
    async with scripted(
        answer(200, READY), raw(503, b""), raw(503, b""), raw(503, b""), raw(503, b""), act
    ) as script:
        host = _client(script)
        with pytest.raises(error) as caught:
            await host.create(EngineInput(prompt_a="x"), reference="r", webhook=HOOK)
        assert getattr(caught.value, "field", "") == field
        await host.close()
    puts = [call for call in script.calls if call.method == "PUT"]
    assert [(put.headers["Prefer"], put.body["webhook"]) for put in puts] == [("respond-async", HOOK)]
    assert puts[0].body["webhook_events_filter"] == ["start", "logs", "completed"]
    assert puts[0].body["input"].keys() == THE_SIX.names - {"prompt_b"}


async def test_a_container_that_tells_nothing() -> None:
    """No health check and no description: the six, an id of the reference alone, and no guess at an end."""
    async with scripted(*[answer(404)] * 2, _echo, answer(404)) as script:
        host = _client(script)
        run = await host.create(EngineInput(prompt_a="x"), reference="r", webhook=HOOK)
        assert "-" not in run.id
        assert (await host.get(run.id)).status == "processing"
        assert not (await host.check()).answers
        with pytest.raises(OutcomeUnknown):
            await host.find(EngineInput(), reference="r", since=datetime.now(UTC))
        await host.close()


async def _echo(request: web.Request) -> web.Response:
    """Accept whatever it is, as Cog does."""
    return web.json_response(
        {"id": request.match_info["tail"].rpartition("/")[2], "status": "starting"}, status=202
    )


def _client(script: Script) -> CogHost:
    host = CogHost(name="cog", base_url=script.url)
    host.http.pause = Pauses()
    return host

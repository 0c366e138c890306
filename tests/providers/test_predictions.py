"""What the client sends, finds and cancels; table of configured hosts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.errors import (
    BadKey,
    ExitCode,
    NotUnderstood,
    RateLimited,
    Refused,
    StartupError,
    Unreachable,
)
from bot.jobs.ports import Host
from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_VERSION, Prediction
from bot.providers import PredictionsHost, hosts_from
from bot.providers.fingerprint import bears, marked
from bot.settings import load
from tests.providers.support import (
    TOKEN,
    Pauses,
    answer,
    client,
    problem,
    raw,
    scripted,
    told,
    wanted,
)

SINCE = datetime(2026, 2, 3, 4, 0, tzinfo=UTC)


def test_the_client_is_a_host() -> None:
    """It fits the port that the job machine asks for."""
    host: Host = PredictionsHost(
        name="engine", base_url="http://x", model=ENGINE_MODEL, version=None, local=True
    )
    assert host.name == "engine"


async def test_replicate_is_sent_exactly_the_six() -> None:
    """By version, with the bearer token, both webhook events, and the mark in ``denoising``."""
    asked = wanted(prompt_b="rave", seed=5, length_s=9.0, steps=30)
    async with scripted(answer(201, told())) as host, client(host.url) as replicate:
        await replicate.create(asked, reference="job-1", webhook="https://bot.example/hook")
    call = host.calls[0]
    assert (call.method, call.path) == ("POST", "/v1/predictions")
    assert call.headers["Authorization"] == f"Bearer {TOKEN}"
    assert call.body["version"] == RIFFUSION_VERSION
    assert call.body["webhook"] == "https://bot.example/hook"
    assert call.body["webhook_events_filter"] == ["start", "completed"]
    sent = call.body["input"]
    assert set(sent) == {
        "prompt_a",
        "prompt_b",
        "alpha",
        "denoising",
        "seed_image_id",
        "num_inference_steps",
    }
    assert (sent["prompt_a"], sent["prompt_b"], sent["num_inference_steps"]) == (
        "lo-fi rain piano",
        "rave",
        30,
    )
    assert bears(sent, "job-1")


async def test_the_engine_is_sent_its_own_too() -> None:
    """By the model's path, with seed, length and reference, and the parameters untouched."""
    asked = wanted(seed=5, length_s=9.0, denoising=0.6)
    async with scripted(answer(201, told())) as host, client(host.url, model=ENGINE_MODEL) as engine:
        await engine.create(asked, reference="job-1", webhook=None)
    call = host.calls[0]
    assert call.path == "/v1/models/riffcord/engine/predictions"
    assert call.body == {
        "input": {
            "prompt_a": "lo-fi rain piano",
            "alpha": 0.5,
            "denoising": 0.6,
            "seed_image_id": "vibes",
            "num_inference_steps": 50,
            "seed": 5,
            "length_s": 9.0,
            "reference": "job-1",
        }
    }


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_every_success_is_taken(status: int) -> None:
    """Replicate answers 201 or 202, aggregators 200; unknown statuses are still running."""
    async with (
        scripted(answer(status, told(status="queued", surprise=1))) as host,
        client(host.url) as replicate,
    ):
        made = await replicate.create(wanted(), reference="r", webhook=None)
    assert not made.ended


@pytest.mark.parametrize(
    "changes",
    [
        {"urls": {"get": "x", "stream": None}},
        {"urls": None, "logs": None, "metrics": None, "model": None, "version": None},
        {"created_at": "2026-02-03T04:05:06.12345678Z"},
        {"created_at": "2026-02-03T04:05:06"},
        {"error": {"code": 1}, "status": "failed"},
        {"input": None, "data_removed": True},
    ],
)
def test_what_hosts_really_send_is_read(changes: dict[str, Any]) -> None:
    """Nulls, odd fractions, missing zones and errors that are objects."""
    read = Prediction.model_validate(told(**changes))
    assert read.created_at is not None
    assert read.created_at.tzinfo is not None


def _marked(reference: str, **changes: Any) -> dict[str, Any]:
    return told(input=marked({"alpha": 0.5, "denoising": 0.75}, reference), **changes)


async def test_a_lost_call_is_found_by_its_mark() -> None:
    """Page by page on our own address, oldest first, and only with exactly this mark."""
    async with (
        scripted(
            answer(
                200,
                {
                    "next": "https://elsewhere.example/v1/predictions?cursor=abc",
                    "results": [_marked("mine", id="b"), told(id="x"), _marked("other", id="y")],
                },
            ),
            answer(200, {"next": None, "results": [_marked("mine", id="a")]}),
        ) as host,
        client(host.url) as replicate,
    ):
        found = await replicate.find(wanted(), reference="mine", since=SINCE)
    assert [each.id for each in found] == ["a", "b"]
    assert [call.path for call in host.calls] == ["/v1/predictions"] * 2
    assert host.calls[1].query == {"cursor": "abc"}
    assert datetime.fromisoformat(host.calls[0].query["created_after"]) == SINCE - timedelta(hours=1)


@pytest.mark.parametrize("fast", [timedelta(hours=3), timedelta(minutes=5), timedelta(hours=-3)])
async def test_our_clock_need_not_agree_with_the_hosts(fast: timedelta) -> None:
    """An order is found although it seems to be older than it is, or from the future."""
    now = datetime.now(UTC)
    entries = [_marked("mine", id="a", created_at=now.isoformat())]

    async def listed(request: web.Request) -> web.Response:
        after = datetime.fromisoformat(request.query["created_after"])
        return web.json_response({"next": None, "results": entries if now >= after else []})

    async with scripted(listed) as host, client(host.url) as replicate:
        replicate.http.now = lambda: datetime.now(UTC) + fast
        for _ in range(2):  # its clock is not known before the first answer
            found = await replicate.find(wanted(), reference="mine", since=now + fast)
            assert [each.id for each in found] == ["a"]
        assert replicate.http.ahead is not None
        assert abs(replicate.http.ahead + fast) < timedelta(seconds=5)
        after = datetime.fromisoformat(host.calls[-1].query["created_after"])
        assert now - after <= timedelta(seconds=70), "once it is known, not more is read than is needed"


async def test_a_clock_that_was_put_back_since() -> None:
    """An order from what is now the future is looked for in the last hour."""
    now = datetime.now(UTC)
    page = {"next": None, "results": [_marked("mine", id="a", created_at=now.isoformat())]}
    async with scripted(answer(200, page)) as host, client(host.url) as replicate:
        later = now + timedelta(hours=2)
        found = await replicate.find(wanted(), reference="mine", since=later)
        assert [each.id for each in found] == ["a"]


async def test_a_full_account_is_searched_from_both_sides() -> None:
    """What stands before the end of our patience counts; else the time of the order bounds the list."""
    other = told(id="x", created_at=(SINCE + timedelta(hours=5)).isoformat())
    full = {"next": "http://x/?cursor=1", "results": [other]}
    seen = {"next": "http://x/?cursor=1", "results": [other, _marked("mine", id="a")]}
    ours = {"next": None, "results": [_marked("mine", id="b", created_at=SINCE.isoformat())]}

    async def account(request: web.Request) -> web.Response:
        return web.json_response(ours if "created_before" in request.query else full)

    async with scripted(answer(200, seen)) as host, client(host.url) as replicate:
        found = await replicate.find(wanted(), reference="mine", since=SINCE, until=SINCE)
        assert [each.id for each in found] == ["a"]
    async with scripted(account) as host, client(host.url) as replicate:
        found = await replicate.find(wanted(), reference="mine", since=SINCE, until=SINCE)
        assert [each.id for each in found] == ["b"]
        before = datetime.fromisoformat(host.calls[-1].query["created_before"])
        assert timedelta(minutes=1) <= before - SINCE <= timedelta(minutes=15)


async def test_only_what_was_ordered_bears_the_mark() -> None:
    """Two orders may bear one mark: the prompt tells them apart, and spaces in it do not."""
    asked = wanted()
    marks = marked({"alpha": 0.5, "denoising": 0.75}, "mine")
    words = (asked.prompt_a, f"  {asked.prompt_a} ", "another one")
    entries = [told(id=str(number), input={**marks, "prompt_a": each}) for number, each in enumerate(words)]
    page = {"next": None, "results": entries}
    async with scripted(answer(200, page)) as host, client(host.url) as replicate:
        found = await replicate.find(asked, reference="mine", since=SINCE)
        assert [each.id for each in found] == ["1", "0"]


async def test_the_search_ends_where_the_list_is_too_old() -> None:
    """A host that does not know ``created_after`` is not read to its beginning."""
    old = told(created_at=(SINCE - timedelta(days=1)).isoformat())
    page = {"next": "http://x/?cursor=1", "results": [_marked("mine", id="a"), old]}
    async with scripted(answer(200, page)) as host, client(host.url) as replicate:
        assert [each.id for each in await replicate.find(wanted(), reference="mine", since=SINCE)] == ["a"]
    assert len(host.calls) == 1


@pytest.mark.parametrize("entry", [{"id": None}, 5, told(input=None)])
async def test_an_entry_that_cannot_be_read_proves_nothing(entry: object) -> None:
    """It may be ours: nothing may be ordered again because of such a list, but what is found is found."""
    unread = answer(200, {"results": [entry]})
    read = answer(200, {"results": [entry, _marked("mine", id="a")]})
    async with scripted(unread, read) as host, client(host.url) as replicate:
        with pytest.raises(NotUnderstood):
            await replicate.find(wanted(), reference="mine", since=SINCE)
        assert [each.id for each in await replicate.find(wanted(), reference="mine", since=SINCE)] == ["a"]


async def test_a_list_without_end_is_not_understood() -> None:
    """A cursor that leads in a circle ends after a bounded number of pages."""
    page = {"next": "http://x/?cursor=1", "results": [told()]}
    async with scripted(answer(200, page)) as host, client(host.url) as replicate:
        with pytest.raises(NotUnderstood):
            await replicate.find(wanted(), reference="mine", since=SINCE)
    assert len(host.calls) <= 20


OVER = [
    answer(200, told(status="canceled")),
    *map(problem, (404, 409, 410, 422)),
    answer(200, {"code": 404, "message": "no such prediction"}),
]


@pytest.mark.parametrize("act", OVER)
async def test_cancelling_what_is_over_or_unknown_is_no_error(act: Any) -> None:
    """Whatever the host calls it, nothing runs any more."""
    async with scripted(act) as host, client(host.url) as replicate:
        await replicate.cancel("a/b")
    assert (host.calls[0].method, host.calls[0].path) == ("POST", "/v1/predictions/a/b/cancel")


async def test_cancelling_without_a_key_is_an_error() -> None:
    """A refusal that has nothing to do with the prediction is told."""
    async with scripted(problem(401)) as host, client(host.url) as replicate:
        with pytest.raises(BadKey):
            await replicate.cancel("x")


async def test_a_cancel_and_a_last_question_do_not_wait() -> None:
    """The host wants to be left alone for an hour: it costs money all the same what runs on there."""
    down = raw(503, b"", Retry_After="3600")
    async with scripted(down, answer(200, told()), answer(200, told())) as host:
        pauses = Pauses()
        async with client(host.url, pauses=pauses) as replicate:
            with pytest.raises((Unreachable, RateLimited)):
                await replicate.get("x")
            with pytest.raises(RateLimited):
                await replicate.get("x")
            assert len(host.calls) == 1
            assert (await replicate.get("x", urgent=True)).status == "starting"
            await replicate.cancel("x")
            assert len(host.calls) == 3
            pauses.now_s += 60
            assert (await replicate.get("x")).status == "starting"


async def test_an_unknown_prediction_is_refused() -> None:
    """404 for one prediction does not mean that the model is gone."""
    async with scripted(problem(404, detail="x")) as host, client(host.url) as replicate:
        with pytest.raises(Refused) as caught:
            await replicate.get("x")
    assert type(caught.value) is Refused


async def test_the_signing_secret_makes_a_verifier() -> None:
    """A secret that is none is not understood, and the secret is in no error."""
    good, bad = answer(200, {"key": "whsec_" + "A" * 32}), answer(200, {"key": "whsec_="})
    async with scripted(good, bad) as host, client(host.url) as replicate:
        verifier = await replicate.verifier()
        assert verifier is not None
        assert not verifier.verify({}, b"{}")
        with pytest.raises(NotUnderstood) as caught:
            await replicate.verifier()
    assert "whsec_" not in str(caught.value)


async def test_hosts_come_from_the_settings() -> None:
    """The engine by its address with the first token, Replicate where a key is given."""
    settings = load(None, engine_url="http://engine:9", engine_tokens="one, two", replicate_api_token="r8_x")
    async with hosts_from(settings) as hosts:
        assert set(hosts) == {"engine", "replicate"}
        engine, replicate = hosts["engine"], hosts["replicate"]
        assert isinstance(engine, PredictionsHost)
        assert (engine.base_url, engine.token, engine.local) == ("http://engine:9/v1", "one", True)
        assert (replicate.base_url, replicate.local) == ("https://api.replicate.com/v1", False)
        assert "r8_x" not in repr(hosts)
    async with hosts_from(load(None, engine_port=9)) as hosts:
        assert hosts["engine"].base_url == "http://127.0.0.1:9/v1"
    async with hosts_from(load(None, engine_port=9, engine_bind="fd00::1")) as hosts:
        assert hosts["engine"].base_url == "http://[fd00::1]:9/v1"
    async with hosts_from(load(None, engine_url="https://engine.example")) as hosts:
        assert not hosts["engine"].local


@pytest.mark.parametrize(
    ("default", "problem_key"), [("suno", "unknown_host"), ("replicate", "host_not_configured")]
)
async def test_a_wrong_default_host_stops_the_start(default: str, problem_key: str) -> None:
    """A name that nobody knows, or one whose key is missing."""
    with pytest.raises(StartupError) as caught:
        async with hosts_from(load(None, default_host=default, engine_port=9)):
            pass
    assert (caught.value.problem, caught.value.exit_code) == (problem_key, ExitCode.BAD_SETTINGS)

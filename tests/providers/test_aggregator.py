"""Gateways that imitate Replicate in part: what they are sent, what they answer, and where our key stays."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadKey, HostError, ModelGone, NoCredit, OutcomeUnknown, PromptRefused, Refused
from bot.jobs.ports import Host
from bot.protocol.image_models import VERSIONS, ImageInput
from bot.protocol.predictions import RIFFUSION_VERSION
from bot.providers.aggregator import AggregatorHost
from bot.providers.fingerprint import bears, seed_of
from tests.providers.support import (
    TOKEN,
    Behaviour,
    Pauses,
    answer,
    problem,
    raw,
    scripted,
    told,
    wanted,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
SDXL = "stability-ai/sdxl"


@contextlib.asynccontextmanager
async def gateway(url: str, **values: Any) -> AsyncGenerator[AggregatorHost]:
    """A client of the gateway at an address that never really pauses."""
    host = AggregatorHost(name="kkiai", base_url=url, token=TOKEN, local=True, **values)
    host.http.pause = host.downloads.pause = Pauses()
    try:
        yield host
    finally:
        await host.close()


def test_it_is_a_host_without_a_list() -> None:
    """The address is taken with or without the path below which Replicate is imitated."""
    for base in ("https://g.example", "https://g.example/", "https://g.example/replicate/v1"):
        host: Host = AggregatorHost(name="kkiai", base_url=base, token="k", local=False)
        assert host.base_url == "https://g.example/replicate/v1"
        offers = host.offers
        assert (offers.lists, offers.cancels, offers.signs, offers.polls) == (False, False, False, True)


async def test_music_is_asked_for_by_its_model_with_its_version() -> None:
    """Nothing goes along that a gateway does not document, and its own 200 is a success."""
    elsewhere = {"get": "https://api.replicate.com/v1/predictions/p", "stream": "https://x.example/s"}
    async with scripted(answer(200, told(urls=elsewhere))) as script, gateway(script.url) as host:
        made = await host.create(wanted(), reference="job-1", webhook=None)
        assert (await host.get(made.id)).id == made.id
    create, poll = script.calls
    assert (create.method, create.path) == ("POST", "/replicate/v1/models/riffusion/riffusion/predictions")
    assert set(create.body) == {"version", "input"}
    assert create.body["version"] == RIFFUSION_VERSION
    assert bears(create.body["input"], "job-1")
    assert "Cancel-After" not in create.headers
    assert (poll.method, poll.path) == ("GET", f"/replicate/v1/predictions/{made.id}")
    assert poll.headers["Authorization"] == f"Bearer {TOKEN}"


async def test_pictures_are_asked_for_by_name_and_version() -> None:
    """With a seed of ours, since nobody asked for one."""
    async with scripted(answer(200, told())) as script, gateway(script.url) as host:
        await host.create(ImageInput(model=SDXL, inputs={"prompt": "a cat"}), reference="job-1", webhook=None)
    call = script.calls[0]
    assert call.path == "/replicate/v1/predictions"
    assert call.body["version"] == f"{SDXL}:{VERSIONS[SDXL]}"
    assert call.body["input"] == {"prompt": "a cat", "seed": seed_of("job-1")}


@pytest.mark.parametrize("code", [None, "success", 200])
@pytest.mark.parametrize("entry", [{"url": "https://x/a.wav"}, "https://x/a.wav"])
async def test_an_answer_with_addresses_is_the_end(code: object, entry: object) -> None:
    """There is nothing to ask after; two orders are two runs."""
    plain = {"created": 1589478378, "data": [entry]}
    body = plain if code is None else {"code": code, "message": "", "data": plain}
    async with scripted(answer(200, body)) as script, gateway(script.url) as host:
        one = await host.create(wanted(), reference="job-1", webhook=None)
        two = await host.create(wanted(), reference="job-2", webhook=None)
    assert (one.status, [each.audio for each in one.results]) == ("succeeded", ["https://x/a.wav"])
    assert one.id != two.id


async def test_a_picture_that_comes_at_once_is_kept(tmp_path: Path) -> None:
    """Inline or at an address that does not say what it is."""
    async with scripted(raw(200, PNG)) as files:
        inline = {"b64_json": "iVBORw0KGgoAAAAAAAAAAA=="}
        for entry in (inline, {"url": f"{files.url}/without-a-name"}):
            body = {"created": 1, "data": [entry]}
            async with scripted(answer(200, body)) as script, gateway(script.url) as host:
                run = await host.create(
                    ImageInput(model=SDXL, inputs={"prompt": "a cat"}), reference="r", webhook=None
                )
                assert (await host.fetch_picture(run.results[0], tmp_path)).name == "picture.png"


def _envelope(code: str, message: str = "x (request id: 1)", **more: object) -> dict[str, Any]:
    return {"error": {"message": message, "type": "new_api_error", "code": code, **more}}


FAULTS: list[tuple[Behaviour, type[HostError]]] = [
    (answer(401, _envelope("invalid_token", "无效的令牌")), BadKey),
    (answer(403, _envelope("insufficient_user_quota", "用户额度不足")), NoCredit),
    (answer(403, _envelope("access_denied", "no")), BadKey),
    (answer(429, _envelope("insufficient_quota")), NoCredit),
    (answer(503, _envelope("model_not_found", "No available channel for model riffusion")), ModelGone),
    (answer(503, _envelope("", "当前分组下对于模型 riffusion 无可用渠道")), OutcomeUnknown),
    (answer(500, _envelope("insufficient_user_quota")), NoCredit),
    (answer(500, _envelope("pre_consume_token_quota_failed")), NoCredit),
    (answer(500, _envelope("rate_limit_exceeded")), OutcomeUnknown),
    (answer(500, _envelope("upstream_quota_exceeded")), OutcomeUnknown),
    (answer(502, _envelope("not_model_not_found")), OutcomeUnknown),
    (answer(500, _envelope("invalid_request_error")), OutcomeUnknown),
    (answer(500, _envelope("invalid_api_key")), OutcomeUnknown),
    (answer(503, _envelope("do_request_failed")), OutcomeUnknown),
    (answer(500, _envelope("sensitive_words_detected")), OutcomeUnknown),
    (answer(500, _envelope("bad_response_status_code", "flagged upstream")), OutcomeUnknown),
    (answer(400, {"code": "x", "message": "Your prompt violates our content policy"}), PromptRefused),
    (answer(200, _envelope("insufficient_user_quota")), NoCredit),
    (answer(200, _envelope("sensitive_words_detected")), PromptRefused),
    (answer(200, _envelope("something_new")), OutcomeUnknown),
    (answer(200, {"code": 401, "message": "bad key"}), BadKey),
    (answer(200, {"code": "error", "message": "?", "data": None}), OutcomeUnknown),
    (answer(200, {"error": "busy"}), OutcomeUnknown),
    (answer(200, {"created": 1, "data": []}), OutcomeUnknown),
    (answer(200, {"data": "x"}), OutcomeUnknown),
    (answer(200, []), OutcomeUnknown),
    (raw(200, b"<html>"), OutcomeUnknown),
]


@pytest.mark.parametrize("fault", range(len(FAULTS)))
async def test_every_envelope_is_opened(fault: int) -> None:
    """By its code; what stays unclear may have been accepted, most of all a server error: nothing repeats."""
    act, kind = FAULTS[fault]
    async with scripted(act) as script, gateway(script.url) as host:
        with pytest.raises(kind) as caught:
            await host.create(wanted(), reference="r", webhook=None)
    assert type(caught.value) is kind
    assert len(script.calls) == 1


@pytest.mark.parametrize(
    ("act", "answers"),
    [
        (problem(404, detail="This prediction does not exist."), True),
        (answer(200, told()), True),
        (answer(404, {"detail": "Not Found"}), False),
        (answer(404, {}), False),
        (answer(200, {}), False),
        (raw(404, b"<html>Not Found"), False),
        (raw(200, b"{"), False),
        (answer(400, _envelope("task_not_exist")), True),
        (answer(401, _envelope("invalid_token")), False),
        (raw(500, b""), False),
    ],
)
async def test_whether_it_answers_costs_nothing(act: Behaviour, answers: bool) -> None:
    """A prediction that cannot be is asked after."""
    async with scripted(act) as script, gateway(script.url) as host:
        assert (await host.check()).answers is answers
    assert {call.method for call in script.calls} == {"GET"}


async def test_what_it_cannot_do_is_not_asked_of_it() -> None:
    """No list, no cancel, no secret: the gateway hears nothing."""
    async with scripted(answer(200, {})) as script, gateway(script.url) as host:
        with pytest.raises(Refused):
            await host.find(wanted(), reference="job-1", since=datetime.now(UTC))
        await host.cancel("p")
        assert await host.verifier() is None
    assert script.calls == []
    assert json.dumps(TOKEN) not in repr(host)

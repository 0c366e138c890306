"""What hosts are sent for pictures, large sources and deadlines, and a thousand polls over the wire."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.errors import InvalidInput, NotUnderstood, OutcomeUnknown, Refused, Unreachable
from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import VERSIONS, ImageInput
from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_VERSION
from bot.providers import PredictionsHost
from bot.providers.asked import LARGEST_INLINE_BYTES
from bot.providers.fingerprint import seed_of
from bot.providers.http import Limits
from tests.providers.support import (
    Behaviour,
    Script,
    answer,
    client,
    drop,
    problem,
    raw,
    scripted,
    told,
    wanted,
)
from tests.web.api.support import server
from tests.web.songs.support import SCORE, TinySinger

REMBG, SDXL = "cjwbw/rembg", "stability-ai/sdxl"
COVER = EngineInput(prompt_a="techno", transform="cover")
UPLOADED = answer(201, {"id": "f", "urls": {"get": "https://files.example/f"}})


@pytest.mark.parametrize(
    ("version", "path", "named"),
    [
        (RIFFUSION_VERSION, "/v1/predictions", RIFFUSION_VERSION),
        (
            f"riffusion/riffusion:{RIFFUSION_VERSION}",
            "/v1/predictions",
            f"riffusion/riffusion:{RIFFUSION_VERSION}",
        ),
        (None, "/v1/models/riffusion/riffusion/predictions", None),
    ],
)
async def test_every_spelling_of_a_version(version: str | None, path: str, named: str | None) -> None:
    """Bare, with its model's name, and none: at the model's own path."""
    async with scripted(answer(201, told())) as script, client(script.url) as host:
        host.version = version
        await host.create(wanted(), reference="r", webhook=None)
    assert (script.calls[0].path, script.calls[0].body.get("version")) == (path, named)


@pytest.mark.parametrize(("seconds", "header"), [(600, "600s"), (1, "5s"), (None, None)])
async def test_the_host_knows_our_deadline(seconds: int | None, header: str | None) -> None:
    """As a header, never less than the five seconds that it takes."""
    async with scripted(answer(201, told())) as script, client(script.url) as host:
        host.cancel_after_s = seconds
        await host.create(wanted(), reference="r", webhook=None)
    assert script.calls[0].headers.get("Cancel-After") == header


async def test_pictures_are_asked_for_by_their_version() -> None:
    """A seed of ours where the model takes one and nobody fixed it; the configured version."""
    async with scripted(answer(201, told())) as script, client(script.url) as host:
        for wish in (
            ImageInput(model=SDXL, inputs={"prompt": "a cat"}),
            ImageInput(model=SDXL, inputs={"prompt": "a cat", "seed": 5}),
            ImageInput(model=REMBG, inputs={"image": "https://x/y.png"}),
        ):
            await host.create(wish, reference="r", webhook=None)
        host.versions = {}
        await host.create(ImageInput(model=SDXL, inputs={}), reference="r", webhook=None)
    first, fixed, seedless, unversioned = script.calls
    assert (first.path, first.body["version"]) == ("/v1/predictions", VERSIONS[SDXL])
    assert first.body["input"] == {"prompt": "a cat", "seed": seed_of("r")}
    assert fixed.body["input"]["seed"] == 5
    assert seedless.body["input"] == {"image": "https://x/y.png"}
    assert unversioned.path == f"/v1/models/{SDXL}/predictions"


async def test_what_bears_no_mark_is_not_taken_for_absent() -> None:
    """An empty list would prove nothing, and a second order would be paid twice."""
    page = answer(200, {"next": None, "results": []})
    async with scripted(drop) as script, client(script.url) as host:
        with pytest.raises(OutcomeUnknown):
            await host.create(ImageInput(model=SDXL, inputs={"seed": 5}), reference="fixed", webhook=None)
        with pytest.raises(OutcomeUnknown):
            await host.create(ImageInput(model=SDXL, inputs={}), reference="free", webhook=None)
    now = datetime.now(UTC)
    async with scripted(page) as script, client(script.url) as host:  # another life, which remembers nothing
        unmarked = ImageInput(model=SDXL, inputs={})
        assert await host.find(unmarked, reference="free", since=now) == []
        fixed = ImageInput(model=SDXL, inputs={"seed": 5})
        seedless = ImageInput(model=REMBG, inputs={"image": "https://x/y.png"})
        for each in (fixed, seedless):
            with pytest.raises(NotUnderstood):
                await host.find(each, reference="fixed", since=now)
        assert len(script.calls) == 1


async def test_our_engine_makes_no_pictures() -> None:
    """Refused at home: the host is never called."""
    async with scripted(answer(201, told())) as script, client(script.url, model=ENGINE_MODEL) as host:
        with pytest.raises(Refused):
            await host.create(ImageInput(model=SDXL, inputs={}), reference="r", webhook=None)
    assert script.calls == []


def _large(tmp_path: Path, name: str) -> Path:
    file = tmp_path / name
    if name.endswith(".json"):
        file.write_text(json.dumps({**SCORE, "pad": "x" * LARGEST_INLINE_BYTES}))
    else:
        file.write_bytes(b"ID3" + bytes(LARGEST_INLINE_BYTES))
    return file


@pytest.mark.parametrize("name", ["score.json", "a.mp3"])
async def test_a_large_source_is_brought_first(tmp_path: Path, name: str) -> None:
    """As a file of the host's, to the byte; the order names its address."""
    file = _large(tmp_path, name)
    engine = TinySinger()
    async with server(tmp_path / "data", engine=engine) as here, client(here.url, model=ENGINE_MODEL) as host:
        made = await host.create(COVER, reference="r", webhook=None, source=Source(file=file))
        ended = await here.ended(made.id)
        assert ended["status"] == "succeeded", ended["error"]
    assert len(json.dumps(ended["input"])) < 1_000
    (source,) = engine.sources
    assert source == file.read_bytes()


async def test_a_file_gets_the_time_that_it_takes(tmp_path: Path) -> None:
    """An upload is not given up when an ordinary call would be."""
    loop = asyncio.get_running_loop()

    async def slow(request: web.Request) -> web.Response:
        answered = loop.create_future()
        loop.call_later(0.3, answered.set_result, None)
        await answered
        return web.json_response({"id": "f", "urls": {"get": "https://files.example/f"}}, status=201)

    async with (
        scripted(slow, answer(201, told())) as script,
        client(script.url, model=ENGINE_MODEL, limits=Limits(read_s=0.1, total_s=0.2)) as host,
    ):
        await host.create(COVER, reference="r", webhook=None, source=Source(file=_large(tmp_path, "a.wav")))
    assert [call.path.rpartition("/")[2] for call in script.calls] == ["files", "predictions"]
    assert script.calls[-1].body["input"]["audio"] == "https://files.example/f"


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (raw(500, b""), Unreachable),
        (problem(413, detail="too large"), InvalidInput),
        (answer(201, {"id": "f"}), Refused),
        (raw(200, b"<html>"), Refused),
    ],
)
async def test_without_its_source_nothing_is_ordered(
    tmp_path: Path, act: Behaviour, kind: type[Exception]
) -> None:
    """Whatever goes wrong with the upload, the order was certainly not accepted."""
    async with scripted(act) as script, client(script.url, model=ENGINE_MODEL) as host:
        with pytest.raises(kind) as caught:
            await host.create(
                COVER, reference="r", webhook=None, source=Source(file=_large(tmp_path, "a.wav"))
            )
    assert isinstance(caught.value, Refused | Unreachable)
    assert {call.path for call in script.calls} == {"/v1/files"}


async def test_large_pictures_are_brought_first() -> None:
    """What is small enough, or an address already, stays as it is."""
    large = "data:image/png;base64," + base64.b64encode(bytes(LARGEST_INLINE_BYTES)).decode()
    small = "data:image/png;base64,AAAA"
    async with scripted(UPLOADED, answer(201, told())) as script, client(script.url) as host:
        for picture in (large, small):
            await host.create(ImageInput(model=REMBG, inputs={"image": picture}), reference="r", webhook=None)
        broken = "data:image/png;base64," + "@" * LARGEST_INLINE_BYTES
        with pytest.raises(InvalidInput) as caught:
            await host.create(ImageInput(model=REMBG, inputs={"image": broken}), reference="r", webhook=None)
    assert caught.value.field == "image"
    upload, first, second = script.calls
    assert (upload.method, upload.path) == ("POST", "/v1/files")
    assert first.body["input"] == {"image": "https://files.example/f"}
    assert second.body["input"] == {"image": small}


async def test_a_morph_needs_something_to_work_from() -> None:
    """Said before anybody is asked."""
    async with scripted(answer(201, told())) as script, client(script.url, model=ENGINE_MODEL) as host:
        with pytest.raises(InvalidInput):
            await host.create(COVER, reference="r", webhook=None)
    assert script.calls == []


@pytest.mark.parametrize(
    ("act", "state", "said"),
    [
        (answer(200, {"type": "user", "username": "acme"}), "answers", "user acme"),
        (answer(200, {}), "foreign", "an account without a name"),
        (raw(404, b"<html>Not Found"), "foreign", "tells no account: 404"),
        (problem(404, detail="x"), "answers", "tells no account: 404 x"),
        (problem(401, title="Unauthenticated"), "refuses", "does not take the key: 401 Unauthenticated"),
        (problem(402, title="Pay"), "refuses", "no credit: 402 Pay"),
        (answer(429, {}), "refuses", "wants to be left alone for now: 429"),
        (raw(503, b""), "troubled", "has trouble of its own: 503"),
    ],
)
async def test_whose_account_it_is(act: Behaviour, state: str, said: str) -> None:
    """The cheapest call that needs the key."""
    async with scripted(act) as script, client(script.url) as host:
        health = await host.check()
    assert (health.state, health.told) == (state, said)
    assert [call.path for call in script.calls] == ["/v1/account"]  # once, whatever it answers


def _listing(count: int) -> Behaviour:
    """A host with so many predictions that run, listed a hundred a page, newest first."""
    runs = [told(id=f"p{number}", status="processing") for number in range(count)]

    async def act(request: web.Request) -> web.Response:
        begin = int(request.query.get("cursor", 0))
        if request.path == "/v1/predictions":
            onward = f"https://elsewhere.example/v1/predictions?cursor={begin + 100}"
            rest = begin + 100 < count
            page = {"next": onward if rest else None, "previous": None, "results": runs[begin : begin + 100]}
            return web.json_response(page)
        return web.json_response(runs[int(request.path.rpartition("/p")[2])])

    return act


async def _poll(host: PredictionsHost, script: Script, count: int) -> int:
    script.calls.clear()
    told = await asyncio.gather(*(host.get(f"p{number}") for number in range(count)))
    assert [run.id for run in told] == [f"p{number}" for number in range(count)]
    return len(script.calls)


async def test_a_thousand_polls_are_ten_calls() -> None:
    """Over the wire, cursor by cursor on our own base address; a few are asked for one by one."""
    async with scripted(_listing(1_000)) as script, client(script.url) as host:
        clock = 0.0
        host.reads.clock = lambda: clock
        for _ in range(2):
            assert await _poll(host, script, 1_000) == 10
            clock += 10
        assert await _poll(host, script, 3) == 3
        assert all("/p" in call.path for call in script.calls)


async def test_a_late_webhook_does_not_undo_an_end() -> None:
    """Not for whoever asks either."""
    done: dict[str, Any] = told(status="succeeded", output="https://x/a.wav")
    late = json.dumps(told(status="processing")).encode()
    async with scripted(answer(200, told(status="processing"))) as script, client(script.url) as host:
        assert host.told(json.dumps(done).encode()).status == "succeeded"
        assert host.told(late).status == "succeeded"
        assert (await host.get(done["id"])).status == "succeeded"

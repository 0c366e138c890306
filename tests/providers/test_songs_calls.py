"""Calls to a songs host that answers by script: what arrives there, and what its refusals mean."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import BodyPartReader, web

from bot.errors import (
    BadKey,
    HostError,
    InvalidInput,
    ModelGone,
    NoCredit,
    NotUnderstood,
    OutcomeUnknown,
    PromptRefused,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.songs import FEED_PATH, UPLOAD_PATH
from bot.providers.songs import PATIENCE_S, SECOND_SONG_S, SongsHost
from tests.providers.support import Behaviour, Pauses, Script, answer, drop, raw, scripted
from tests.web.api.support import listening, serving

TOKEN = "sk-verysecretkey"
JOBS = {"jobs": [{"id": "one"}, {"id": "two"}]}
SONG = EngineInput(prompt_a="polka", title="Yes")
MORPH = EngineInput(transform="cover", prompt_a="polka")
ADDRESS = "https://cdn.example/take.mp3"


@contextlib.asynccontextmanager
async def riffusion(*acts: Behaviour, local: bool = False) -> AsyncGenerator[tuple[SongsHost, Script]]:
    """A client, and the host whose acts these are."""
    async with scripted(*acts) as script:
        host = SongsHost(name="riffusion", base_url=script.url, token=TOKEN, local=local)
        host.http.pause = Pauses()
        try:
            yield host, script
        finally:
            await host.close()


def gateway(status: int, code: str | None = None, message: str = "no (request id: 1)") -> Behaviour:
    """A refusal as new-api puts it."""
    return answer(status, {"error": {"message": message, "type": "new_api_error", "code": code}})


async def order(host: SongsHost, wanted: Any = SONG, source: Source | None = None) -> Any:
    """Create, with what this dialect does not use."""
    return await host.create(wanted, reference="r", webhook="https://bot.example/hook", source=source)


async def test_an_order_and_its_feed() -> None:
    """One call with the key and both ids afterwards in one call; no webhook is mentioned anywhere."""
    feed = answer(200, {"status": "process", "process": 10})
    async with riffusion(answer(200, JOBS), feed) as (host, script):
        run = await order(host)
        assert (run.id, run.status) == ("one,two", "starting")
        assert (await host.get(run.id)).progress == 0.1
        await host.cancel(run.id)
    made, asked = script.calls
    assert (made.method, made.path) == ("POST", "/riffusion/generate")
    assert made.headers["Authorization"] == f"Bearer {TOKEN}"
    assert "hook" not in str(made.body)
    assert (asked.method, asked.path) == ("GET", f"{FEED_PATH}one,two")


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (gateway(401, "invalid_token"), BadKey),
        (gateway(403, "insufficient_user_quota"), NoCredit),
        (gateway(403, "forbidden"), BadKey),
        (gateway(503, "model_not_found", "no available channel for model FUZZ-1.0"), ModelGone),
        (gateway(429), RateLimited),
        (gateway(400, None, "tag: is empty"), InvalidInput),
        (gateway(400, None, "lyrics violate the content policy"), PromptRefused),
        (gateway(200, "insufficient_user_quota"), NoCredit),
        (gateway(500), OutcomeUnknown),
        (raw(502, b"<html>"), OutcomeUnknown),
        (raw(200, b"<html>"), OutcomeUnknown),
        (answer(200, {}), OutcomeUnknown),
        (answer(200, {"jobs": []}), OutcomeUnknown),
        (drop, OutcomeUnknown),
    ],
)
async def test_answers_to_an_order(act: Behaviour, error: type[HostError]) -> None:
    """Each is one error of the tree; whatever it is, the order is sent once and the key is not told."""
    async with riffusion(act) as (host, script):
        with pytest.raises(HostError) as caught:
            await order(host)
    assert type(caught.value) is error
    assert TOKEN not in str(caught.value)
    assert len(script.calls) == 1


async def test_a_paid_answer_with_many_long_ids() -> None:
    """What was paid for is never lost to the length of its names: as many as can be kept."""
    told = {"jobs": [{"id": letter * 99} for letter in "abcd"]}
    async with riffusion(answer(200, told)) as (host, _):
        assert (await order(host)).id == ",".join(["a" * 99, "b" * 99])


async def test_nobody_there() -> None:
    """Certainly not accepted."""
    async with riffusion(answer(200)) as (_, script):
        url = script.url
    host = SongsHost(name="riffusion", base_url=url)
    with pytest.raises(Unreachable):
        await order(host)
    await host.close()


async def test_a_riff_id_needs_no_upload(tmp_path: Path) -> None:
    """What the host knows by its id is named by it, whatever else there is of it."""
    source = Source(file=tmp_path / "take.mp3", result_id="known", address=ADDRESS)
    async with riffusion(answer(200, JOBS)) as (host, script):
        await order(host, MORPH, source)
    assert [call.body["morph"].get("riff_id") for call in script.calls] == ["known"]


async def test_an_upload_by_address(tmp_path: Path) -> None:
    """Told where the recording can be fetched; its id then names the source. It may be told twice."""
    source = Source(file=tmp_path / "take.mp3", address=ADDRESS)
    acts = (raw(502, b""), answer(200, {"id": "upload-1"}), answer(200, JOBS))
    async with riffusion(*acts) as (host, script):
        await order(host, MORPH, source)
    assert [(call.path, call.body) for call in script.calls[:2]] == [(UPLOAD_PATH, {"url": ADDRESS})] * 2
    morph = script.calls[2].body["morph"]
    assert (morph["audio_upload_id"], "riff_id" in morph) == ("upload-1", False)


class FileTaker:
    """A host that refuses addresses, takes files and covers them."""

    def __init__(self) -> None:
        self.files: list[tuple[str, str, bytes]] = []
        self.addresses: list[str] = []

    async def upload(self, request: web.Request) -> web.Response:
        """Take the file of a form."""
        if request.content_type != "multipart/form-data":
            self.addresses.append((await request.json())["url"])
            return web.json_response({"error": {"message": "file is required"}}, status=400)
        part = await (await request.multipart()).next()
        assert isinstance(part, BodyPartReader)
        self.files.append((part.name or "", part.filename or "", bytes(await part.read())))
        return web.json_response({"id": "upload-2"})

    async def generate(self, request: web.Request) -> web.Response:
        """Accept, if the upload is named."""
        assert (await request.json())["morph"]["audio_upload_id"] == "upload-2"
        return web.json_response(JOBS)


@pytest.mark.parametrize(
    ("local", "address", "addresses"), [(False, ADDRESS, [ADDRESS]), (False, None, []), (True, ADDRESS, [])]
)
async def test_an_upload_as_a_file(
    tmp_path: Path, local: bool, address: str | None, addresses: list[str]
) -> None:
    """At home, without an address, or where the host does not take addresses."""
    file = tmp_path / "take.mp3"
    file.write_bytes(b"ID3 music")
    taker = FileTaker()

    async def act(request: web.Request) -> web.StreamResponse:
        return await (taker.upload if request.path == UPLOAD_PATH else taker.generate)(request)

    app = web.Application()
    app.router.add_post("/{tail:.*}", act)
    listener, url = listening()
    async with serving(app, listener):
        host = SongsHost(name="riffusion", base_url=url, local=local)
        assert (await order(host, MORPH, Source(file=file, address=address))).id == "one,two"
        await host.close()
    assert taker.files == [("file", "source.mp3", b"ID3 music")]
    assert taker.addresses == addresses


@pytest.mark.parametrize(
    ("wanted", "source", "error"),
    [
        (MORPH, Source(file=Path("score.json")), Refused),
        (MORPH, None, InvalidInput),
        (EngineInput(transform="swap_vocals"), Source(file=Path("take.mp3"), address=ADDRESS), InvalidInput),
        (EngineInput(transform="extend"), Source(file=Path("take.mp3"), address=ADDRESS), InvalidInput),
        (ImageInput(model="a/b"), None, Refused),
    ],
)
async def test_refused_before_anything_is_sent(
    wanted: Any, source: Source | None, error: type[Refused]
) -> None:
    """What the host cannot make costs neither an upload nor a song."""
    async with riffusion(answer(200, JOBS)) as (host, script):
        with pytest.raises(error):
            await order(host, wanted, source)
    assert script.calls == []


async def test_an_upload_that_fails_orders_nothing(tmp_path: Path) -> None:
    """Its failures never look like an order that may have been accepted."""
    source = Source(file=tmp_path / "score.json", address=ADDRESS)
    for act in (raw(500, b""), raw(200, b"<html>"), drop, gateway(403, "insufficient_user_quota")):
        async with riffusion(act) as (host, script):
            with pytest.raises((Refused, Unreachable)):
                await order(host, MORPH, source)
        assert {call.path for call in script.calls} == {UPLOAD_PATH}


def partly(status: str) -> Behaviour:
    """A feed with one song of two."""
    heard = {"id": "two", "audio_url": "https://storage.example/two.m4a", "duration_s": 60}
    return answer(200, {"status": status, "generations": [{"id": "one"}, heard]})


@pytest.mark.parametrize(("status", "patience_s"), [("success", SECOND_SONG_S), ("process", PATIENCE_S)])
async def test_one_song_is_enough_in_the_end(status: str, patience_s: float) -> None:
    """Shortly after the host says that it is done, or when it never does."""
    now = 0.0
    async with riffusion(partly(status)) as (host, _):
        host.clock = lambda: now
        assert (await host.get("one,two")).status == "processing"
        now = patience_s - 1
        assert (await host.get("one,two")).status == "processing"
        now = patience_s
        ended = await host.get("one,two")
        assert (ended.status, [each.id for each in ended.results]) == ("succeeded", ["two"])


async def test_a_second_thought_starts_the_wait_again() -> None:
    """A host that is done, and then is not, is waited for from when it is done for good."""
    now = 0.0
    async with riffusion(partly("success"), partly("process"), partly("success")) as (host, _):
        host.clock = lambda: now
        for now in (0.0, SECOND_SONG_S - 1, SECOND_SONG_S + 1):  # noqa: B007  the clock reads it
            assert (await host.get("one,two")).status == "processing"
        now = 2 * SECOND_SONG_S + 1
        assert (await host.get("one,two")).ended


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (gateway(404), Refused),
        (gateway(401), BadKey),
        (raw(200, b"<html>"), NotUnderstood),
        (raw(502, b""), Unreachable),
        (answer(200, {"code": "fail", "message": "task not there", "data": None}), Unreachable),
    ],
)
async def test_answers_to_a_look(act: Behaviour, error: type[HostError]) -> None:
    """Asking is free and repeated where that may help."""
    async with riffusion(act) as (host, _):
        with pytest.raises(error):
            await host.get("one,two")


@pytest.mark.parametrize(
    ("act", "answers", "told"),
    [
        (gateway(404), True, "takes the key"),
        (answer(200, {"status": "process"}), True, "takes the key"),
        (gateway(401), False, "does not take the key"),
        (gateway(403, "insufficient_user_quota"), False, "no credit"),
        (raw(502, b""), False, "502"),
        (answer(404, {}), False, ""),
        (answer(200, {}), False, ""),
        (raw(404, b"<html>Not Found"), False, ""),
        (raw(200, b"{"), False, ""),
    ],
)
async def test_whether_it_is_there(act: Behaviour, answers: bool, told: str) -> None:
    """Asked for a song that cannot be, which costs nothing."""
    async with riffusion(act) as (host, _):
        health = await host.check()
    assert health.answers is answers
    assert told in health.told


async def test_what_there_is_not() -> None:
    """No list, no webhooks, nothing signed."""
    async with riffusion(answer(200)) as (host, script):
        with pytest.raises(Refused):
            await host.find(SONG, reference="r", since=datetime.now(UTC))
        with pytest.raises(NotUnderstood):
            host.told(b"{}")
        assert await host.verifier() is None
    assert script.calls == []

"""Scores and recordings that a request brings or names: fetched within bounds, or the prediction fails."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.protocol.predictions import ENGINE_MODEL
from bot.web.api.app import Bounds
from bot.web.api.sources import SourceLimits
from tests.web.api.support import Server, TinyEngine, listening, server, serving

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "


class Watching(TinyEngine):
    """Keeps what the worker would read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[bytes] = []

    def __call__(self, job: Any) -> Any:
        """Look at the source, then do the work."""
        if job.source is not None:
            self.read.append(job.source.read_bytes())
        return super().__call__(job)


async def made(engine: Server, **sent: Any) -> dict[str, Any]:
    """The ended prediction of an engine request, which must be accepted whatever its source is."""
    return await engine.ended((await engine.create(version=ENGINE_MODEL, input=sent))["id"])


def data_address(content: bytes) -> str:
    """Content as a data: address."""
    return "data:audio/wav;base64," + base64.b64encode(content).decode()


async def test_inline_sources_reach_the_worker_as_they_came(tmp_path: Path) -> None:
    """Objects and data: addresses, small and large."""
    watching = Watching()
    score = {"format": 2, "bars": 1}
    large = WAV + bytes(100_000)
    async with server(tmp_path, engine=watching) as engine:
        for sent in (
            {"like": score},
            {"like": data_address(WAV)},
            {"transform": "cover", "audio": data_address(large)},
            {"transform": "cover", "score": {**score, "title": "x" * 9_000}},
            {"like": "data:application/json,%7B%7D"},
        ):
            assert (await made(engine, **sent))["status"] == "succeeded"
    assert json.loads(watching.read[0]) == score
    assert watching.read[1:3] == [WAV, large]
    assert json.loads(watching.read[3])["title"] == "x" * 9_000
    assert watching.read[4] == b"{}"


async def test_a_large_source_is_told_by_its_address(tmp_path: Path) -> None:
    """The row that is listed again and again stays small; the address leads to what was sent."""
    content = WAV + bytes(range(256)) * 400
    async with server(tmp_path) as engine:
        told = await made(engine, transform="extend", audio=data_address(content))
        address = told["input"]["audio"]
        async with engine.session.get(address) as response:
            assert (response.status, response.content_type) == (200, "application/octet-stream")
            assert await response.read() == content
    assert address.startswith(engine.url + "/outputs/")
    assert len(json.dumps(told)) < 5_000


async def test_a_result_of_this_server_is_named_by_its_address(tmp_path: Path) -> None:
    """Without a call over the network; one that is gone fails with a sentence."""
    watching = Watching()
    async with server(tmp_path, engine=watching) as engine:
        first = await made(engine, prompt_a="jazz")
        address = first["output"]["audio"]
        assert (await made(engine, transform="cover", audio=address))["status"] == "succeeded"
        gone = await made(engine, transform="cover", audio=address.replace("riff.wav", "riff-2.wav"))
    assert watching.read[0].startswith(b"RIFF")
    assert gone["status"] == "failed"
    assert gone["error"] == "The source is not there any more: results and files are kept for a while only."


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nowhere", "must be named by an https or data address"),
        ("ftp://example.org/a.wav", "must be named by an https or data address"),
        ("http://example.org/a.wav", "must be named by an https or data address"),
        ("https://[::1", "must be named by an https or data address"),
        ("data:audio/wav", "holds no data"),
        ("data:audio/wav;base64,%%%", "broken base64"),
        ("data:audio/wav;base64,%%%" + "x" * 9_000, "broken base64"),
        ("https://127.0.0.1:9/a.wav", "private address"),
        ("https://localhost:9/a.wav", "private address"),
        ("http://127.0.0.1:9/a.wav", "private address"),
        ("https://[::ffff:10.0.0.1]/a.wav", "private address"),
        ("https://169.254.169.254/latest/meta-data", "private address"),
    ],
)
async def test_a_source_that_cannot_be_had_fails_the_prediction(
    tmp_path: Path, address: str, told: str
) -> None:
    """One sentence, no render, nothing called at a private address."""
    async with server(tmp_path) as engine:
        ended = await made(engine, transform="cover", audio=address)
    assert ended["status"] == "failed"
    assert told in ended["error"]
    assert "\n" not in ended["error"]
    assert engine.engine.jobs == []


async def shelf(request: web.Request) -> web.StreamResponse:
    """A server out there with all sorts of files."""
    match request.path:
        case "/good":
            return web.Response(body=WAV)
        case "/moved":
            raise web.HTTPFound("/good")
        case "/round":
            raise web.HTTPFound("/round")
        case "/away":
            raise web.HTTPFound("ftp://example.org/a.wav")
        case "/large":
            return web.Response(body=bytes(5_000))
        case "/slow":
            await asyncio.sleep(30)
            return web.Response()
        case "/endless":
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(100):
                await response.write(bytes(1_000))
            return response
        case _:
            raise web.HTTPNotFound


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/good", None),
        ("/moved", None),
        ("/missing", "answers 404"),
        ("/round", "leads on and on"),
        ("/away", "must be named by an https or data address"),
        ("/large", "larger than 0 MB"),
        ("/endless", "larger than 0 MB"),
        ("/slow", "took too long"),
    ],
)
async def test_fetching_is_bounded(tmp_path: Path, path: str, told: str | None) -> None:
    """In bytes, time and hops; private addresses are called where that is configured, and only there."""
    app = web.Application()
    app.router.add_get("/{path:.*}", shelf)
    listener, url = listening()
    bounds = Bounds(source=SourceLimits(file_bytes=4_000, read_s=0.3, total_s=2.0))
    async with (
        serving(app, listener),
        server(tmp_path, engine=Watching(), private_sources=True, bounds=bounds) as engine,
    ):
        ended = await made(engine, transform="cover", audio=url + path)
    if told is None:
        assert ended["status"] == "succeeded", ended["error"]
    else:
        assert ended["status"] == "failed"
        assert told in ended["error"]


async def test_what_was_given_goes_with_the_prediction(tmp_path: Path) -> None:
    """After a failure nothing of it is left on disk."""
    tiny = TinyEngine()
    tiny.fail = ValueError("No.")
    async with server(tmp_path, engine=tiny) as engine:
        ended = await made(engine, transform="cover", audio=data_address(WAV + bytes(9_000)))
        assert ended["error"] == "No."
    assert list((tmp_path / "engine-outputs").iterdir()) == []

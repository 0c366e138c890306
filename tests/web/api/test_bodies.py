"""Bodies of requests: too large, by whatever head or none, and too slow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web.api import bodies
from tests.web.api.support import VERSION, Server, server

LARGE = {"version": VERSION, "input": {"prompt_a": "x" * 70_000}}
SONG = {"model": "FUZZ-1.0", "lyrics": "x" * 300_000, "tag": "folk", "title": ""}


async def _in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 16_000):
        yield content[start : start + 16_000]


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "sent", "kind"),
    [
        ("/v1/predictions", LARGE, "application/problem+json"),
        ("/riffusion/generate", SONG, "application/json"),
        ("/v1/riffusion/generate/topic", {**SONG, "topic": "rain"}, "application/json"),
    ],
)
async def test_too_large_is_told(
    tmp_path: Path, path: str, sent: dict[str, object], kind: str, is_chunked: bool
) -> None:
    """413 in the form of the dialect, whether or not the head says how much there will be."""
    content = json.dumps(sent).encode()
    headers = {"Content-Type": "application/json"}
    async with (
        server(tmp_path) as engine,
        engine.session.post(
            engine.url + path, data=_in_pieces(content) if is_chunked else content, headers=headers
        ) as response,
    ):
        assert (response.status, response.content_type) == (413, kind)


async def _raw(engine: Server, path: str, head: str, body: bytes) -> bytes:
    """The first line of the answer to what is written byte by byte; the caller stays on the line."""
    host, port = engine.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{head}\r\n\r\n".encode() + body)
        async with asyncio.timeout(60):
            return await reader.readline()
    finally:
        writer.close()


@pytest.mark.parametrize("twice", ["Content-Type: application/json", "Content-Length: 2"])
async def test_a_head_that_says_a_thing_twice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, twice: str
) -> None:
    """400, and a line in the log instead of a traceback."""
    caplog.set_level("INFO")
    async with server(tmp_path) as engine:
        line = await _raw(engine, "/v1/predictions", f"{twice}\r\n{twice}\r\n", b"{}")
    assert b" 400 " in line
    told = [(record.levelname, record.exc_info) for record in caplog.records if "refused" in record.message]
    assert told == [("INFO", None)]
    assert twice.partition(":")[0] in caplog.text


async def test_a_head_that_lies_gains_nothing(tmp_path: Path) -> None:
    """Too much is refused before it comes; too little leaves a body that is no JSON."""
    kind = "Content-Type: application/json\r\nContent-Length: "
    async with server(tmp_path) as engine:
        huge = await _raw(engine, "/riffusion/generate", f"{kind}999999999", b"{")
        assert huge.startswith(b"HTTP/1.1 413 ")
        short = await _raw(engine, "/v1/predictions", f"{kind}4", json.dumps(LARGE).encode())
        assert b" 400 " in short


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/predictions", "application/json"),
        ("/riffusion/generate", "application/json"),
        ("/riffusion/upload", "multipart/form-data; boundary=b"),
        ("/v1/files", "multipart/form-data; boundary=b"),
    ],
)
async def test_what_never_arrives_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    """408 when the time for a body is over."""
    for name in ("READ_S", "UPLOAD_S"):
        monkeypatch.setattr(bodies, name, 0.1)
    async with server(tmp_path) as engine:
        answer = await _raw(engine, path, f"Content-Type: {kind}\r\nContent-Length: 100", b"{")
        assert answer.startswith(b"HTTP/1.1 408 ")

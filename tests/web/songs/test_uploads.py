"""Uploads of the songs dialect in a crowd, and when nobody brings any more."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import FormData, web

from bot.web.api.app import Bounds
from bot.web.api.songs.uploads import MOST_AT_ONCE, Uploads
from tests.web.api.support import Server, listening, server, serving
from tests.web.songs.support import TinySinger

AUDIO = b"ID3 audio"


async def _chunk(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _upload(here: Server) -> int:
    form = FormData()
    form.add_field("file", AUDIO, filename="a.mp3", content_type="audio/mpeg")
    async with here.session.post(f"{here.url}/riffusion/upload", data=form) as response:
        await response.read()
        return response.status


async def test_a_crowd_of_uploads(tmp_path: Path) -> None:
    """Far more than are kept: each is taken or asked to wait, and none is our mistake."""
    async with server(tmp_path, engine=TinySinger()) as here:
        statuses = await asyncio.gather(*(_upload(here) for _ in range(60)))
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) >= MOST_AT_ONCE


async def test_what_still_arrives_is_not_pushed_out(tmp_path: Path) -> None:
    """Two arrive together where one is kept: both end well, and the later one stays."""
    gate, begun = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"slow"
        begun.set()
        await gate.wait()
        yield b"ly"

    uploads = Uploads(tmp_path, most_bytes=100, most_each=1)
    slow = asyncio.create_task(uploads.keep("me", slowly()))
    async with asyncio.timeout(60):
        await begun.wait()
    quick = [await uploads.keep("me", _chunk(b"quick")) for _ in range(3)]
    assert await uploads.find("me", quick[-1]) == b"quick"
    gate.set()
    assert await uploads.find("me", await slow) == b"slowly"
    assert await uploads.find("me", quick[-1]) is None


async def test_an_owner_has_so_many_bytes(tmp_path: Path) -> None:
    """The oldest goes when there is no room for all."""
    uploads = Uploads(tmp_path, most_bytes=100, most_bytes_each=10)
    first = await uploads.keep("me", _chunk(b"12345"))
    a_minute_ago_s = time.time() - 60
    await asyncio.to_thread(os.utime, tmp_path / "me" / first, (a_minute_ago_s, a_minute_ago_s))
    second = await uploads.keep("me", _chunk(b"12345"))
    assert await uploads.find("me", first) == b"12345"
    third = await uploads.keep("me", _chunk(b"12345"))
    assert await uploads.find("me", first) is None
    assert [await uploads.find("me", each) for each in (second, third)] == [b"12345"] * 2


async def test_old_uploads_go_although_nobody_brings_any(tmp_path: Path) -> None:
    """A server that starts forgets halves, and one that runs forgets what is past its time."""
    home = tmp_path / "engine-song-uploads" / "everybody"
    home.mkdir(parents=True)
    half, old, new = home / "half.part", home / "old", home / "new"
    for file in (half, old, new):
        file.write_bytes(AUDIO)
    os.utime(old, (1_000, 1_000))
    async with server(tmp_path, engine=TinySinger(), bounds=Bounds(purge_every_s=0.01)) as here:
        assert list(home.iterdir()) == [new]
        os.utime(new, (1_000, 1_000))
        async with asyncio.timeout(60):
            while new.exists():
                await here.rest()


async def test_only_so_many_arrive_at_the_same_time(tmp_path: Path) -> None:
    """Also those that are fetched from an address that takes its time: 429, then there is room again."""
    gate = asyncio.Event()
    asked = asyncio.Semaphore(0)

    async def slow(_: web.Request) -> web.Response:
        asked.release()
        await gate.wait()
        return web.Response(body=AUDIO)

    far = web.Application()
    far.router.add_get("/song", slow)
    listener, url = listening()
    async with serving(far, listener), server(tmp_path, engine=TinySinger(), private_sources=True) as here:
        sent = {"url": f"{url}/song"}
        under_way = [
            asyncio.create_task(here.call("POST", "/riffusion/upload", json=sent))
            for _ in range(MOST_AT_ONCE)
        ]
        async with asyncio.timeout(60):
            for _ in under_way:
                await asked.acquire()
        status, told, response = await here.call("POST", "/riffusion/upload", json=sent)
        assert (status, told["error"]["code"]) == (429, "too_many_requests")
        assert int(response.headers["Retry-After"]) >= 1
        gate.set()
        assert [status for status, _, _ in await asyncio.gather(*under_way)] == [200] * MOST_AT_ONCE
        assert await _upload(here) == 200

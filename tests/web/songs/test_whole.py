"""A song and its cover by the real engine in a real worker, in the songs dialect."""

from __future__ import annotations

import io
from pathlib import Path

import aiohttp
from PIL import Image

from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ
from bot.protocol.songs import Feed, Generation
from bot.web.api.app import open_app
from bot.web.api.pool import RenderPool, worker_processes
from tests.web.api.support import Server, TinyEngine, listening, serving
from tests.web.songs.support import STRENGTHS, finished, generate


async def _bytes(here: Server, address: str | None) -> bytes:
    async with here.session.get(address or "") as response:
        assert response.status == 200
        return await response.read()


async def _is_whole(here: Server, song: Generation, folder: Path) -> bytes:
    """The sound of a song, once it is as long as was told, with a square cover."""
    file = folder / "song.m4a"
    content = await _bytes(here, song.audio_url)
    file.write_bytes(content)
    assert content[4:8] == b"ftyp"
    assert abs(len(decode(file).audio) / SAMPLE_RATE_HZ - song.duration_s) < 0.1
    cover = Image.open(io.BytesIO(await _bytes(here, song.image_url)))
    assert (cover.format, cover.width) == ("JPEG", cover.height)
    return content


async def _story(here: Server, folder: Path) -> tuple[Feed, Feed]:
    words = "[Verse]\nThe morning comes again to me\nI see the light upon the sea"
    first = await finished(here, *await generate(here, lyrics=words))
    sounds = [await _is_whole(here, song, folder) for song in first.generations]
    assert len(set(sounds)) == 2
    morph = {"riff_id": first.generations[1].id, "transform": "cover", **STRENGTHS}
    sent = {"tag": "techno", "lyrics": "", "instrumental": True}
    second = await finished(here, *await generate(here, morph=morph, **sent))
    await _is_whole(here, second.generations[0], folder)
    return first, second


async def test_a_song_is_sung_and_covered(tmp_path: Path) -> None:
    """Two versions in AAC with covers; one of them then without its voice, played by a techno band."""
    listener, url = listening()
    pool = RenderPool(worker_processes(2), 2)
    try:
        async with (
            open_app(data=tmp_path, own_url=url, tokens=(), private_webhooks=True, pool=pool) as app,
            serving(app, listener),
            aiohttp.ClientSession() as session,
        ):
            first, second = await _story(
                Server(url=url, engine=TinyEngine(), session=session, app=app), tmp_path
            )
    finally:
        await pool.stop()
    assert (first.status, len(first.generations)) == ("success", 2)
    assert (second.status, len(second.generations)) == ("success", 2)
    assert all("techno" in (song.sound or "") and song.lyrics == "" for song in second.generations)

"""Where the songs dialect takes its sources from: songs made here, and uploads."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.songs import Uploaded
from bot.web.api.app import Bounds
from bot.web.api.songs.names import new_song_id, prediction_id, song_id
from bot.web.api.songs.uploads import TooLargeUpload, Uploads
from bot.web.api.sources import SourceLimits
from tests.web.api.support import Server, server
from tests.web.songs.support import SCORE, SONG, STRENGTHS, TinySinger, finished, generate, refused

COVER: dict[str, Any] = {"transform": "cover", **STRENGTHS}


@given(st.uuids())
def test_a_song_and_its_prediction_have_one_name(known: Any) -> None:
    """Every UUID is a prediction's id of 26 letters and digits, and the way back is the same."""
    named = prediction_id(str(known))
    assert named is not None
    assert len(named) == 26
    assert song_id(named) == str(known)


@given(st.text())
def test_what_is_no_uuid_names_nothing(text: str) -> None:
    """Whatever a caller writes there."""
    named = prediction_id(text)
    assert named is None or len(named) == 26


def test_song_ids_differ() -> None:
    """Drawn anew each time."""
    assert len({new_song_id() for _ in range(100)}) == 100


async def test_a_morph_carries_its_parents_score(tmp_path: Path) -> None:
    """Both takes have it, whatever becomes of the parent; without voices where none are wanted."""
    engine = TinySinger()
    async with server(tmp_path, engine=engine) as here:
        parent = (await generate(here))[1]
        await finished(here, parent)
        await finished(here, *await generate(here, morph={"riff_id": parent, **COVER}))
        assert [json.loads(source or b"") for source in engine.sources[-2:]] == [SCORE, SCORE]
        played = await generate(here, instrumental=True, morph={"riff_id": parent, **COVER})
        await finished(here, *played)
        score = json.loads(engine.sources[-1] or b"")
        assert [track["role"] for track in score["tracks"]] == ["bass"]


async def test_a_song_must_be_finished_and_kept(tmp_path: Path) -> None:
    """One that still plays, one that failed and one whose data is gone cannot be reworked."""
    engine = TinySinger()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = [start]
    bounds = Bounds(purge_every_s=0.01)
    async with server(tmp_path, engine=engine, bounds=bounds, now=lambda: times[-1]) as here:
        engine.free.clear()
        plays = (await generate(here))[0]
        _, message = await refused(here, **SONG, morph={"riff_id": plays, **COVER})
        assert "not finished yet" in message
        engine.fail = ValueError("No.")
        engine.free.set()
        await finished(here, plays)
        assert "was not made" in (await refused(here, **SONG, morph={"riff_id": plays, **COVER}))[1]
        times.append(start + timedelta(hours=2))
        while (await here.call("GET", f"/riffusion/feed/{plays}"))[0] == 200:
            await here.rest()
        assert "no such song" in (await refused(here, **SONG, morph={"riff_id": plays, **COVER}))[1]


async def _uploaded(here: Server, content: bytes, *, filename: str | None = "song.mp3") -> tuple[int, Any]:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("note", "mine")
    if filename is not None:
        form.add_field("file", content, filename=filename, content_type="audio/mpeg")
    async with here.session.post(f"{here.url}/riffusion/upload", data=form) as response:
        return response.status, await response.json()


async def test_an_upload_is_covered(tmp_path: Path) -> None:
    """As a form's file, and by the address of a result: the very bytes reach the worker."""
    engine = TinySinger()
    async with server(tmp_path, engine=engine) as here:
        status, told = await _uploaded(here, b"ID3 the very bytes")
        assert status == 200
        ids = [Uploaded.model_validate(told).id]
        song = (await finished(here, *await generate(here))).generations[0]
        for address in (song.audio_url, "data:audio/x;base64,SUQz"):
            status, told, _ = await here.call("POST", "/riffusion/upload", json={"url": address})
            assert status == 200, told
            ids.append(told["id"])
        for upload_id, start in zip(ids, (b"ID3 the very bytes", b"RIFF", b"ID3"), strict=True):
            made = await generate(here, morph={"audio_upload_id": upload_id, **COVER})
            assert (await finished(here, *made)).status == "success"
            assert [(source or b"").startswith(start) for source in engine.sources[-2:]] == [True, True]
        _, message = await refused(
            here, **SONG, instrumental=True, morph={"audio_upload_id": ids[0], **COVER}
        )
        assert "cannot be taken out" in message
        swap = {"audio_upload_id": ids[0], **COVER, "transform": "swap_vocals"}
        assert (await refused(here, **SONG, morph=swap))[0] == "morph.audio_upload_id"


async def test_what_cannot_be_fetched_is_refused(tmp_path: Path) -> None:
    """Private addresses, no address at all, a form without a file; and nothing stays behind."""
    async with server(tmp_path, engine=TinySinger()) as here:
        for address in (
            "http://127.0.0.1:9/a.mp3",
            "https://127.0.0.1/a.mp3",
            "file:///etc/passwd",
            "nothing",
        ):
            field, _ = await refused(here, "/riffusion/upload", url=address)
            assert field == "url"
        assert (await refused(here, "/riffusion/upload"))[0] == "url"
        assert (await _uploaded(here, b"text", filename=None))[0] == 400
    assert [path for path in (tmp_path / "engine-outputs").rglob("*") if path.is_file()] == []
    assert [path for path in (tmp_path / "engine-song-uploads").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "content", [b"", b"x", b"my-machine\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b'{"tracks": []}']
)
async def test_what_is_no_audio_is_refused(tmp_path: Path, content: bytes) -> None:
    """By its first bytes, as a form's file and as an address, with the field; nothing of it is kept."""
    async with server(tmp_path, engine=TinySinger()) as here:
        status, told = await _uploaded(here, content)
        assert (status, told["error"]["param"]) == (400, "file")
        assert "no audio that can be read" in told["error"]["message"]
        address = "data:audio/wav;base64," + base64.b64encode(content).decode()
        assert (await refused(here, "/riffusion/upload", url=address))[0] == "url"
    assert [path for path in (tmp_path / "engine-song-uploads").rglob("*") if path.is_file()] == []


async def test_an_upload_has_bounds_and_an_owner(tmp_path: Path) -> None:
    """413 beyond the bound; another token does not find it."""
    bounds = Bounds(source=SourceLimits(file_bytes=1_000))
    tokens = ("one", "two")
    async with server(tmp_path, engine=TinySinger(), bounds=bounds, tokens=tokens, token="one") as here:
        status, told = await _uploaded(here, b"ID3" + b"x" * 998)
        assert (status, told["error"]["code"]) == (413, "too_large")
        upload_id = (await _uploaded(here, b"ID3" + b"x" * 997))[1]["id"]
        sent = {**SONG, "morph": {"audio_upload_id": upload_id, **COVER}}
        status, told, _ = await here.call(
            "POST", "/riffusion/generate", json=sent, headers={"Authorization": "Bearer two"}
        )
        assert (status, told["error"]["param"]) == (400, "morph.audio_upload_id")
        assert (await here.call("POST", "/riffusion/generate", json=sent))[0] == 200


async def _chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_uploads_go_after_their_time(tmp_path: Path) -> None:
    """By age for everybody, by number for each; one that is too large leaves nothing."""
    uploads = Uploads(tmp_path, most_bytes=4, keep_s=60, most_each=2)
    first = await uploads.keep("", _chunks(b"ab", b"cd"))
    assert await uploads.find("", first) == b"abcd"
    assert await uploads.find("somebody", first) is None
    assert await uploads.find("", "../../etc/passwd") is None
    with pytest.raises(TooLargeUpload):
        await uploads.keep("", _chunks(b"ab", b"cde"))
    kept = tmp_path / "everybody" / first
    assert list(kept.parent.iterdir()) == [kept]
    await asyncio.to_thread(os.utime, kept, (1_000, 1_000))
    assert await uploads.find("", first) is None
    later = [await uploads.keep("other", _chunks(bytes([n]))) for n in range(3)]
    await uploads.expire()
    assert not kept.exists()
    assert [await uploads.find("other", each) for each in later[1:]] == [b"\1", b"\2"]

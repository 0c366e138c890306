"""Files come home whole: resumed where that is safe, known by their bytes, and never larger than allowed."""

from __future__ import annotations

import base64
import contextlib
import errno
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import NoReturn

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NoSpace, NotUnderstood, RiffcordError, Unreachable, UnusableAudio
from bot.providers.download import Downloads, FetchLimits
from bot.providers.inline import TooMuch, as_address, content_of
from bot.providers.sniffing import audio_suffix, object_suffix, picture_suffix
from tests.providers.support import Behaviour, Pauses, cut_off, raw, scripted

WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(range(256)) * 4
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@contextlib.asynccontextmanager
async def downloads(url: str, limits: FetchLimits | None = None) -> AsyncGenerator[Downloads]:
    """Downloads for the local host at ``url``."""
    made = Downloads(
        host="h", base_url=url, local=True, limits=limits or FetchLimits(read_s=0.5), pause=Pauses()
    )
    try:
        yield made
    finally:
        await made.close()


def torn(until: int, *, etag: str = '"one"', ranges: str = "bytes") -> Behaviour:
    """Begin the whole file and break off."""

    async def act(request: web.Request) -> web.StreamResponse:
        headers = {"Content-Length": str(len(WAV)), "ETag": etag, "Accept-Ranges": ranges}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(WAV[:until])
        assert request.transport is not None
        request.transport.close()
        return response

    return act


def rest(begin: int, **headers: str) -> Behaviour:
    """The file from a byte on."""
    told = {"Content_Range": f"bytes {begin}-{len(WAV) - 1}/{len(WAV)}", **headers}
    return raw(206, WAV[begin:], **told)


async def test_a_break_is_gone_on_from(tmp_path: Path) -> None:
    """Where the host offers it: only what is missing is fetched, and only of the very same file."""
    async with scripted(torn(300), rest(300)) as files, downloads(files.url) as home:
        file = await home.audio(f"{files.url}/a", tmp_path)
    assert file.read_bytes() == WAV
    assert "Range" not in files.calls[0].headers
    assert files.calls[0].headers["Accept-Encoding"] == "identity"
    assert (files.calls[1].headers["Range"], files.calls[1].headers["If-Range"]) == ("bytes=300-", '"one"')


@pytest.mark.parametrize(
    "acts",
    [
        (torn(300), raw(200, WAV)),  # it has another file by now, or does not do ranges after all
        (torn(300), rest(200), raw(200, WAV)),
        (torn(300), rest(300, Content_Range="bytes */5"), raw(200, WAV)),
        (torn(300), raw(416, b""), raw(200, WAV)),
        (torn(300, etag='W/"one"'), raw(200, WAV)),
        (torn(300, ranges="none"), raw(200, WAV)),
        (torn(5), raw(200, WAV)),
    ],
)
async def test_where_it_is_not_safe_it_begins_anew(tmp_path: Path, acts: tuple[Behaviour, ...]) -> None:
    """Another file, a range that nobody asked for, a weak validator: nothing of the first try is kept."""
    async with scripted(*acts) as files, downloads(files.url) as home:
        assert (await home.audio(f"{files.url}/a", tmp_path)).read_bytes() == WAV
    assert "Range" not in files.calls[-1].headers or files.calls[-1].headers["Range"] != "bytes=0-"


async def test_the_rest_counts_towards_the_bound(tmp_path: Path) -> None:
    """A file does not grow past it in pieces."""
    limits = FetchLimits(file_bytes=len(WAV) - 1)

    async with scripted(cut_off(WAV[:300])) as files, downloads(files.url, limits) as home:
        with pytest.raises((UnusableAudio, Unreachable)):
            await home.audio(f"{files.url}/a", tmp_path)
    async with scripted(torn(300), rest(300)) as files, downloads(files.url, limits) as home:
        with pytest.raises(UnusableAudio) as caught:
            await home.audio(f"{files.url}/a", tmp_path)
    assert caught.value.problem == "too_large"


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "application/problem+json"])
async def test_a_page_is_no_sound(tmp_path: Path, kind: str) -> None:
    """What the host calls a page or a message is not read to its end, whatever it begins with."""
    async with scripted(raw(200, WAV, Content_Type=kind)) as files, downloads(files.url) as home:
        with pytest.raises(UnusableAudio) as caught:
            await home.audio(f"{files.url}/a", tmp_path)
    assert caught.value.problem == "not_audio"


@pytest.mark.parametrize("kind", ["application/octet-stream", "audio/x-wav", "binary/octet-stream", "x"])
async def test_the_bytes_decide(tmp_path: Path, kind: str) -> None:
    """File hosts call files all sorts of names."""
    async with scripted(raw(200, WAV, Content_Type=kind)) as files, downloads(files.url) as home:
        assert (await home.audio(f"{files.url}/a", tmp_path)).name == "audio.wav"


PICTURES = {
    ".png": PNG,
    ".jpg": b"\xff\xd8\xff\xe0" + bytes(40),
    ".webp": b"RIFF\0\0\0\0WEBPVP8 " + bytes(40),
    ".gif": b"GIF89a" + bytes(40),
    ".mp4": b"\0\0\0\x20ftypisom" + bytes(40),
}


@pytest.mark.parametrize("suffix", PICTURES)
async def test_pictures_are_known_by_their_bytes(tmp_path: Path, suffix: str) -> None:
    """From an address and inline, moving ones included."""
    content = PICTURES[suffix]
    async with scripted(raw(200, content)) as files, downloads(files.url) as home:
        for address in (f"{files.url}/a", as_address(content, "image/x")):
            file = await home.picture(address, tmp_path)
            assert (file.name, file.read_bytes()) == (f"picture{suffix}", content)


@pytest.mark.parametrize("content", [WAV, b"<svg/>", b"", b"\0\0\0\x20ftypM4A ", b"\xff\xd8", b"GIF90a"])
async def test_anything_else_is_no_picture(tmp_path: Path, content: bytes) -> None:
    """Sound, drawings in words, nothing at all."""
    async with scripted(raw(200, content)) as files, downloads(files.url) as home:
        with pytest.raises(NotUnderstood):
            await home.picture(f"{files.url}/a", tmp_path)


async def test_a_full_disk_is_no_failure_of_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is fetched, inline or not."""

    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", full)
    async with scripted(raw(200, PNG)) as files, downloads(files.url) as home:
        for address in (f"{files.url}/a", as_address(PNG, "image/png")):
            with pytest.raises(NoSpace):
                await home.picture(address, tmp_path)
            with pytest.raises(NoSpace):
                await home.document(address, tmp_path / "x.json")


@given(st.binary(max_size=60), st.sampled_from(["data:", "data:audio/wav;base64,", "DATA:,", ""]))
def test_addresses_with_files_inside_raise_nothing_of_their_own(body: bytes, head: str) -> None:
    """Whatever stands in them; and what is given is what was put in."""
    with contextlib.suppress(ValueError, TooMuch):
        assert len(content_of(head + body.decode("latin-1"), most_bytes=20)) <= 20
    assert content_of(as_address(body, "a/b"), most_bytes=60) == body
    unpadded = "data:;base64," + base64.b64encode(body).decode().rstrip("=")
    assert content_of(unpadded, most_bytes=60) == body
    percent = "data:," + "".join(f"%{byte:02x}" for byte in body)
    assert content_of(percent, most_bytes=60) == body


@given(st.binary(max_size=20))
def test_no_bytes_confuse_the_sniffing(start: bytes) -> None:
    """A file is one thing at most, but for the container that sound and film share."""
    kinds = [audio_suffix(start), picture_suffix(start), object_suffix(start)]
    assert kinds.count(None) >= 2 or start[4:8] == b"ftyp"


@given(st.text(max_size=60))
async def test_no_address_raises_anything_of_its_own(address: str) -> None:
    """It is the host's text: an error of the tree is all that it can cause."""
    home = Downloads(host="h", base_url="https://api.example", local=False, pause=Pauses())
    if not address.lower().startswith(("http://", "https://", "data:")):
        with pytest.raises(RiffcordError):
            await home.audio(address, Path("/nonexistent"))
    await home.close()

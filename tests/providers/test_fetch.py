"""Bringing results home: from allowed addresses, whole, bounded, and only what is audio."""

from __future__ import annotations

import base64
import errno
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.errors import (
    HostError,
    NoSpace,
    NotUnderstood,
    Refused,
    RiffcordError,
    Unreachable,
    UnusableAudio,
)
from bot.protocol.predictions import Prediction
from bot.protocol.runs import Result
from bot.providers import PredictionsHost
from bot.providers.download import FetchLimits
from bot.providers.prediction_runs import run_of
from bot.providers.sniffing import audio_suffix
from bot.providers.waits import ATTEMPTS
from tests.providers.support import (
    Behaviour,
    client,
    cut_off,
    drop,
    endless,
    hang,
    raw,
    scripted,
    told,
)

WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(1_000)


def _result(output: Any) -> Result:
    """The first result of a prediction that succeeded; an empty one where it tells of none."""
    run = run_of(Prediction.model_validate(told(status="succeeded", output=output)))
    return next(iter(run.results), Result())


def _files_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def _fetch(host: PredictionsHost, output: Any, folder: Path) -> bytes:
    return (await host.fetch(_result(output), folder)).audio.read_bytes()


async def test_a_result_arrives_whole_with_its_facts(tmp_path: Path) -> None:
    """On disk under a name that tells what it is; no key is sent to where files lie."""
    async with scripted(raw(200, WAV)) as files, client(files.url) as host:
        output = {"audio": f"{files.url}/a", "bpm": 93.5, "key": "A minor", "seed": 4}
        fetched = await host.fetch(_result(output), tmp_path)
    assert fetched.audio.name == "audio.wav"
    assert fetched.audio.read_bytes() == WAV
    assert (fetched.facts.bpm, fetched.facts.key, fetched.facts.seed) == (93.5, "A minor", 4)
    assert "Authorization" not in files.calls[0].headers


@pytest.mark.parametrize("act", [drop, raw(500, b""), raw(404, b""), cut_off(WAV[:100])])
async def test_a_broken_transfer_starts_again(tmp_path: Path, act: Behaviour) -> None:
    """One break is not seen by the caller, and nothing of the first try stays in the file."""
    async with scripted(act, raw(200, WAV)) as files, client(files.url) as host:
        assert await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path) == WAV


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (raw(500, b""), Unreachable),
        (cut_off(WAV[:100]), Unreachable),
        (hang, Unreachable),
        (raw(410, b""), Refused),
        (raw(200, b"<html>not found</html>"), UnusableAudio),
        (raw(200, b""), UnusableAudio),
        (endless, UnusableAudio),
        (raw(200, WAV * 30), UnusableAudio),
    ],
)
async def test_what_cannot_be_fetched_is_an_error(
    tmp_path: Path, act: Behaviour, kind: type[RiffcordError]
) -> None:
    """After a few tries or at once, never for ever and never more bytes than allowed."""
    async with scripted(act) as files, client(files.url) as host:
        host.downloads.limits = FetchLimits(file_bytes=20_000, read_s=0.2, total_s=3.0)
        with pytest.raises(kind):
            await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path)
    assert len(files.calls) <= 2 * ATTEMPTS
    assert _files_in(tmp_path) <= {"audio.part"}


async def test_a_slow_stream_ends_with_the_time(tmp_path: Path) -> None:
    """The whole download is bounded, not only the pauses in it."""
    async with scripted(endless) as files, client(files.url) as host:
        host.downloads.limits = FetchLimits(file_bytes=2**50, total_s=0.3)
        with pytest.raises(Unreachable):
            await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path)


async def test_private_addresses_are_for_local_hosts_alone(tmp_path: Path) -> None:
    """A host out there cannot make us call our own network, by whatever name."""
    async with scripted(raw(200, WAV)) as files, client(files.url, local=False) as host:
        port = files.url.rpartition(":")[2]
        for name in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1"):  # noqa: S104
            with pytest.raises(HostError) as caught:
                await _fetch(host, {"audio": f"http://{name}:{port}/a"}, tmp_path)
            assert type(caught.value) in (Refused, Unreachable)
    assert files.calls == []


async def test_an_https_host_hands_out_https_only(tmp_path: Path) -> None:
    """Plain http from a host that speaks https is refused before it is called."""
    async with client("https://api.example", local=False) as host:
        with pytest.raises(Refused):
            await _fetch(host, {"audio": "http://files.example/a"}, tmp_path)


async def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path) -> None:
    """Even a local host may only redirect within itself or to the public internet."""
    async with scripted(raw(200, WAV)) as inside:
        onward = f"{inside.url}/secret"
        async with scripted(raw(302, b"", Location=onward)) as files, client(files.url) as host:
            with pytest.raises(Refused):
                await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path)
        async with (
            scripted(raw(302, b"", Location=onward.replace("http:", "https:"))) as files,
            client(files.url) as host,
        ):
            with pytest.raises(Refused):
                await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path)
    assert inside.calls == []


@pytest.mark.parametrize("location", ["", "/b", "ftp://x/y", "http://", "//", "mailto:x"])
async def test_redirects_are_bounded_and_checked(tmp_path: Path, location: str) -> None:
    """A circle ends, and an address that is none is an error of the host."""
    async with scripted(raw(302, b"", Location=location)) as files, client(files.url) as host:
        with pytest.raises((Refused, NotUnderstood)):
            await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path)
    assert len(files.calls) <= 6


async def test_a_redirect_within_the_host_is_followed(tmp_path: Path) -> None:
    """A relative one, too."""
    async with scripted(raw(307, b"", Location="/b"), raw(200, WAV)) as files, client(files.url) as host:
        assert await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path) == WAV
    assert [call.path for call in files.calls] == ["/a", "/b"]


async def test_data_addresses_are_taken_within_the_bound(tmp_path: Path) -> None:
    """Some answers carry the file itself."""
    async with client("http://unused.invalid") as host:
        inline = "data:audio/wav;base64," + base64.b64encode(WAV).decode()
        assert await _fetch(host, [inline], tmp_path) == WAV
        host.downloads.limits = FetchLimits(file_bytes=100)
        with pytest.raises(UnusableAudio):
            await _fetch(host, inline, tmp_path)
        for broken in ("data:audio/wav;base64,@@@", "data:audio/wav"):
            with pytest.raises(NotUnderstood):
                await _fetch(host, broken, tmp_path)


@pytest.mark.parametrize("output", [None, {}, [], {"audio": None}, {"spectrogram": "https://x/y"}, 7])
async def test_a_result_without_audio_is_not_understood(tmp_path: Path, output: object) -> None:
    """A succeeded prediction has to say where its audio is."""
    assert _result(output).audio is None
    async with client("http://unused.invalid") as host:
        with pytest.raises(NotUnderstood):
            await _fetch(host, output, tmp_path)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:1", "http://[", "nothing"])
async def test_other_addresses_are_not_understood(tmp_path: Path, address: str) -> None:
    """Only http, https and data lead to a result."""
    async with client("http://unused.invalid") as host:
        with pytest.raises(NotUnderstood):
            await _fetch(host, address, tmp_path)


async def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for a failure of the host."""

    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", full)
    async with scripted(raw(200, WAV)) as files, client(files.url) as host:
        with pytest.raises(NoSpace):
            await _fetch(host, {"audio": f"{files.url}/a"}, tmp_path)


@pytest.mark.parametrize(
    ("start", "suffix"),
    [
        (b"RIFF\0\0\0\0WAVE", ".wav"),
        (b"RF64\0\0\0\0WAVE", ".wav"),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"ID3\x04\0\0\0\0\0\0\0\0", ".mp3"),
        (b"\xff\xfb\x90\x64\0\0\0\0\0\0\0\0", ".mp3"),
        (b"\xff\xf1\x50\x80\0\0\0\0\0\0\0\0", None),
        (b"OggS\0\0\0\0\0\0\0\0", ".ogg"),
        (b"fLaC\0\0\0\0\0\0\0\0", ".flac"),
        (b"\0\0\0\x20ftypM4A ", ".m4a"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_audio_is_known_by_its_first_bytes(start: bytes, suffix: str | None) -> None:
    """Not by its name or what its host calls it."""
    assert audio_suffix(start) == suffix

"""What a result has besides its sound, brought to where the command line was told to."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from bot.cli.bring import Files
from bot.errors import Refused, UnusableAudio
from bot.jobs.records import Offers
from bot.providers.download import FetchLimits
from tests.jobs.world import Accidents, HandClock, HostDouble
from tests.providers.support import endless, raw, scripted

WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(100)


def _names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def a_host(base_url: str, *, local: bool = True) -> HostDouble:
    """A host at this address that is not our own engine."""
    host = HostDouble("double", HandClock(), Accidents())
    host.base_url, host.local, host.offers = base_url, local, Offers()
    return host


async def _elsewhere(request: web.Request) -> web.Response:
    raise web.HTTPFound(f"http://localhost:{request.url.port}/secret")


async def test_files_arrive_whole(tmp_path: Path) -> None:
    """From an address or from inside one; stems by their players, as what they really are."""
    async with scripted(raw(200, b"MThd"), raw(200, WAV)) as there, Files(a_host(there.url)) as files:
        midi = await files.bring(f"{there.url}/a", tmp_path / "a.mid")
        lyrics = await files.bring("data:,la%20la", tmp_path / "a.lrc")
        stems = await files.stems({"lead guitar": f"{there.url}/b.txt"}, tmp_path / "stems")
    assert (midi.read_bytes(), lyrics.read_bytes()) == (b"MThd", b"la la")
    assert {file.name: file.read_bytes() for file in stems} == {"lead_guitar.wav": WAV}


async def test_a_host_names_no_place_outside_of_the_folder(tmp_path: Path) -> None:
    """Whatever it calls its players, and wherever their files lie."""
    folder = tmp_path / "stems"
    async with scripted(*[raw(200, WAV)] * 3) as there, Files(a_host(there.url)) as files:
        told = {"../../evil": f"{there.url}/..%2F..%2Fx", "/etc/x": f"{there.url}/a", "..": f"{there.url}/b"}
        written = await files.stems(told, folder)
    assert {file.parent for file in written} == {folder}
    assert _names_in(folder) == ["3.wav", "etc_x.wav", "evil.wav"]
    assert _names_in(tmp_path) == ["stems"]


async def test_files_are_fetched_by_the_rules_of_results(tmp_path: Path) -> None:
    """No private address for a host out there, no way to one by redirection, no file without end."""
    target = tmp_path / "a.mid"
    async with scripted(raw(200, b"MThd"), _elsewhere, endless) as there:
        async with Files(a_host("https://music.example", local=False)) as files:
            with pytest.raises(Refused):
                await files.bring(f"{there.url}/a", target)
        assert there.calls == []
        async with Files(a_host(there.url), FetchLimits(file_bytes=10_000)) as files:
            await files.bring(f"{there.url}/a", target)
            with pytest.raises(Refused):
                await files.bring(f"{there.url}/b", target)
            with pytest.raises(UnusableAudio):
                await files.bring(f"{there.url}/c", target)
    assert _names_in(tmp_path) == ["a.mid"]

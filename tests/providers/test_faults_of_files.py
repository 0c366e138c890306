"""What may go wrong while a result is fetched: bounded in bytes, time, tries and places."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.errors import Refused, RemoteError, Unreachable, UnusableAudio
from bot.protocol.runs import Result
from bot.providers.download import FetchLimits
from bot.providers.waits import ATTEMPTS
from tests.peers.standin import standin
from tests.providers.clients import SHORT, TWICE, accepted, client_of, fits, patience


@dataclass(frozen=True)
class FileRow:
    """What a download meets, what it becomes, and how often it was begun."""

    name: str
    error: type[RemoteError]
    calls: int


FILES = [
    FileRow("401", Refused, 1),
    FileRow("404", Unreachable, ATTEMPTS),  # a file may be on its way to where it is fetched from
    FileRow("500", Unreachable, ATTEMPTS),
    FileRow("dropped", Unreachable, TWICE),
    FileRow("no answer", Unreachable, ATTEMPTS),
    FileRow("slow body", Unreachable, ATTEMPTS),
    FileRow("wrong content length", Unreachable, ATTEMPTS),
    FileRow("endless body", UnusableAudio, 1),
    FileRow("HTML body", UnusableAudio, 1),
    FileRow("empty body", UnusableAudio, 1),
    FileRow("redirect to a private address", Refused, 1),
    FileRow("redirect in a circle", Refused, 6),
]


@pytest.mark.parametrize("row", FILES, ids=lambda row: row.name)
async def test_fetching_what_was_made_fails(row: FileRow, tmp_path: Path) -> None:
    """Bounded in bytes, time and tries; nothing half is left as if it were whole."""
    async with standin() as host, client_of(host) as client:
        silent_s = 0.25 if patience(row.name) is SHORT else 20
        client.downloads.limits = FetchLimits(file_bytes=1_000_000, read_s=silent_s)
        run = await accepted(host, client)
        await host.predictions.ends(run.id)
        done = await client.get(run.id)
        host.always("file", row.name)
        with pytest.raises(RemoteError) as caught:
            await client.fetch(done.results[0], tmp_path)
        assert type(caught.value) is row.error
        assert fits(len(host.at("file")), row.calls, row.name)
    assert {file.suffix for file in await asyncio.to_thread(lambda: list(tmp_path.iterdir()))} <= {".part"}


async def test_a_strangers_host_names_no_private_address(tmp_path: Path) -> None:
    """A host on the internet whose result lies at an address of this house is not believed."""
    async with standin() as host, client_of(host, local=False) as client:
        run = await accepted(host, client)
        await host.predictions.ends(run.id)
        done = await client.get(run.id)
        with pytest.raises(Refused):
            await client.fetch(done.results[0], tmp_path)
        with pytest.raises(Refused):
            await client.fetch(Result(audio="http://169.254.169.254/latest"), tmp_path)
        assert host.at("file") == []


async def test_the_key_goes_nowhere_else(tmp_path: Path) -> None:
    """Files are fetched without it, whatever host they lie at."""
    async with standin() as host, client_of(host) as client:
        run = await accepted(host, client)
        await host.predictions.ends(run.id)
        await client.fetch((await client.get(run.id)).results[0], tmp_path)
        assert all("Authorization" not in call.headers for call in host.at("file"))
        assert all(call.headers["Authorization"] for call in host.calls if call.point != "file")

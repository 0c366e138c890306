"""Files in and out of the command line: what a request brings, and what comes home besides the sound."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from bot.errors import InvalidOption, Unreachable
from bot.jobs.ports import Host
from bot.jobs.records import Source
from bot.protocol.engine import MAX_SOURCE_BYTES
from bot.providers.predictions import at_home


class Files:
    """Brings our own engine's files home. Open it with ``async with``."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._session = aiohttp.ClientSession()

    async def __aenter__(self) -> Files:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def bring(self, address: str, target: Path) -> Path:
        """Download into ``target``. Raises ``Unreachable`` when the engine breaks off."""
        part = target.with_name(target.name + ".part")
        try:
            async with self._session.get(at_home(address, self._host.base_url)) as response:
                response.raise_for_status()
                with part.open("wb") as file:
                    async for chunk in response.content.iter_chunked(2**20):
                        await asyncio.to_thread(file.write, chunk)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(self._host.name, type(error).__name__) from error
        finally:
            if sys.exc_info()[0] is not None:
                part.unlink(missing_ok=True)
        return part.replace(target)

    async def stems(self, stems: Mapping[str, str], folder: Path) -> list[Path]:
        """Download every stem into ``folder``, which is made where it is not there."""
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        return [
            await self.bring(address, folder / address.rpartition("/")[2].removeprefix("stem-"))
            for address in stems.values()
        ]


def as_address(option: str, file: Path) -> str:
    """A file's content as a ``data:`` address. Raises as :func:`as_source`."""
    content = as_source(option, file).file.read_bytes()
    return "data:application/octet-stream;base64," + base64.b64encode(content).decode()


def as_source(option: str, file: Path) -> Source:
    """A file as what something else is made from: a score by its name, else audio.

    Raises:
        InvalidOption: it cannot be read, or is too large.
    """
    try:
        with file.open("rb") as readable:
            size_bytes = readable.seek(0, 2)
    except OSError as error:
        raise InvalidOption(option, "no_file", file=str(file)) from error
    if size_bytes > MAX_SOURCE_BYTES:
        raise InvalidOption(option, "file_too_large", file=str(file), limit=MAX_SOURCE_BYTES >> 20)
    return Source(file=file)


def is_score(source: Source) -> bool:
    """Whether it is a score, by its name: everything else is taken for audio."""
    return source.file.suffix.lower() == ".json"

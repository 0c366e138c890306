"""Files in and out of the command line: what a request brings, and what comes home besides the sound."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.errors import InvalidOption
from bot.jobs.ports import Host
from bot.jobs.records import Source
from bot.protocol.engine import MAX_SOURCE_BYTES
from bot.providers import inline
from bot.providers.addresses import at_home
from bot.providers.download import Downloads, FetchLimits

_MOST_STEMS: Final = 32


class Files:
    """Brings what a result has besides its sound, bounded as that is. Open it with ``async with``."""

    def __init__(self, host: Host, limits: FetchLimits | None = None) -> None:
        self._host = host
        self._downloads = Downloads(
            host=host.name, base_url=host.base_url, local=host.local, limits=limits or FetchLimits()
        )

    async def __aenter__(self) -> Files:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._downloads.close()

    async def bring(self, address: str, target: Path) -> Path:
        """Download into ``target``. Raises as ``Downloads.audio``."""
        await self._downloads.file(self._here(address), target)
        return target

    async def stems(self, stems: Mapping[str, str], folder: Path) -> list[Path]:
        """Download every stem into ``folder``, by the players' names; it is made where it is not there."""
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        written: list[Path] = []
        with tempfile.TemporaryDirectory(prefix=".stems-", dir=folder) as scratch:
            for number, (name, address) in enumerate(list(stems.items())[:_MOST_STEMS], 1):
                sound = await self._downloads.audio(self._here(address), Path(scratch))
                target = folder / f"{_file_name(name) or number}{sound.suffix}"
                written.append(await asyncio.to_thread(sound.replace, target))
        return written

    def _here(self, address: str) -> str:
        """Our own engine tells addresses as it was called; it may have come back at another port."""
        ours = self._host.local and self._host.offers.engine_extras
        return at_home(address, self._host.base_url) if ours else address


def _file_name(name: str) -> str:
    """A player's name as that of a file: the host chose it, so it leads to no other folder."""
    return re.sub(r"[^\w-]+", "_", name).strip("_")[:60]


def as_address(option: str, file: Path) -> str:
    """A file's content as a ``data:`` address. Raises as :func:`as_source`."""
    return inline.as_address(as_source(option, file).file.read_bytes(), "application/octet-stream")


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

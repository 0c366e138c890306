"""Audio that callers bring to be morphed: a file each, found again by its id and its owner for a while."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import BinaryIO

KEEP_S = 24 * 3_600.0
MOST_EACH = 100
"""Of one owner; the oldest goes when another comes."""
MOST_BYTES_EACH = 2 * 2**30
"""Likewise."""
MOST_AT_ONCE = 8
"""Of one owner's that arrive at the same time."""
_EVERYBODY = "everybody"
_PART = ".part"


class TooLargeUpload(ValueError):
    """More bytes than a source may have."""


class TooManyUploads(Exception):
    """Others of this owner are still arriving."""


class Uploads:
    """Files below one folder, in a folder for each owner. Whole or not there; on disk when kept."""

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int,
        keep_s: float = KEEP_S,
        most_each: int = MOST_EACH,
        most_bytes_each: int = MOST_BYTES_EACH,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._keep_s = keep_s
        self._most_each = most_each
        self._most_bytes_each = most_bytes_each
        self._arriving: Counter[str] = Counter()
        self._settling = asyncio.Lock()

    @contextlib.contextmanager
    def arriving(self, owner: str) -> Generator[None]:
        """One is on its way for the length of the block. Raises :class:`TooManyUploads`."""
        if self._arriving[owner] >= MOST_AT_ONCE:
            raise TooManyUploads
        self._arriving[owner] += 1
        try:
            yield
        finally:
            self._arriving[owner] -= 1
            if not self._arriving[owner]:
                del self._arriving[owner]

    async def keep(self, owner: str, chunks: AsyncIterator[bytes]) -> str:
        """Keep what comes and return its id, a UUID. Raises :class:`TooLargeUpload`."""
        home = self._folder / (owner or _EVERYBODY)
        upload_id = str(uuid.uuid4())
        part = home / f"{upload_id}{_PART}"
        await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
        try:
            with await asyncio.to_thread(part.open, "wb") as file:
                await self._write(file, chunks)
            async with self._settling:  # one by one, so that all that are kept have been counted
                await asyncio.to_thread(self._make_room, home, part.stat().st_size)
                await asyncio.to_thread(part.replace, home / upload_id)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return upload_id

    async def _write(self, file: BinaryIO, chunks: AsyncIterator[bytes]) -> None:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self._most_bytes:
                raise TooLargeUpload
            await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(_sync, file)

    async def find(self, owner: str, upload_id: str) -> bytes | None:
        """The owner's upload; None where there is none (any more), or it is another's."""
        try:
            name = str(uuid.UUID(upload_id))
        except ValueError:
            return None
        return await asyncio.to_thread(self._read, self._folder / (owner or _EVERYBODY) / name)

    def _read(self, file: Path) -> bytes | None:
        try:
            too_old = file.stat().st_mtime < time.time() - self._keep_s
            return None if too_old else file.read_bytes()
        except FileNotFoundError:
            return None

    async def expire(self) -> None:
        """Forget what is past its time, of whoever."""
        async with self._settling:
            await asyncio.to_thread(self._expire)

    async def sweep(self) -> None:
        """Forget what a killed server left half arrived, and what is past its time."""
        await asyncio.to_thread(self._remove, list(self._folder.glob(f"*/*{_PART}")))
        await self.expire()

    def _expire(self) -> None:
        oldest_at = time.time() - self._keep_s
        self._remove([file for at, _, file in self._whole("*/*") if at < oldest_at])

    def _make_room(self, home: Path, size_bytes: int) -> None:
        """Forget the oldest of who brings too many."""
        newest_first = sorted(self._whole(f"{home.name}/*"), reverse=True)
        gone: list[Path] = []
        for number, (_, size, file) in enumerate(newest_first, start=2):
            size_bytes += size
            if number > self._most_each or size_bytes > self._most_bytes_each:
                gone.append(file)
        self._remove(gone)

    def _whole(self, names: str) -> list[tuple[float, int, Path]]:
        """Time, size and place of each that has arrived; one may go at any time."""
        found: list[tuple[float, int, Path]] = []
        for file in self._folder.glob(names):
            with contextlib.suppress(FileNotFoundError):
                if file.suffix != _PART:
                    told = file.stat()
                    found.append((told.st_mtime, told.st_size, file))
        return found

    def _remove(self, files: list[Path]) -> None:
        for file in files:
            file.unlink(missing_ok=True)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())

"""Audio that callers bring to be morphed: a file each, found again by its id and its owner for a while."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

KEEP_S = 24 * 3_600.0
MOST_EACH = 100
"""Of one owner; the oldest goes when another comes."""
_EVERYBODY = "everybody"


class TooLargeUpload(ValueError):
    """More bytes than a source may have."""


class Uploads:
    """Files below one folder, in a folder for each owner. Whole or not there; on disk when kept."""

    def __init__(
        self, folder: Path, *, most_bytes: int, keep_s: float = KEEP_S, most_each: int = MOST_EACH
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._keep_s = keep_s
        self._most_each = most_each

    async def keep(self, owner: str, chunks: AsyncIterator[bytes]) -> str:
        """Keep what comes and return its id, a UUID. Raises :class:`TooLargeUpload`."""
        home = self._folder / (owner or _EVERYBODY)
        upload_id = str(uuid.uuid4())
        part = home / f"{upload_id}.part"
        await asyncio.to_thread(self._make_room, home)
        try:
            with await asyncio.to_thread(part.open, "wb") as file:
                await self._write(file, chunks)
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

    def _make_room(self, home: Path) -> None:
        """Forget what is past its time, of whoever, and the oldest of who brings too many."""
        home.mkdir(parents=True, exist_ok=True)
        oldest_at = time.time() - self._keep_s
        kept = sorted((file.stat().st_mtime, file) for file in home.iterdir())
        gone = [file for _, file in kept[: max(0, len(kept) - self._most_each + 1)]]
        gone += [file for file in self._folder.glob("*/*") if file.stat().st_mtime < oldest_at]
        for file in gone:
            file.unlink(missing_ok=True)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())

"""Sound and pictures in a folder: two levels of folders, whole files or none, safe on disk when kept."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from collections.abc import AsyncGenerator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import NotFound
from bot.jobs.records import Filed
from bot.store.safe_files import SafeFiles, size_bytes

_KEY = re.compile(r"[a-z0-9]{8,24}/[a-z0-9_.-]{1,40}")


class FolderBlobs:
    """``bot.jobs.ports.Blobs`` on the local disk. Keys are ``<take id>/<name>``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._safe = SafeFiles(root)
        self._used_bytes: int | None = None  # nobody has counted yet
        self._since_bytes = 0  # by how much our own writes changed it since the last count began

    def _folder(self, take_id: str) -> Path:
        return self._root / take_id[:2] / take_id[2:4] / take_id

    def _path(self, key: str) -> Path:
        take_id, _, name = checked(key).partition("/")
        return self._folder(take_id) / name

    async def put(self, source: Path, *, key: str) -> None:
        """Keep a copy under ``key``; again is the same.

        Raises:
            NoSpace: The disk is full.
        """
        self._count(await asyncio.to_thread(self._safe.copied, source, self._path(key)))

    async def keep(self, files: Mapping[str, Path]) -> dict[str, Path]:
        """Keep files that nobody writes to any more under their keys, together; where they are now.

        Raises:
            NoSpace: The disk is full.
        """
        targets = {self._path(key): source for key, source in files.items()}
        self._count(await asyncio.to_thread(self._safe.linked, targets))
        return {key: self._path(key) for key in files}

    async def path(self, key: str) -> Path:
        """The file itself. Raises ``NotFound``."""
        path = self._path(key)
        if not await asyncio.to_thread(path.is_file):
            raise NotFound("blob")
        return path

    async def delete(self, key: str) -> None:
        """Forget one file; an unknown key is no error."""
        path = self._path(key)
        gone_bytes = await asyncio.to_thread(size_bytes, path)
        await asyncio.to_thread(path.unlink, missing_ok=True)
        self._count(-gone_bytes)

    async def delete_take(self, take_id: str) -> None:
        """Forget all files of a take, and what a broken-off try may have left."""
        self._count(-await asyncio.to_thread(_remove, self._folder(take_id)))

    async def shelves(self) -> AsyncGenerator[list[Filed], None]:
        """Every file, a part of the folder at a time; what changes meanwhile is seen before or after."""
        counted_bytes = self._since_bytes = 0
        for name in await asyncio.to_thread(_folders_in, self._root):
            filed = await asyncio.to_thread(lambda: list(_filed_below(self._root / name)))  # noqa: B023
            counted_bytes += sum(each.size_bytes for each in filed)
            if filed:
                yield filed
        self._used_bytes = counted_bytes + self._since_bytes
        self._since_bytes = 0

    async def used_bytes(self) -> int:
        """What all files take up, by the last look at them and what this process did since."""
        if self._used_bytes is None:
            async for _ in self.shelves():
                pass
        return self._used_bytes or 0

    def _count(self, change_bytes: int) -> None:
        self._since_bytes += change_bytes
        if self._used_bytes is not None:
            self._used_bytes = max(0, self._used_bytes + change_bytes)


def checked(key: str) -> str:
    """The key, which is one of ours. Raises ``ValueError``."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key of ours: {key!r}")
    return key


def _remove(folder: Path) -> int:
    """Remove a folder; how many bytes were in it."""
    try:
        gone_bytes = sum(size_bytes(path) for path in folder.iterdir())
    except OSError:
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    return gone_bytes


def _folders_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_dir())
    except FileNotFoundError:
        return []


def _filed_below(first: Path) -> Iterator[Filed]:
    """The files of a folder of the first level. One that goes away while we look is not there."""
    for second in _folders_in(first):
        for take_id in _folders_in(first / second):
            with contextlib.suppress(FileNotFoundError):
                for path in (first / second / take_id).iterdir():
                    told = path.stat()
                    changed_at = datetime.fromtimestamp(told.st_mtime, UTC)
                    yield Filed(
                        take_id=take_id, name=path.name, size_bytes=told.st_size, changed_at=changed_at
                    )

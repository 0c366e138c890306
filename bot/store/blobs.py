"""Sound and pictures in a folder: two levels of folders, whole files or none, safe on disk when kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from pathlib import Path

from bot.disk import is_full
from bot.errors import NoSpace, NotFound

_KEY = re.compile(r"[a-z0-9]{8,24}/[a-z0-9_.-]{1,40}")


class FolderBlobs:
    """``bot.jobs.ports.Blobs`` on the local disk. Keys are ``<take id>/<name>``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _folder(self, take_id: str) -> Path:
        return self._root / take_id[:2] / take_id[2:4] / take_id

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key of ours: {key!r}")
        take_id, _, name = key.partition("/")
        return self._folder(take_id) / name

    async def put(self, source: Path, *, key: str) -> None:
        """Keep a copy under ``key``; again is the same.

        Raises:
            NoSpace: The disk is full.
        """
        await asyncio.to_thread(_copy_whole, source, self._path(key))

    async def path(self, key: str) -> Path:
        """The file itself. Raises ``NotFound``."""
        path = self._path(key)
        if not await asyncio.to_thread(path.is_file):
            raise NotFound("blob")
        return path

    async def delete(self, key: str) -> None:
        """Forget one file; an unknown key is no error."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def delete_take(self, take_id: str) -> None:
        """Forget all files of a take, and what a broken-off try may have left."""
        await asyncio.to_thread(shutil.rmtree, self._folder(take_id), ignore_errors=True)


def _copy_whole(source: Path, target: Path) -> None:
    """Copy by way of a temporary name, with file and folder synced, so that a crash leaves all or nothing."""
    partial = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as reader, partial.open("wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())
        partial.replace(target)
        for folder in list(target.parents)[:4]:  # up to the root: each may be new
            _sync_folder(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        if is_full(error):
            raise NoSpace from error
        raise


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut (not on Windows, which cannot open folders)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

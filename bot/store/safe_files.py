"""Files put below a folder so that a power cut leaves them there, with as few waits for the disk as can be.

A file is safe when its content is synced and so is every folder on the way to it that has a new name in it.
These syncs have nothing to wait for in each other, and a journal writes those that come together at once, so
they are asked for side by side.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Final

from bot.disk import is_full
from bot.errors import NoSpace

_SYNCS: Final = 12
"""At the same time: those of two takes."""
_COPIED_BYTES: Final = 1 << 20


class SafeFiles:
    """Blocking; call it in threads, as many as there are."""

    def __init__(self, root: Path) -> None:
        """``root`` may be missing; files are put at any depth below it."""
        self._root = root
        self._syncing = ThreadPoolExecutor(_SYNCS, thread_name_prefix="sync")
        self._entered: set[Path] = set()
        """Folders whose name in their parent is known to be on disk."""

    def copied(self, source: Path, target: Path) -> int:
        """Put a copy there, whole or not at all; by how many bytes what is there grew. Raises ``NoSpace``."""
        before_bytes = size_bytes(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._put({target: source}, [target], _copy)
        return size_bytes(target) - before_bytes

    def linked(self, files: Mapping[Path, Path]) -> int:
        """Put the files that are named second where those named first are to be; by how many bytes all grew.

        They get there by a further name of the same file where that can be had, else by a copy. What was
        there is replaced by something whole or not at all; what was not may be there in part after a power
        cut, if this never returned. Raises ``NoSpace``.
        """
        before_bytes = sum(map(size_bytes, files))
        for folder in {target.parent for target in files}:
            folder.mkdir(parents=True, exist_ok=True)
        self._put(files, [target for target, source in files.items() if not _new_name(source, target)], _link)
        return sum(map(size_bytes, files)) - before_bytes

    def _put(
        self, files: Mapping[Path, Path], missing: list[Path], bring: Callable[[Path, Path], None]
    ) -> None:
        """Bring what is missing by way of a temporary name, and sync everything."""
        parts = {target.with_name(target.name + ".part"): target for target in missing}
        try:
            for part, target in parts.items():
                bring(files[target], part)
            self._synced(list(parts))
            for part, target in parts.items():
                part.replace(target)
            self._synced([*(file for file in files if file not in missing), *self._folders(files)])
        except OSError as error:
            for part in parts:
                part.unlink(missing_ok=True)
            for target, source in files.items():
                if _is_same(target, source):
                    target.unlink(missing_ok=True)
            if is_full(error):
                raise NoSpace from error
            raise
        self._entered.update(
            folder for file in files for folder in file.parents if folder.parent == self._root
        )

    def _folders(self, files: Iterable[Path]) -> list[Path]:
        """Whose list of names has to be synced for these files to be found."""
        found: set[Path] = set()
        for file in files:
            for folder in file.parents:
                found.add(folder)
                if folder == self._root or folder in self._entered:
                    break
        return sorted(found)

    def _synced(self, paths: list[Path]) -> None:
        """All of them, or the first error, once none is under way any more."""
        waited = [self._syncing.submit(_sync, path) for path in paths[1:]]
        try:
            for path in paths[:1]:
                _sync(path)
        finally:
            wait(waited)
        for each in waited:
            each.result()


def size_bytes(path: Path) -> int:
    """Of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reader, target.open("wb") as writer:
        shutil.copyfileobj(reader, writer, _COPIED_BYTES)


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)  # left by a try that broke off
    if not _new_name(source, target):
        _copy(source, target)


def _new_name(source: Path, target: Path) -> bool:
    """Not where there is one already; not every file system has links, and none has them across disks."""
    try:
        target.hardlink_to(source)
    except OSError as error:
        if is_full(error):
            raise NoSpace from error
        return False
    return True


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _sync(path: Path) -> None:
    """A file's content, or the names in a folder (not on Windows, which cannot open folders)."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

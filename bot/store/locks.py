"""One process owns a SQLite file. The system frees the lock when the owner dies, by whatever cause."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Generator
from pathlib import Path

from bot.disk import is_full
from bot.errors import ExitCode, StartupError

_held_here: set[Path] = set()


@contextlib.contextmanager
def writing_to(folder: Path) -> Generator[None, None, None]:
    """Turn what the system says about an unusable data folder into a start-up error.

    Raises:
        StartupError: ``no_space`` or ``data_not_writable``.
    """
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StartupError("no_space", ExitCode.NO_SPACE, folder=str(folder)) from error
        raise StartupError("data_not_writable", ExitCode.BAD_SETTINGS, folder=str(folder)) from error


def _lock(descriptor: int) -> None:
    """Take the lock or raise ``OSError`` at once.

    A record lock (``lockf``), not ``flock``: a forked worker must not inherit it, or a killed bot
    could not come back before its last worker is gone.
    """
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def own_file(database: Path) -> Generator[None, None, None]:
    """Own ``database`` (by a lock file beside it) until the block ends or the process dies.

    Raises:
        StartupError: ``data_in_use``, when another process, or this one, already owns it.
    """
    path = database.resolve().with_name(database.name + ".lock")
    if path in _held_here:
        raise StartupError("data_in_use", ExitCode.DATA_IN_USE, folder=str(database.parent))
    with writing_to(database.parent):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor)
        except OSError:
            raise StartupError("data_in_use", ExitCode.DATA_IN_USE, folder=str(database.parent)) from None
        _held_here.add(path)
        try:
            yield
        finally:
            _held_here.discard(path)
    finally:
        os.close(descriptor)

"""Whether an error means that a disk is full; the one place that knows how systems and databases say so."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Generator
from typing import Final

from bot.errors import NoSpace

_ERRNOS: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_SQLITE_CODES: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
"""The second: the file by which SQLite's connections share memory cannot grow (sqlite.org/rescode.html)."""
_POSTGRES_DISK_FULL: Final = "53100"
"""SQLSTATE ``disk_full`` (PostgreSQL, Appendix A)."""


def is_full(error: BaseException) -> bool:
    """Whether the error, or what a database driver raised below it, says that no more can be stored."""
    told = getattr(error, "orig", None) or error  # SQLAlchemy keeps the driver's own error there
    if isinstance(told, OSError):
        return told.errno in _ERRNOS
    if isinstance(told, sqlite3.Error):
        return getattr(told, "sqlite_errorcode", None) in _SQLITE_CODES
    return getattr(told, "sqlstate", None) == _POSTGRES_DISK_FULL


@contextlib.contextmanager
def full_means_no_space() -> Generator[None]:
    """Turn such an error into :class:`NoSpace`; all others pass."""
    try:
        yield
    except Exception as error:
        if is_full(error):
            raise NoSpace from error
        raise

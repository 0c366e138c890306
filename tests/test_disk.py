"""One place knows how a full disk is told."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from bot.disk import full_means_no_space, is_full
from bot.errors import NoSpace


def told_by_sqlite(*, full: bool) -> sqlite3.Error:
    """What SQLite itself raises when a write finds no room, and what it raises otherwise."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (x)")
    if full:
        connection.execute("PRAGMA max_page_count = 2")
    try:
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))" if full else "INSERT INTO u VALUES (1)")
    except sqlite3.OperationalError as error:
        return error
    finally:
        connection.close()
    raise AssertionError("it was written")


def wrapped(error: Exception) -> OperationalError:
    """As SQLAlchemy hands it on."""
    return OperationalError("INSERT", {}, error)


FULL = [
    OSError(errno.ENOSPC, "full"),
    OSError(errno.EDQUOT, "quota"),
    told_by_sqlite(full=True),
    wrapped(told_by_sqlite(full=True)),
    wrapped(psycopg.errors.DiskFull("could not extend file")),
]
OTHERS = [
    OSError(errno.EACCES, "no"),
    told_by_sqlite(full=False),
    wrapped(psycopg.errors.AdminShutdown("bye")),
    ValueError("No space left on device"),
]


@pytest.mark.parametrize("error", FULL, ids=repr)
def test_a_full_disk_is_told_in_many_ways(error: Exception) -> None:
    """By the system, by SQLite and by PostgreSQL, bare or wrapped: all become one error."""
    assert is_full(error)
    with pytest.raises(NoSpace), full_means_no_space():
        raise error


@pytest.mark.parametrize("error", OTHERS, ids=repr)
def test_other_errors_pass(error: Exception) -> None:
    """They stay what they are."""
    assert not is_full(error)
    with pytest.raises(type(error)), full_means_no_space():
        raise error

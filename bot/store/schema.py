"""Which schema this code needs, and whether a database has it; without Alembic, which is heavy."""

from __future__ import annotations

import enum
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.errors import ExitCode, StartupError
from bot.store.db import sqlite_file

Branch = Literal["bot", "engine"]

REVISIONS: dict[Branch, tuple[str, ...]] = {
    "bot": (
        "bot_0001",
        "bot_0002",
        "bot_0003",
        "bot_0004",
        "bot_0005",
        "bot_0006",
        "bot_0007",
        "bot_0008",
        "bot_0009",
        "bot_0010",
        "bot_0011",
        "bot_0012",
        "bot_0013",
        "bot_0014",
        "bot_0015",
        "bot_0016",
        "bot_0017",
        "bot_0018",
    ),
    "engine": ("engine_0001", "engine_0002"),
}
"""Every revision of each branch, oldest first. A test holds this against the migration scripts."""


class Age(enum.Enum):
    """How a database's schema compares with this code."""

    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


_QUERY = "SELECT version_num FROM alembic_version"
_HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"


_PATIENCE_S = 10.0
"""How long somebody may hold the file before it counts as one that cannot be read."""


def _stored_revisions(url: str) -> frozenset[str]:
    """The revisions noted in the database; empty where there is none yet."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = sqlite_file(url)
        if file is None or not file.exists():
            return frozenset()
        return _stored_in_file(file)
    engine = sa.create_engine(parsed)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return frozenset()
            return frozenset(connection.scalars(sa.text(_QUERY)))
    except OperationalError as error:
        raise StartupError("database_unreachable", ExitCode.BAD_SETTINGS) from error
    finally:
        engine.dispose()


def _stored_in_file(file: Path) -> frozenset[str]:
    """Only a file without the table has no revisions: one that is busy or damaged is no empty one."""
    try:
        address = f"{file.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE_S)) as connection:
            if connection.execute(_HAS_TABLE).fetchone() is None:
                return frozenset()
            return frozenset(row[0] for row in connection.execute(_QUERY))
    except sqlite3.OperationalError as error:  # locked, no right to read, an I/O error
        raise StartupError("database_unreadable", ExitCode.BAD_SETTINGS, file=str(file)) from error
    except sqlite3.DatabaseError as error:
        raise StartupError("database_damaged", ExitCode.BAD_SETTINGS, file=str(file)) from error


def schema_age(url: str, branch: Branch) -> Age:
    """Compare the stored schema of ``branch`` with :data:`REVISIONS`.

    Raises:
        StartupError: ``database_unreachable``, ``database_unreadable`` or ``database_damaged``.
    """
    stored = {revision for revision in _stored_revisions(url) if revision.startswith(f"{branch}_")}
    if not stored:
        return Age.EMPTY
    if REVISIONS[branch][-1] in stored:
        return Age.CURRENT
    return Age.NEWER if stored - set(REVISIONS[branch]) else Age.OLD


def require_current(url: str, branch: Branch) -> None:
    """Refuse a database of another age.

    Raises:
        StartupError: ``schema_none`` or ``schema_old`` (run the migrations), or ``schema_newer`` (update
            this program).
    """
    age = schema_age(url, branch)
    if age is not Age.CURRENT:
        problem = {Age.NEWER: "schema_newer", Age.EMPTY: "schema_none"}.get(age, "schema_old")
        raise StartupError(problem, ExitCode.OUTDATED, branch=branch)

"""Which schema this code needs, and whether a database has it; without Alembic, which is heavy."""

from __future__ import annotations

import enum
import sqlite3
from contextlib import closing
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.errors import ExitCode, StartupError
from bot.store.db import sqlite_file

Branch = Literal["bot", "engine"]

REVISIONS: dict[Branch, tuple[str, ...]] = {
    "bot": ("bot_0001", "bot_0002", "bot_0003"),
    "engine": ("engine_0001", "engine_0002"),
}
"""Every revision of each branch, oldest first. A test holds this against the migration scripts."""


class Age(enum.Enum):
    """How a database's schema compares with this code."""

    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


def _stored_revisions(url: str) -> frozenset[str]:
    """The revisions noted in the database; empty where there is none yet."""
    query = "SELECT version_num FROM alembic_version"
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = sqlite_file(url)
        if file is None or not file.exists():
            return frozenset()
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            try:
                return frozenset(row[0] for row in connection.execute(query))
            except sqlite3.OperationalError:  # no such table
                return frozenset()
    engine = sa.create_engine(parsed)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return frozenset()
            return frozenset(connection.scalars(sa.text(query)))
    except OperationalError as error:
        raise StartupError("database_unreachable", ExitCode.BAD_SETTINGS) from error
    finally:
        engine.dispose()


def schema_age(url: str, branch: Branch) -> Age:
    """Compare the stored schema of ``branch`` with :data:`REVISIONS`.

    Raises:
        StartupError: ``database_unreachable``.
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
        StartupError: ``schema_old`` (run the migrations) or ``schema_newer`` (update this program).
    """
    age = schema_age(url, branch)
    if age is not Age.CURRENT:
        problem = "schema_newer" if age is Age.NEWER else "schema_old"
        raise StartupError(problem, ExitCode.OUTDATED, branch=branch)

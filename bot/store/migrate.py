"""Bring a database to the newest schema. The only module that imports Alembic, and only when needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.db import sqlite_file
from bot.store.locks import own_file, writing_to
from bot.store.schema import REVISIONS, Age, Branch, require_current, schema_age

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(url: str, branch: Branch) -> None:
    """Create or upgrade the tables of ``branch``; costs one small query when nothing is to do.

    Args:
        url: SQLAlchemy address, as in ``Settings.database``.
        branch: ``bot`` for jobs, takes and money, ``engine`` for the engine server's predictions.

    Raises:
        StartupError: ``schema_newer``, when a newer program has already upgraded it;
            ``data_not_writable``; ``database_unreachable``.
    """
    age = schema_age(url, branch)
    if age is Age.CURRENT:
        return
    if age is Age.NEWER:
        require_current(url, branch)
    if (file := sqlite_file(url)) is not None:
        with writing_to(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
    from alembic import command

    command.upgrade(alembic_config(url), f"{branch}@head")


def upgrade_alone(url: str, branch: Branch) -> None:
    """As :func:`upgrade`, but a SQLite file that a living process owns keeps the schema which that one knows.

    Raises:
        StartupError: as :func:`upgrade`; ``data_in_use``.
    """
    file = sqlite_file(url)
    if file is None or schema_age(url, branch) in (Age.CURRENT, Age.NEWER):
        upgrade(url, branch)
        return
    with writing_to(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    with own_file(file):
        upgrade(url, branch)


def alembic_config(url: str) -> Config:
    """Alembic's settings for a database; there is no ini file, so that there is one place for them."""
    from alembic.config import Config

    config = Config()
    folders = [str(_MIGRATIONS / "versions" / branch) for branch in REVISIONS]
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(folders).replace("%", "%%"))
    config.attributes["url"] = url
    return config

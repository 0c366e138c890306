"""Alembic's entry: one transaction, on the plain (not asyncio) driver of the same database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from bot.store.db import prepare_sqlite
from bot.store.tables import metadata
from bot.store.turns import WRITES

_PLAIN_DRIVER = {"sqlite+aiosqlite": "sqlite", "postgresql+psycopg": "postgresql+psycopg"}


def _run() -> None:
    url = sa.make_url(context.config.attributes["url"])
    url = url.set(drivername=_PLAIN_DRIVER.get(url.drivername, url.drivername))
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        prepare_sqlite(engine)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":  # two processes that start at once must take turns
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('riffcord migrations'))"))
        context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
        context.run_migrations()


_run()

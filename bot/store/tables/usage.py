"""How many seconds of rendering each token of the engine server has used, for ever."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.db import Database
from bot.store.tables import metadata

usage = sa.Table(
    "usage",
    metadata,
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("render_s", sa.Double, nullable=False),
)


class UsageRows:
    """Every statement on the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, float]:
        """Seconds that each owner has used."""
        async with self._database.connect() as connection:
            found = (await connection.execute(sa.select(usage.c.owner, usage.c.render_s))).all()
        return {str(owner): float(render_s) for owner, render_s in found}

    async def add(self, owner: str, render_s: float) -> None:
        """Count seconds to an owner's use."""
        insert = postgresql.insert if self._database.is_postgres else sqlite.insert
        statement = insert(usage).values(owner=owner, render_s=render_s)
        statement = statement.on_conflict_do_update(
            index_elements=[usage.c.owner], set_={"render_s": usage.c.render_s + render_s}
        )
        async with self._database.begin() as connection:
            await connection.execute(statement)

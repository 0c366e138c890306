"""The rules of servers, read whole and changed with a new version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.safety.words import Rule
from bot.store.inserting import inserting
from bot.store.tables.screen import screen_rules, screen_versions

_COLUMNS: Final = tuple(screen_rules.c[name] for name in Rule.__slots__)


async def rules_of(connection: AsyncConnection, guild_id: str) -> list[Rule]:
    """Every rule of a server, oldest first."""
    statement = sa.select(*_COLUMNS).where(screen_rules.c.guild_id == guild_id).order_by(screen_rules.c.id)
    found = await connection.execute(statement)
    return [Rule(**dict(zip(Rule.__slots__, row, strict=True))) for row in found]


async def screen_version(connection: AsyncConnection, guild_id: str) -> int:
    """How often a server changed its rules."""
    statement = sa.select(screen_versions.c.version).where(screen_versions.c.guild_id == guild_id)
    return (await connection.execute(statement)).scalar() or 0


async def next_version(connection: AsyncConnection, guild_id: str) -> int:
    """Note that a server changes its rules; nobody else changes them until that is committed."""
    row = inserting(connection, screen_versions).values(guild_id=guild_id, version=1)
    put = row.on_conflict_do_update(
        index_elements=["guild_id"], set_={"version": screen_versions.c.version + 1}
    )
    return int((await connection.execute(put.returning(screen_versions.c.version))).scalar_one())


async def put_rules(
    connection: AsyncConnection,
    guild_id: str,
    rules: Sequence[Rule],
    *,
    origin: str,
    added_by: str,
    at: datetime,
) -> None:
    """Keep rules, whatever their ids are; one of the same kind and text gets the new action and scope."""
    values = [
        {
            "guild_id": guild_id,
            "kind": rule.kind,
            "text": rule.text,
            "action": rule.action,
            "spares_age_restricted": rule.spares_age_restricted,
            "origin": origin,
            "added_by": added_by,
            "added_at": at,
        }
        for rule in rules
    ]
    row = inserting(connection, screen_rules)
    changed = {name: row.excluded[name] for name in ("action", "spares_age_restricted")}
    put = row.on_conflict_do_update(index_elements=["guild_id", "kind", "text"], set_=changed)
    await connection.execute(put, values)


async def remove_rules(connection: AsyncConnection, guild_id: str, ids: Collection[int]) -> None:
    """Forget rules of a server."""
    mine = sa.and_(screen_rules.c.guild_id == guild_id, screen_rules.c.id.in_(ids))
    await connection.execute(sa.delete(screen_rules).where(mine))

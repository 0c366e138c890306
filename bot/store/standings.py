"""What moderators decided about members: read by every order, changed with a line in the trail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.moderation.records import Purge, Standing
from bot.store.inserting import inserting
from bot.store.tables.jobs import jobs
from bot.store.tables.moderation import purges, standings

_FIELDS: Final = Standing.__slots__
_COLUMNS: Final = tuple(standings.c[name] for name in _FIELDS)


async def get_standing(
    connection: AsyncConnection, guild_id: str, user_id: str, *, lock: bool = False
) -> Standing:
    """How a member stands; with ``lock`` nobody else changes it until the transaction ends."""
    if lock:  # a row that is not there locks nothing: of two first decisions one would be lost
        await _begin_standing(connection, Standing(guild_id=guild_id, user_id=user_id))
    statement = sa.select(*_COLUMNS).where(standings.c.guild_id == guild_id, standings.c.user_id == user_id)
    found = await connection.execute(statement.with_for_update() if lock else statement)
    row = found.mappings().first()
    if row is None:
        return Standing(guild_id=guild_id, user_id=user_id)
    return Standing(**{str(name): row[name] for name in _FIELDS})


async def _begin_standing(connection: AsyncConnection, free: Standing) -> None:
    values = {name: getattr(free, name) for name in _FIELDS}
    row = inserting(connection, standings).values({**values, "changed_at": datetime.fromtimestamp(0, UTC)})
    await connection.execute(row.on_conflict_do_nothing(index_elements=["guild_id", "user_id"]))


async def put_standing(connection: AsyncConnection, standing: Standing, now: datetime) -> None:
    """Keep how a member stands from now on."""
    row = inserting(connection, standings)
    values = {name: getattr(standing, name) for name in _FIELDS}
    put = row.values({**values, "changed_at": now})
    changed = {
        name: put.excluded[name] for name in (*_FIELDS, "changed_at") if name not in ("guild_id", "user_id")
    }
    await connection.execute(put.on_conflict_do_update(index_elements=["guild_id", "user_id"], set_=changed))


async def barred_members(connection: AsyncConnection, guild_id: str, now: datetime) -> list[Standing]:
    """Who is blocked, muted or slowed in a server, the newest decision first."""
    barred = sa.or_(standings.c.blocked.is_(True), standings.c.muted_until > now, standings.c.slow_mode_s > 0)
    statement = (
        sa.select(*_COLUMNS)
        .where(standings.c.guild_id == guild_id, barred)
        .order_by(standings.c.changed_at.desc())
        .limit(100)
    )
    found = (await connection.execute(statement)).mappings()
    return [Standing(**{str(name): row[name] for name in _FIELDS}) for row in found]


async def ordered_since(
    connection: AsyncConnection, guild_id: str, user_id: str, since: datetime
) -> list[tuple[str, datetime]]:
    """A member's orders in a server since then: the channel whose settings count, and when."""
    home = sa.func.coalesce(jobs.c.request["home_id"].as_string(), jobs.c.channel_id)
    statement = sa.select(home, jobs.c.created_at).where(
        jobs.c.user_id == user_id,
        jobs.c.guild_id == guild_id,
        jobs.c.parent_job_id.is_(None),
        jobs.c.created_at > since,
    )
    return [(channel_id, at) for channel_id, at in await connection.execute(statement)]


async def put_purge(connection: AsyncConnection, purge: Purge) -> None:
    """From now on a member's takes go, until none is left that was made before."""
    values = {name: getattr(purge, name) for name in Purge.__slots__}
    put = inserting(connection, purges).values(values)
    changed = {"actor_id": put.excluded.actor_id, "asked_at": put.excluded.asked_at}
    await connection.execute(put.on_conflict_do_update(index_elements=["guild_id", "user_id"], set_=changed))


async def purges_under_way(connection: AsyncConnection) -> list[Purge]:
    """Those that are not complete."""
    columns = [purges.c[name] for name in Purge.__slots__]
    found = (await connection.execute(sa.select(*columns).order_by(purges.c.asked_at))).mappings()
    return [Purge(**{str(name): value for name, value in row.items()}) for row in found]


async def end_purge(connection: AsyncConnection, purge: Purge) -> None:
    """None is left; one that was asked for again meanwhile goes on."""
    mine = (purges.c.guild_id == purge.guild_id, purges.c.user_id == purge.user_id)
    await connection.execute(sa.delete(purges).where(*mine, purges.c.asked_at <= purge.asked_at))


async def forget_standings(connection: AsyncConnection, user_id: str) -> None:
    """What servers know of a member, but for what keeps them from ordering; that without a name."""
    free = sa.and_(
        standings.c.blocked.is_(False), standings.c.muted_until.is_(None), standings.c.slow_mode_s == 0
    )
    await connection.execute(sa.delete(standings).where(standings.c.user_id == user_id, free))
    unnamed = sa.update(standings).where(standings.c.user_id == user_id)
    await connection.execute(unnamed.values(user_name="", reason=None))

"""Takes: kept once a job, found for as long as their buttons stand."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.records import Take
from bot.store.rows import take_of, take_row
from bot.store.tables.takes import takes

_KEEP: Final = sa.insert(takes)
_NOTE: Final = (
    sa.update(takes)
    .where(takes.c.id == sa.bindparam("take_id"))
    .values(message_id=sa.bindparam("new_message_id"), channel_id=sa.bindparam("new_channel_id"))
)


async def keep_take(connection: AsyncConnection, take: Take) -> None:
    """Keep a take. The machine writes it together with the move that ends ``collect``, so only once."""
    await connection.execute(_KEEP, take_row(take))


async def get_take(connection: AsyncConnection, take_id: str) -> Take | None:
    """The take, deleted or not, or None."""
    row = (await connection.execute(sa.select(takes).where(takes.c.id == take_id))).mappings().first()
    return None if row is None else take_of(row)


async def takes_of_job(connection: AsyncConnection, job_id: str, *, lock: bool = False) -> list[Take]:
    """A job's takes, deleted or not, first to last; with ``lock`` nobody else changes them meanwhile."""
    statement = sa.select(takes).where(takes.c.job_id == job_id).order_by(takes.c.number)
    found = await connection.execute(statement.with_for_update() if lock else statement)
    return [take_of(row) for row in found.mappings()]


async def line_above(connection: AsyncConnection, take_id: str, *, most: int = 50) -> list[Take]:
    """The take and what it was made from, the nearest first, deleted ones included."""
    start = sa.select(takes.c.id, takes.c.parent_take_id, sa.literal(0).label("steps"))
    above = start.where(takes.c.id == take_id).cte("above", recursive=True)
    parents = sa.select(takes.c.id, takes.c.parent_take_id, above.c.steps + 1)
    above = above.union_all(parents.where(takes.c.id == above.c.parent_take_id, above.c.steps < most))
    found = sa.select(takes).join(above, above.c.id == takes.c.id).order_by(above.c.steps)
    return [take_of(row) for row in (await connection.execute(found)).mappings()]


async def recent_takes(connection: AsyncConnection, channel_id: str, limit: int) -> list[Take]:
    """A channel's takes that are not deleted, newest first."""
    return await _newest(connection, takes.c.channel_id == channel_id, limit)


async def latest_takes(connection: AsyncConnection, guild_id: str, limit: int) -> list[Take]:
    """A server's takes that are not deleted, newest first."""
    return await _newest(connection, takes.c.guild_id == guild_id, limit)


async def _newest(connection: AsyncConnection, where: sa.ColumnElement[bool], limit: int) -> list[Take]:
    standing = sa.select(takes).where(where, takes.c.deleted.is_(False))
    statement = standing.order_by(takes.c.created_at.desc(), takes.c.id).limit(limit)
    return [take_of(row) for row in (await connection.execute(statement)).mappings()]


async def note_message(connection: AsyncConnection, take_id: str, message_id: str, channel_id: str) -> None:
    """Remember the message that carries the take, and where that is."""
    values = {"take_id": take_id, "new_message_id": message_id, "new_channel_id": channel_id}
    await connection.execute(_NOTE, values)


async def note_voice(connection: AsyncConnection, take_id: str, message_id: str) -> None:
    """Remember the voice message that goes with the take."""
    await connection.execute(
        sa.update(takes).where(takes.c.id == take_id).values(voice_message_id=message_id)
    )


async def put_on_cover(
    connection: AsyncConnection, take: Take, *, cover: str, audio: str, upload: str
) -> bool:
    """Name the files that have the cover inside; False where the take changed or went meanwhile."""
    statement = (
        sa.update(takes)
        .where(takes.c.id == take.id, takes.c.deleted.is_(False), takes.c.audio == take.audio)
        .values(cover=cover, audio=audio, upload=upload)
    )
    return (await connection.execute(statement)).rowcount == 1


async def mark_kept(connection: AsyncConnection, take_id: str) -> None:
    """Somebody decided that the take stays."""
    await connection.execute(sa.update(takes).where(takes.c.id == take_id).values(kept=True))


async def mark_deleted(connection: AsyncConnection, take_id: str) -> None:
    """The take is deleted; its row stays, so that takes made from it know that they had a parent."""
    await connection.execute(sa.update(takes).where(takes.c.id == take_id).values(deleted=True))

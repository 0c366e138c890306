"""Messages besides its own that carry a take: it was posted again, and has to go from there as well."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.records import Take
from bot.moderation.records import Copy
from bot.store.rows import take_of
from bot.store.tables.moderation import take_copies
from bot.store.tables.takes import takes


async def note_copy(connection: AsyncConnection, take_id: str, copy: Copy, now: datetime) -> None:
    """A take was posted again."""
    await connection.execute(
        sa.insert(take_copies).values(
            take_id=take_id, message_id=copy.message_id, channel_id=copy.channel_id, posted_at=now
        )
    )


async def copies_of(connection: AsyncConnection, take_id: str) -> list[Copy]:
    """Where else a take stands, as far as nobody deleted it there."""
    statement = (
        sa.select(take_copies.c.message_id, take_copies.c.channel_id)
        .where(take_copies.c.take_id == take_id)
        .order_by(take_copies.c.posted_at)
    )
    found = await connection.execute(statement)
    return [Copy(message_id=message_id, channel_id=channel_id) for message_id, channel_id in found]


async def forget_copies(connection: AsyncConnection, take_id: str) -> None:
    """They are gone."""
    await connection.execute(sa.delete(take_copies).where(take_copies.c.take_id == take_id))


async def standing_takes(
    connection: AsyncConnection, guild_id: str, user_id: str, *, before: datetime, limit: int
) -> list[Take]:
    """A member's takes of a server that stand and were made until then, the newest first."""
    statement = (
        sa.select(takes)
        .where(
            takes.c.guild_id == guild_id,
            takes.c.user_id == user_id,
            takes.c.deleted.is_(False),
            takes.c.created_at <= before,
        )
        .order_by(takes.c.created_at.desc(), takes.c.id)
        .limit(limit)
    )
    return [take_of(row) for row in (await connection.execute(statement)).mappings()]

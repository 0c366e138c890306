"""What the loop that posts and edits notices reads and writes.

A message that is being sent while its notice changes is edited afterwards: ``changes`` counts what it lacks.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.moderation.records import HOLD, REPORT, Notice
from bot.store.notices import COLUMNS, notice_of
from bot.store.tables.notices import notices


async def claim_notices(
    connection: AsyncConnection, *, now: datetime, until: datetime, limit: int
) -> list[Notice]:
    """Take up what is due, longest first; nobody else does until then, and if we die, somebody does after."""
    ids = (
        sa.select(notices.c.id)
        .where(notices.c.due <= now)
        .order_by(notices.c.due)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        sa.update(notices)
        .where(notices.c.id.in_(ids.scalar_subquery()))
        .values(due=until)
        .returning(*COLUMNS)
    )
    found = [notice_of(row) for row in (await connection.execute(statement)).mappings()]
    return sorted(found, key=lambda each: (each.created_at, each.id))


async def notice_stands(
    connection: AsyncConnection, notice: Notice, *, channel_id: str, message_id: str, at: datetime
) -> None:
    """Its message says all of it; what changed meanwhile is said at once."""
    news = notices.c.changes != notice.changes
    await connection.execute(
        sa.update(notices)
        .where(notices.c.id == notice.id)
        .values(
            channel_id=channel_id,
            message_id=message_id,
            sent_at=sa.func.coalesce(notices.c.sent_at, sa.bindparam("at", at, type_=notices.c.sent_at.type)),
            due=sa.case((news, sa.bindparam("again", at, type_=notices.c.due.type)), else_=None),
            attempts=0,
            trouble=None,
        )
    )


async def notice_waits(
    connection: AsyncConnection, notice: Notice, *, due: datetime | None, trouble: str | None
) -> None:
    """It could not be shown: again at ``due``, or with None never, unless it changed meanwhile."""
    news = notices.c.changes != notice.changes
    again = sa.bindparam("again", due, type_=notices.c.due.type)
    await connection.execute(
        sa.update(notices)
        .where(notices.c.id == notice.id)
        .values(
            due=sa.case((news, notices.c.due), else_=again), attempts=notice.attempts + 1, trouble=trouble
        )
    )


async def forget_notices(connection: AsyncConnection, *, before: datetime) -> int:
    """Forget decided and told ones of before then; how many there were."""
    old = sa.and_(notices.c.created_at < before, notices.c.due.is_(None))
    over = sa.or_(notices.c.done_at.is_not(None), notices.c.kind.not_in((HOLD, REPORT)))
    return (await connection.execute(sa.delete(notices).where(old, over))).rowcount

"""Members' names in the ledger: what it tells of one, and how they go from it while every credit stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.moderation.records import NOBODY
from bot.store.tables.ledger import ledger

_TOLD: Final = ("at", "kind", "amount", "guild_id", "channel_id", "what", "job_id", "reason")


def _names(user_id: str) -> sa.ColumnElement[bool]:
    share = f"share:%:{user_id}"
    return sa.or_(
        ledger.c.user_id == user_id,
        ledger.c.actor_id == user_id,
        *(sa.and_(ledger.c.kind == "gift", side.like(share)) for side in (ledger.c.source, ledger.c.target)),
    )


async def lines_of_member(connection: AsyncConnection, user_id: str) -> list[dict[str, Any]]:
    """Everything in the ledger that names a member, oldest first, as plain columns."""
    columns = [ledger.c[name] for name in _TOLD]
    statement = sa.select(*columns).where(_names(user_id)).order_by(ledger.c.id)
    found = (await connection.execute(statement)).mappings()
    return [{str(name): value for name, value in row.items()} for row in found]


async def forget_in_ledger(
    connection: AsyncConnection, user_id: str, *, asked_at: datetime, before: datetime
) -> int:
    """Take a member's name from entries of before then; from those that cost nothing at once.

    What they paid lately still counts against their share: it loses its name when the day is over. How many
    entries of before they asked, and ends of orders of before, still name them.
    """
    ordered = ledger.alias("ordered")
    ordered_then = sa.exists().where(ordered.c.key == "reserve:" + ledger.c.job_id, ordered.c.at <= asked_at)
    named = sa.and_(_names(user_id), sa.or_(ledger.c.at <= asked_at, ordered_then))
    over = sa.and_(named, sa.or_(ledger.c.at < before, ledger.c.amount == 0))
    share = f"share:%:{user_id}"
    number = sa.cast(ledger.c.id, sa.String)
    of_gift = ledger.c.kind == "gift"

    def renamed(side: sa.Column[str], mark: str) -> sa.ColumnElement[str]:
        nameless = "share:" + sa.func.coalesce(ledger.c.guild_id, "") + ":-" + number + mark
        return sa.case((sa.and_(of_gift, side.like(share)), nameless), else_=side)

    by_them = ledger.c.actor_id == user_id
    blank = (
        sa.update(ledger)
        .where(over)
        .values(
            user_id=sa.case((ledger.c.user_id == user_id, NOBODY), else_=ledger.c.user_id),
            actor_id=sa.case((by_them, NOBODY), else_=ledger.c.actor_id),
            reason=sa.case((by_them, None), else_=ledger.c.reason),
            source=renamed(ledger.c.source, "a"),
            target=renamed(ledger.c.target, "b"),
        )
    )
    await connection.execute(blank)
    left = sa.select(sa.func.count()).select_from(ledger).where(named)
    return int((await connection.execute(left)).scalar_one())

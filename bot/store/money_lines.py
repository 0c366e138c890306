"""What people read of the ledger: who used how much, and what happened, newest first."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money.ledger import FOR_CHANNEL, INTO_POTS, OUT_OF_POTS, pot
from bot.store.sums import PAID, into, out_of, summed
from bot.store.tables.ledger import ledger
from bot.treasury.records import Line, Use

_BESIDE_A_SPONSOR: Final = ledger.c.kind.in_(("gift", "expire")) & ledger.c.key.like(f"%:{FOR_CHANNEL}%")
"""Entries that only say whose share and pot a member's credits for a channel are of: told once, as those."""
_TOLD: Final = ("id", "at", "kind", "amount", "user_id", "channel_id", "what", "job_id", "actor_id", "reason")
_COLUMNS: Final = [ledger.c[name] for name in _TOLD]
_EXPORTED: Final = list(ledger.c)
_end = ledger.alias("refund")
_CAME_BACK: Final = (
    sa.exists().where(_end.c.key == "end:" + ledger.c.job_id, _end.c.kind == "refund").correlate(ledger)
)
"""Whether what an entry reserved was given back."""


async def read_uses(connection: AsyncConnection, guild_id: str, since: datetime) -> list[Use]:
    """Who used how much of a server's pot since then, most first."""
    used = sa.func.sum(ledger.c.amount).label("used")
    statement = (
        sa.select(ledger.c.user_id, used)
        .where(
            ledger.c.guild_id == guild_id,
            ledger.c.kind == "reserve",
            ledger.c.amount > 0,
            ledger.c.at >= since,
            ledger.c.source == pot(guild_id),
            ledger.c.user_id.is_not(None),
            ~_CAME_BACK,
        )
        .group_by(ledger.c.user_id)
        .order_by(used.desc(), ledger.c.user_id)
    )
    return [Use(user_id=row.user_id, used=int(row.used)) for row in await connection.execute(statement)]


async def read_lines(
    connection: AsyncConnection, guild_id: str, *, user_id: str | None, before_id: int | None, limit: int
) -> list[Line]:
    """A server's history, newest first: what was paid, given back or moved, so that it adds up."""
    statement = sa.select(*_COLUMNS).where(
        ledger.c.guild_id == guild_id,
        ledger.c.kind != "settle",
        ledger.c.amount > 0,
        ~_BESIDE_A_SPONSOR,
    )
    if user_id is not None:
        statement = statement.where((ledger.c.user_id == user_id) | (ledger.c.actor_id == user_id))
    if before_id is not None:
        statement = statement.where(ledger.c.id < before_id)
    statement = statement.order_by(ledger.c.id.desc()).limit(limit)
    rows = list((await connection.execute(statement)).mappings())
    held = await _held_after(connection, pot(guild_id), [row["id"] for row in rows])
    return [Line(**{name: row[name] for name in _TOLD}, in_pot=held.get(row["id"])) for row in rows]


async def _held_after(connection: AsyncConnection, account: str, ids: list[int]) -> dict[int, int]:
    """What a pot held right after each of these entries, of those that moved it."""
    if not ids:
        return {}
    of_pot: sa.BindParameter[str] = sa.bindparam("pot", account)
    came, went = into(of_pot, *INTO_POTS), out_of(of_pot, *OUT_OF_POTS)
    before, between = ledger.c.id < min(ids), ledger.c.id.between(min(ids), max(ids))
    sums = sa.select(summed("came", came, before), summed("went", went, before))
    (row,) = await connection.execute(sums)
    balance = int(row.came - row.went)
    moved = [
        sa.select(ledger.c.id, amount.label("moved")).where(PAID, way, between)
        for way, amount in ((came, ledger.c.amount), (went, -ledger.c.amount))
    ]
    held: dict[int, int] = {}
    for row in await connection.execute(sa.union_all(*moved).order_by("id")):
        balance += int(row.moved)
        held[row.id] = balance
    return held


async def every_row(
    connection: AsyncConnection, portion: int = 1_000
) -> AsyncGenerator[list[dict[str, Any]]]:
    """The whole ledger, oldest first, a portion at a time."""
    last = 0
    while True:
        statement = sa.select(*_EXPORTED).where(ledger.c.id > last).order_by(ledger.c.id).limit(portion)
        rows = [dict(row) for row in (await connection.execute(statement)).mappings()]
        if not rows:
            return
        yield [{str(name): value for name, value in row.items()} for row in rows]
        last = rows[-1]["id"]

"""The ledger's rows. Doing a transfer again changes nothing: its key is there already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money.ledger import Transfer
from bot.store.columns import UtcTime
from bot.store.tables.ledger import ledger

_FIELDS: Final = Transfer.__slots__
_WRITE: Final = sa.text(
    "INSERT INTO ledger (key, at, kind, job_id, source, target, amount, "
    "guild_id, user_id, channel_id, what, actor_id, reason, ordered_id, ordered_at) "
    "VALUES (:key, :at, :kind, :job_id, :source, :target, :amount, "
    ":guild_id, :user_id, :channel_id, :what, :actor_id, :reason, "
    "(SELECT id FROM ledger WHERE key = :reserve), (SELECT at FROM ledger WHERE key = :reserve)) "
    "ON CONFLICT (key) DO NOTHING"
).bindparams(sa.bindparam("at", type_=UtcTime))
_ONE_AT_A_TIME: Final = sa.text(
    "SELECT pg_advisory_xact_lock(hashtext('riffcord money'), hashtext(:guild_id))"
)


async def write_transfers(connection: AsyncConnection, transfers: Iterable[Transfer], at: datetime) -> None:
    """Enter the transfers that are not entered yet."""
    rows = [
        {
            **{name: getattr(transfer, name) for name in _FIELDS},
            "at": at,
            "reserve": f"reserve:{transfer.job_id}" if transfer.kind == "refund" else None,
        }
        for transfer in transfers
    ]
    await connection.execute(_WRITE, rows)


async def lock_money(connection: AsyncConnection, guild_id: str) -> None:
    """Until this transaction ends, nobody else decides about this server's pot, shares and sponsors.

    What is counted after this and written in the same transaction can therefore never overdraw any of them.
    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(_ONE_AT_A_TIME, {"guild_id": guild_id})


async def balance(connection: AsyncConnection, account: str) -> int:
    """What the account holds: all that came in less all that went out."""
    paid = ledger.c.amount > 0
    came = sa.select(sa.func.coalesce(sa.func.sum(ledger.c.amount), 0)).where(
        ledger.c.target == account, paid
    )
    went = sa.select(sa.func.coalesce(sa.func.sum(ledger.c.amount), 0)).where(
        ledger.c.source == account, paid
    )
    statement = sa.select(came.scalar_subquery() - went.scalar_subquery())
    return int((await connection.execute(statement)).scalar_one())


async def is_entered(connection: AsyncConnection, key: str) -> bool:
    """Whether the transfer of this key was entered."""
    statement = sa.select(sa.exists().where(ledger.c.key == key))
    return bool((await connection.execute(statement)).scalar_one())


async def entries_of(connection: AsyncConnection, job_id: str) -> list[tuple[datetime, Transfer]]:
    """A job's transfers with their times, oldest first."""
    columns = [ledger.c[name] for name in ("at", *_FIELDS)]
    statement = sa.select(*columns).where(ledger.c.job_id == job_id).order_by(ledger.c.id)
    rows = (await connection.execute(statement)).mappings()
    return [(row["at"], Transfer(**{name: row[name] for name in _FIELDS})) for row in rows]


async def read_transfers(connection: AsyncConnection) -> list[Transfer]:
    """The whole ledger, oldest first."""
    columns = [ledger.c[name] for name in _FIELDS]
    rows = await connection.execute(sa.select(*columns).order_by(ledger.c.id))
    return [Transfer(**row) for row in rows.mappings()]

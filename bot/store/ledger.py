"""The ledger's rows. Doing a transfer again changes nothing: its key is there already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money.ledger import Transfer
from bot.store.columns import UtcTime
from bot.store.tables.ledger import ledger

_WRITE = sa.text(
    "INSERT INTO ledger (key, at, kind, job_id, source, target, amount) "
    "VALUES (:key, :at, :kind, :job_id, :source, :target, :amount) ON CONFLICT (key) DO NOTHING"
).bindparams(sa.bindparam("at", type_=UtcTime))

_FIELDS = Transfer.__slots__
_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext('riffcord ' || :account))")


async def write_transfers(connection: AsyncConnection, transfers: Iterable[Transfer], at: datetime) -> None:
    """Enter the transfers that are not entered yet."""
    rows = [{**{name: getattr(transfer, name) for name in _FIELDS}, "at": at} for transfer in transfers]
    await connection.execute(_WRITE, rows)


async def reserve_within(
    connection: AsyncConnection, reservation: Transfer, at: datetime, *, least: int | None
) -> bool:
    """Enter a reservation if its account then still holds ``least`` (None: whatever it holds).

    Who reserves from one account at the same moment waits for the other: SQLite has one writer, and
    PostgreSQL a lock of the account's own until the transaction ends.

    Returns:
        Whether it stands in the ledger, now or from before.
    """
    if least is not None:
        if connection.dialect.name == "postgresql":
            await connection.execute(_ONE_AT_A_TIME, {"account": reservation.source})
        known = sa.select(ledger.c.id).where(ledger.c.key == reservation.key)
        if (await connection.execute(known)).scalar() is not None:
            return True
        if await balance(connection, reservation.source) - reservation.amount < least:
            return False
    await write_transfers(connection, [reservation], at)
    return True


async def balance(connection: AsyncConnection, account: str) -> int:
    """What the account holds: all that came in less all that went out."""
    came = sa.func.sum(sa.case((ledger.c.target == account, ledger.c.amount), else_=-ledger.c.amount))
    statement = sa.select(sa.func.coalesce(came, 0)).where(
        (ledger.c.target == account) | (ledger.c.source == account)
    )
    return int((await connection.execute(statement)).scalar_one())


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

"""Reading one moment of the whole database for an audit, and the few writes that mend it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.audit.records import EventRow, JobRow, Snapshot, TakeRow
from bot.jobs.order import Order
from bot.money.ledger import Transfer
from bot.store.brought import brought_in_use
from bot.store.db import Database
from bot.store.holds import all_open_holds
from bot.store.tables.events import events
from bot.store.tables.jobs import jobs
from bot.store.tables.ledger import ledger
from bot.store.tables.takes import takes

_PLAIN = tuple(name for name in JobRow.__slots__ if name != "agrees")
_BLOBS = ("audio", "upload", "picture", "score", "lyrics", "cover")


async def read_snapshot(database: Database) -> Snapshot:
    """The database at one moment; others may write meanwhile."""
    async with database.moment() as connection:
        transfers, nonsense = await _transfers(connection)
        return Snapshot(
            jobs=await _jobs(connection),
            events=await _events(connection),
            takes=await _takes(connection),
            open_holds=frozenset(await all_open_holds(connection)),
            brought=frozenset(await brought_in_use(connection)),
            transfers=transfers,
            complaints=nonsense if database.is_postgres else [*nonsense, *await _complaints(connection)],
        )


async def _jobs(connection: AsyncConnection) -> dict[str, JobRow]:
    columns = [jobs.c[name] for name in (*_PLAIN, "channel_id", "user_id", "request")]
    found = (await connection.execute(sa.select(*columns))).mappings()
    return {row["id"]: JobRow(**{name: row[name] for name in _PLAIN}, agrees=_agrees(row)) for row in found}


def _agrees(row: RowMapping) -> bool:
    try:
        order = Order.model_validate(row["request"])
    except ValidationError:
        return False
    return all(row[name] == getattr(order, name) for name in ("host", "guild_id", "channel_id", "user_id"))


async def _events(connection: AsyncConnection) -> dict[str, list[EventRow]]:
    columns = [events.c[name] for name in EventRow.__slots__]
    stories: defaultdict[str, list[EventRow]] = defaultdict(list)
    for row in (await connection.execute(sa.select(*columns).order_by(events.c.id))).mappings():
        stories[row["job_id"]].append(EventRow(**row))
    return stories


async def _takes(connection: AsyncConnection) -> dict[str, TakeRow]:
    columns = [takes.c[name] for name in ("id", "job_id", "number", "deleted", "parent_take_id", *_BLOBS)]
    return {
        row["id"]: TakeRow(
            id=row["id"],
            job_id=row["job_id"],
            number=row["number"],
            deleted=row["deleted"],
            parent_take_id=row["parent_take_id"],
            keys=tuple(row[name] for name in _BLOBS if row[name] is not None),
        )
        for row in (await connection.execute(sa.select(*columns))).mappings()
    }


async def _transfers(connection: AsyncConnection) -> tuple[list[Transfer], list[str]]:
    """The ledger, and what in it is no transfer at all."""
    columns = [ledger.c[name] for name in Transfer.__slots__]
    read: list[Transfer] = []
    nonsense: list[str] = []
    for row in (await connection.execute(sa.select(*columns).order_by(ledger.c.id))).mappings():
        try:
            read.append(Transfer(**row))
        except ValueError as error:
            nonsense.append(f"ledger {row['key']}: {error}")
    return read, nonsense


async def _complaints(connection: AsyncConnection) -> list[str]:
    """What SQLite says of its own file; one line at most of each kind, since one means all."""
    whole = (await connection.execute(sa.text("PRAGMA quick_check(1)"))).scalar_one()
    return [] if whole == "ok" else [" ".join(str(whole).split())]


async def wake_job(connection: AsyncConnection, job_id: str, now: datetime) -> None:
    """Have the machine look at an open job that nobody holds (any more)."""
    held = jobs.c.owner.is_not(None) & (jobs.c.lease_until >= now)
    statement = sa.update(jobs).where(jobs.c.id == job_id, ~held, jobs.c.due.is_(None))
    await connection.execute(statement.values(due=now))

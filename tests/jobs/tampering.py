"""Single things that no code of ours does: what an audit has to find."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.db import Database
from bot.store.tables.events import events
from bot.store.tables.jobs import jobs
from bot.store.tables.ledger import ledger
from bot.store.tables.takes import takes

STATEMENTS: Final = {
    "event lost": "DELETE FROM events WHERE id = (SELECT {pick} FROM events)",
    "event changed": "UPDATE events SET new = CASE new WHEN 'held' THEN 'queued' ELSE 'held' END "
    "WHERE id = (SELECT {pick} FROM events)",
    "state changed": "UPDATE jobs SET state = CASE state WHEN 'waiting' THEN 'collect' ELSE 'waiting' END "
    "WHERE id = (SELECT {pick} FROM jobs)",
    "moved at another time": "UPDATE jobs SET moved_at = moved_at + 1 WHERE id = (SELECT {pick} FROM jobs)",
    "other price": "UPDATE jobs SET price = price + 1 WHERE id = (SELECT {pick} FROM jobs)",
    "other host": "UPDATE jobs SET host = 'nowhere' WHERE id = (SELECT {pick} FROM jobs)",
    "other member": "UPDATE jobs SET user_id = '999' WHERE id = (SELECT {pick} FROM jobs)",
    "due after the end": "UPDATE jobs SET due = 1 WHERE id = (SELECT {pick} FROM jobs WHERE state = 'done')",
    "half a lease": "UPDATE jobs SET owner = 'me' WHERE id = (SELECT {pick} FROM jobs WHERE owner IS NULL)",
    "run without a call": "UPDATE jobs SET run_id = 'p' WHERE id = "
    "(SELECT {pick} FROM jobs WHERE intent_at IS NULL)",
    "end without a reason": "UPDATE jobs SET ending = NULL WHERE id = "
    "(SELECT {pick} FROM jobs WHERE state IN ('failed', 'cancelled'))",
    "never due": "UPDATE jobs SET due = NULL, owner = NULL, lease_until = NULL WHERE id = "
    "(SELECT {pick} FROM jobs WHERE state = 'waiting')",
    "asleep with whoever died": "UPDATE jobs SET due = NULL, owner = 'dead', lease_until = 1 WHERE id = "
    "(SELECT {pick} FROM jobs WHERE state = 'waiting')",
    "open job lost": "DELETE FROM jobs WHERE id = "
    "(SELECT {pick} FROM jobs WHERE state IN ('queued', 'waiting'))",
    "transfer lost": "DELETE FROM ledger WHERE id = (SELECT {pick} FROM ledger)",
    "amount changed": "UPDATE ledger SET amount = amount + 1 WHERE id = "
    "(SELECT {pick} FROM ledger WHERE kind <> 'grant')",
    "amount below nothing": "UPDATE ledger SET amount = -1 WHERE id = (SELECT {pick} FROM ledger)",
    "account changed": "UPDATE ledger SET target = 'spent:me' WHERE id = (SELECT {pick} FROM ledger)",
    "transfer invented": "INSERT INTO ledger (key, at, kind, job_id, source, target, amount) "
    "SELECT 'mine', 0, 'refund', job_id, 'spent:x', 'pot:1', 5 FROM ledger WHERE id = "
    "(SELECT {pick} FROM ledger WHERE job_id IS NOT NULL)",
    "take lost": "DELETE FROM takes WHERE id = (SELECT {pick} FROM takes WHERE deleted = {no})",
    "take of another job": "UPDATE takes SET job_id = 'nobody' WHERE id = (SELECT {pick} FROM takes)",
    "take deleted by half": "UPDATE takes SET deleted = {yes} WHERE id = "
    "(SELECT {pick} FROM takes WHERE deleted = {no})",
    "take come back": "UPDATE takes SET deleted = {no} WHERE id = "
    "(SELECT {pick} FROM takes WHERE deleted = {yes})",
    "file renamed": "UPDATE takes SET upload = id || '/other.mp3' WHERE id = "
    "(SELECT {pick} FROM takes WHERE deleted = {no})",
}
"""Name -> what is done to the database; ``pick`` chooses one row."""


TABLES: Final = (jobs, events, takes, ledger)

Copy = Mapping[str, Sequence[dict[str, Any]]]


async def _guard(connection: AsyncConnection, *, on: bool) -> None:
    """Switch off, or on again, what the database itself refuses; PostgreSQL's constraints stay."""
    if connection.dialect.name == "postgresql":
        for table in TABLES:
            word = "ENABLE" if on else "DISABLE"
            await connection.execute(sa.text(f"ALTER TABLE {table.name} {word} TRIGGER USER"))
    elif not on:  # for good: a test has a file of its own
        await connection.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        found = await connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in found.scalars().all():
            await connection.execute(sa.text(f"DROP TRIGGER {name}"))


async def tamper(database: Database, name: str, *, last: bool) -> bool:
    """Do it to the first or last row that it fits; False where the database refuses, or there is none."""
    words = {"pick": "max(id)" if last else "min(id)", "yes": "true", "no": "false"}
    try:
        async with database.begin() as connection:
            await _guard(connection, on=False)
            done = await connection.execute(sa.text(STATEMENTS[name].format(**words)))
            await _guard(connection, on=True)
            return done.rowcount > 0
    except IntegrityError:
        return False


async def copied(database: Database) -> Copy:
    """All rows, to put back later."""
    async with database.connect() as connection:
        return {
            table.name: [dict(row) for row in (await connection.execute(sa.select(table))).mappings()]
            for table in TABLES
        }


async def put_back(database: Database, copy: Copy) -> None:
    """All rows as they were."""
    async with database.begin() as connection:
        await _guard(connection, on=False)
        for table in (events, jobs, takes, ledger):
            await connection.execute(sa.delete(table))
        for table in TABLES:
            await connection.execute(sa.insert(table), copy[table.name])
        await _guard(connection, on=True)


def lose_a_file(root: Path) -> bool:
    """One of a take's files is gone."""
    found = sorted(path for path in root.rglob("*") if path.is_file())
    if found:
        found[0].unlink()
    return bool(found)


def add_a_file(root: Path) -> bool:
    """A file lies there that nobody knows."""
    folder = root / "zz" / "zz" / "zzzzzzzzzz"
    folder.mkdir(parents=True)
    (folder / "upload.mp3").write_bytes(b"?")
    return True


ON_FILES: Final[dict[str, Callable[[Path], bool]]] = {
    "file lost": lose_a_file,
    "file added": add_a_file,
}

"""The machine's own statements: claim, keep, write back, renew.

A claim is a lease on a row, held only while a step runs. Every write of a step is fenced by the number
of its claim: a process that was paused for longer than its lease writes to no row when it wakes up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.records import Job
from bot.jobs.states import ENDED, State
from bot.store.rows import job_of
from bot.store.tables.jobs import jobs

_log = structlog.get_logger(__name__)

_NO_VALUES: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job as it stood when it was claimed, and what proves the claim."""

    job: Job
    owner: str
    fence: int
    nudges: int
    """News counted up to here is known to the step."""


def _claim_of(row: RowMapping) -> Claim:
    return Claim(job=job_of(row), owner=row["owner"], fence=row["fence"], nudges=row["nudges"])


def _held(claim: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.id == claim.job.id, jobs.c.owner == claim.owner, jobs.c.fence == claim.fence)


async def _take(
    connection: AsyncConnection, ids: sa.Select[tuple[str]], owner: str, lease_until: datetime
) -> list[Claim]:
    statement = (
        sa.update(jobs)
        .where(jobs.c.id.in_(ids.with_for_update(skip_locked=True).scalar_subquery()))
        .values(owner=owner, lease_until=lease_until, fence=jobs.c.fence + 1)
        .returning(*jobs.c)
    )
    found: list[Claim] = []
    for row in (await connection.execute(statement)).mappings():
        try:
            found.append(_claim_of(row))
        except ValueError:  # another version's row: it sleeps for a lease, and holds up nobody else
            _log.exception("job.not_understood", job=row["id"])
    return found


async def claim_due(
    connection: AsyncConnection,
    *,
    now: datetime,
    owner: str,
    lease_until: datetime,
    limit: int,
    besides: Collection[str] = (),
) -> list[Claim]:
    """Lease up to ``limit`` rows that are due and nobody's, longest due first.

    ``besides`` are jobs that this process is still at: after a long pause its own leases may have run
    out, and two steps of one job must not run side by side.
    """
    ids = (
        sa.select(jobs.c.id)
        .where(jobs.c.due <= now, jobs.c.owner.is_(None) | (jobs.c.lease_until < now))
        .order_by(jobs.c.due)
        .limit(limit)
    )
    if besides:
        ids = ids.where(jobs.c.id.not_in(besides))
    return await _take(connection, ids, owner, lease_until)


async def claim_in_line(
    connection: AsyncConnection, wanted: Sequence[str], *, owner: str, lease_until: datetime
) -> list[Claim]:
    """Lease those of the jobs that still wait in line and that nobody is at."""
    ids = sa.select(jobs.c.id).where(
        jobs.c.id.in_(wanted), jobs.c.state == State.QUEUED.value, jobs.c.owner.is_(None)
    )
    return await _take(connection, ids, owner, lease_until)


async def next_due(connection: AsyncConnection, *, now: datetime, owner: str) -> datetime | None:
    """When the machine that is called ``owner`` has to look again at the latest.

    A row that another process holds is that one's business, unless its lease runs out: then it has died.
    """
    free = (
        sa.select(jobs.c.due)
        .where(jobs.c.due.is_not(None), jobs.c.owner.is_(None))
        .order_by(jobs.c.due)
        .limit(1)
    )
    due = (await connection.execute(free)).scalar()
    if connection.dialect.name != "postgresql":  # nobody else works there
        return due
    held = sa.select(sa.func.min(jobs.c.lease_until)).where(jobs.c.due <= now, jobs.c.owner != owner)
    over = (await connection.execute(held)).scalar()
    return min((at for at in (due, over) if at is not None), default=None)


async def keep(connection: AsyncConnection, claim: Claim, **values: Any) -> Claim | None:
    """Write something down in the middle of a step, lease kept; None when the claim is lost."""
    statement = sa.update(jobs).where(_held(claim)).values(values).returning(*jobs.c)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else _claim_of(row)


async def drop_intent(connection: AsyncConnection, claim: Claim) -> Claim | None:
    """The paid call was certainly not accepted; unless a webhook has named a prediction meanwhile."""
    still_unknown = jobs.c.run_id.is_(None)
    return await keep(
        connection, claim, intent_at=sa.case((still_unknown, None), else_=jobs.c.intent_at), empty_reads=0
    )


async def release(connection: AsyncConnection, claim: Claim) -> None:
    """Give the lease back and change nothing else."""
    await connection.execute(sa.update(jobs).where(_held(claim)).values(owner=None, lease_until=None))


async def write_back(
    connection: AsyncConnection,
    claim: Claim,
    *,
    now: datetime,
    due: datetime | None,
    go_on: bool,
    values: Mapping[str, Any],
    unless_set: Mapping[str, Any] = _NO_VALUES,
    unless_nudged: Mapping[str, Any] = _NO_VALUES,
) -> Claim | None:
    """The end of a step; None when the claim is lost and nothing was written.

    The row is due at ``due``, or at once if there was news that the step did not see. A row that is due
    at once keeps its lease when ``go_on``: the caller goes straight on with the returned claim, whose
    ``owner`` is empty otherwise.

    Args:
        connection: In a transaction.
        claim: What the step held.
        now: The time of writing.
        due: When the row needs attention again; None never.
        go_on: Whether the caller wants to keep what is due at once.
        values: Columns to set.
        unless_set: Columns to set where they are NULL.
        unless_nudged: Columns to set if there was no news: what others wrote meanwhile is newer.
    """
    news = jobs.c.nudges != claim.nudges
    next_time = sa.case((news, sa.literal(now, jobs.c.due.type)), else_=sa.literal(due, jobs.c.due.type))
    if values.get("state") in {state.value for state in ENDED}:
        next_time = sa.null()
    stays = sa.and_(sa.literal(go_on), next_time <= now)
    changed: dict[str, Any] = {
        **values,
        **{name: sa.func.coalesce(jobs.c[name], _bound(name, value)) for name, value in unless_set.items()},
        **{
            name: sa.case((news, jobs.c[name]), else_=_bound(name, value))
            for name, value in unless_nudged.items()
        },
        "updated_at": now,
        "due": next_time,
        "owner": sa.case((stays, jobs.c.owner), else_=None),
        "lease_until": sa.case((stays, jobs.c.lease_until), else_=None),
    }
    statement = sa.update(jobs).where(_held(claim)).values(changed).returning(*jobs.c)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else _claim_of(row)


def _bound(name: str, value: Any) -> sa.ColumnElement[Any]:
    return sa.literal(value, jobs.c[name].type)


async def renew(
    connection: AsyncConnection, owner: str, job_ids: Collection[str], lease_until: datetime
) -> set[str]:
    """Hold the leases of running steps for longer; the ids that are really still ours."""
    statement = (
        sa.update(jobs)
        .where(jobs.c.owner == owner, jobs.c.id.in_(job_ids))
        .values(lease_until=lease_until)
        .returning(jobs.c.id)
    )
    return set((await connection.execute(statement)).scalars())


async def clear_leases(connection: AsyncConnection) -> None:
    """Take everything back at once: only for the sole owner of a SQLite file."""
    statement = sa.update(jobs).where(jobs.c.owner.is_not(None)).values(owner=None, lease_until=None)
    await connection.execute(statement)

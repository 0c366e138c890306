"""The machine's own statements: claim, keep, write back, renew.

A claim is a lease on a row, held only while a step runs. Every write of a step is fenced by the number
of its claim: a process that was paused for longer than its lease writes to no row when it wakes up.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.records import Job
from bot.jobs.states import ENDED, State
from bot.store.prepared import Prepared, Row
from bot.store.rows import job_of
from bot.store.tables.jobs import jobs

_log = structlog.get_logger(__name__)

_NO_VALUES: Mapping[str, Any] = {}
_ENDED: Final = frozenset(state.value for state in ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job as it stood when it was claimed, and what proves the claim."""

    job: Job
    owner: str
    fence: int
    nudges: int
    """News counted up to here is known to the step."""
    due: datetime | None = None
    """When the row needs attention, as it was last read."""


def _claim_of(row: Row) -> Claim:
    return Claim(
        job=job_of(row), owner=row["owner"], fence=row["fence"], nudges=row["nudges"], due=row["due"]
    )


def _bound(name: str, prefix: str = "new_") -> sa.BindParameter[Any]:
    """A value of the column's type, given with each execution as ``<prefix><name>``."""
    return sa.bindparam(prefix + name, type_=jobs.c[name].type)


_HELD: Final = sa.and_(
    jobs.c.id == _bound("id", "held_"),
    jobs.c.owner == _bound("owner", "held_"),
    jobs.c.fence == _bound("fence", "held_"),
)


def _held(claim: Claim) -> dict[str, Any]:
    return {"held_id": claim.job.id, "held_owner": claim.owner, "held_fence": claim.fence}


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


def _taking(ids: sa.Select[tuple[str]]) -> Prepared:
    statement = (
        sa.update(jobs)
        .where(jobs.c.id.in_(ids.with_for_update(skip_locked=True).scalar_subquery()))
        .values(owner=_bound("owner"), lease_until=_bound("lease_until"), fence=jobs.c.fence + 1)
        .returning(*jobs.c)
    )
    return Prepared(statement, list(jobs.c))


async def _take(connection: AsyncConnection, taking: Prepared, **values: Any) -> list[Claim]:
    found: list[Claim] = []
    for row in await taking.rows(connection, **values):
        try:
            found.append(_claim_of(row))
        except ValueError:  # another version's row: it sleeps for a lease, and holds up nobody else
            _log.exception("job.not_understood", job=row["id"])
    return found


def _take_due(listed: sa.Function[Any]) -> Prepared:
    """``listed`` is the database's own way to make rows of a list."""
    besides = sa.select(listed.table_valued("value").c.value)
    return _taking(
        sa.select(jobs.c.id)
        .where(
            jobs.c.due <= _bound("due", "now_"),
            jobs.c.owner.is_(None) | (jobs.c.lease_until < _bound("due", "now_")),
            jobs.c.id.not_in(besides),
        )
        .order_by(jobs.c.due)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


_BESIDES: Final = sa.bindparam("besides", type_=sa.String)
_TAKE_DUE: Final = {
    "sqlite": _take_due(sa.func.json_each(_BESIDES)),
    "postgresql": _take_due(sa.func.json_array_elements_text(sa.cast(_BESIDES, sa.JSON))),
}
_TAKE_IN_LINE: Final = _taking(
    sa.select(jobs.c.id).where(
        jobs.c.id == _bound("id", "wanted_"), jobs.c.state == State.QUEUED.value, jobs.c.owner.is_(None)
    )
)


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
    return await _take(
        connection,
        _TAKE_DUE[connection.dialect.name],
        now_due=now,
        new_owner=owner,
        new_lease_until=lease_until,
        most=limit,
        besides=json.dumps(list(besides)),
    )


@functools.cache
def _taking_told(names: tuple[str, ...]) -> Prepared:
    changed: dict[str, Any] = {
        **{name: _bound(name) for name in names},
        "owner": _bound("owner"),
        "lease_until": _bound("lease_until"),
        "fence": jobs.c.fence + 1,
        "nudges": jobs.c.nudges + 1,
        "updated_at": _bound("updated_at", "now_"),
    }
    free = (jobs.c.owner.is_(None), jobs.c.ending.is_(None))
    wanted = (jobs.c.id == _bound("id", "wanted_"), jobs.c.state == _bound("state", "wanted_"))
    return Prepared(sa.update(jobs).where(*wanted, *free).values(changed).returning(*jobs.c), list(jobs.c))


async def claim_told(
    connection: AsyncConnection,
    job: Job,
    *,
    now: datetime,
    owner: str,
    lease_until: datetime,
    values: Mapping[str, Any],
) -> Claim | None:
    """Write news of a job down and lease its row at once; None where a step is at it, or it is elsewhere.

    Whoever was told is the first to know that there is something to do, so nobody need look for it.
    """
    taken = await _take(
        connection,
        _taking_told(tuple(values)),
        **_named(values),
        wanted_id=job.id,
        wanted_state=job.state.value,
        new_owner=owner,
        new_lease_until=lease_until,
        now_updated_at=now,
    )
    return taken[0] if taken else None


async def claim_in_line(
    connection: AsyncConnection, wanted: Sequence[str], *, owner: str, lease_until: datetime
) -> list[Claim]:
    """Lease those of the jobs that still wait in line and that nobody is at."""
    found = [
        await _take(connection, _TAKE_IN_LINE, wanted_id=job_id, new_owner=owner, new_lease_until=lease_until)
        for job_id in wanted
    ]
    return [claim for claims in found for claim in claims]


_FREE: Final = Prepared(
    sa.select(jobs.c.due)
    .where(jobs.c.due.is_not(None), jobs.c.owner.is_(None))
    .order_by(jobs.c.due)
    .limit(1),
    [jobs.c.due],
)


async def next_due(connection: AsyncConnection, *, now: datetime, owner: str) -> datetime | None:
    """When the machine that is called ``owner`` has to look again at the latest.

    A row that another process holds is that one's business, unless its lease runs out: then it has died.
    """
    free = await _FREE.rows(connection)
    due: datetime | None = free[0]["due"] if free else None
    if connection.dialect.name != "postgresql":  # nobody else works there
        return due
    held = sa.select(sa.func.min(jobs.c.lease_until)).where(jobs.c.due <= now, jobs.c.owner != owner)
    over = (await connection.execute(held)).scalar()
    return min((at for at in (due, over) if at is not None), default=None)


@functools.cache
def _keeping(names: tuple[str, ...]) -> Prepared:
    values = {name: _bound(name) for name in names}
    return Prepared(sa.update(jobs).where(_HELD).values(values).returning(*jobs.c), list(jobs.c))


async def keep(connection: AsyncConnection, claim: Claim, **values: Any) -> Claim | None:
    """Write something down in the middle of a step, lease kept; None when the claim is lost."""
    rows = await _keeping(tuple(values)).rows(connection, **_held(claim), **_named(values))
    return _claim_of(rows[0]) if rows else None


_STILL_UNKNOWN: Final = jobs.c.run_id.is_(None)
_DROP_INTENT: Final = Prepared(
    sa.update(jobs)
    .where(_HELD)
    .values(intent_at=sa.case((_STILL_UNKNOWN, None), else_=jobs.c.intent_at), empty_reads=0)
    .returning(*jobs.c),
    list(jobs.c),
)
_RELEASE: Final = sa.update(jobs).where(_HELD).values(owner=None, lease_until=None)


async def drop_intent(connection: AsyncConnection, claim: Claim) -> Claim | None:
    """The paid call was certainly not accepted; unless a webhook has named a prediction meanwhile."""
    rows = await _DROP_INTENT.rows(connection, **_held(claim))
    return _claim_of(rows[0]) if rows else None


async def release(connection: AsyncConnection, claim: Claim) -> None:
    """Give the lease back and change nothing else."""
    await connection.execute(_RELEASE, _held(claim))


@functools.cache
def _writing(
    plain: tuple[str, ...], unless_set: tuple[str, ...], unless_nudged: tuple[str, ...], *, ended: bool
) -> Prepared:
    news = jobs.c.nudges != sa.bindparam("seen_nudges", type_=jobs.c.nudges.type)
    now = _bound("due", "now_")
    next_time = sa.null() if ended else sa.case((news, now), else_=_bound("due"))
    stays = sa.and_(sa.bindparam("go_on", type_=sa.Integer) == 1, next_time <= now)
    changed: dict[str, Any] = {
        **{name: _bound(name) for name in plain},
        **{name: sa.func.coalesce(jobs.c[name], _bound(name)) for name in unless_set},
        **{name: sa.case((news, jobs.c[name]), else_=_bound(name)) for name in unless_nudged},
        "updated_at": _bound("updated_at", "now_"),
        "due": next_time,
        "owner": None if ended else sa.case((stays, jobs.c.owner), else_=None),
        "lease_until": None if ended else sa.case((stays, jobs.c.lease_until), else_=None),
    }
    return Prepared(sa.update(jobs).where(_HELD).values(changed).returning(*jobs.c), list(jobs.c))


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
    statement = _writing(
        tuple(values), tuple(unless_set), tuple(unless_nudged), ended=values.get("state") in _ENDED
    )
    rows = await statement.rows(
        connection,
        **_held(claim),
        **_named({**values, **unless_set, **unless_nudged, "due": due}),
        seen_nudges=claim.nudges,
        now_due=now,
        now_updated_at=now,
        go_on=int(go_on),
    )
    return _claim_of(rows[0]) if rows else None


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

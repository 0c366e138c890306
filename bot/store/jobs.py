"""Reading jobs, accepting them, and changing them from outside the machine (news, cancel, card)."""

from __future__ import annotations

import functools
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.records import Job, Move
from bot.jobs.states import ENDED, State
from bot.money.audit import Bill
from bot.money.ledger import pot
from bot.store.prepared import Prepared
from bot.store.rows import job_of, new_job_row
from bot.store.tables.events import events
from bot.store.tables.jobs import jobs

_ENDED = sorted(state.value for state in ENDED)
_step = jobs.alias("step")
_JOURNEYS: Final = sa.select(_step.c.parent_job_id).where(_step.c.parent_job_id.is_not(None))


_INSERT: Final = sa.insert(jobs)


async def insert_job(
    connection: AsyncConnection, job: Job, *, priority: int, due: datetime | None, cause: str
) -> None:
    """Accept a job; its first event is written by a trigger."""
    row = new_job_row(job) | {
        "priority": priority,
        "due": due,
        "cause": cause,
        "actor": job.order.user_id,
    }
    await connection.execute(_INSERT, row)


_BY_ID: Final = sa.select(jobs).where(jobs.c.id == sa.bindparam("job_id", type_=jobs.c.id.type))
_GET: Final = Prepared(_BY_ID, list(jobs.c))
_LOCK: Final = Prepared(_BY_ID.with_for_update(), list(jobs.c))


async def get_job(connection: AsyncConnection, job_id: str, *, lock: bool = False) -> Job | None:
    """The job, or None; with ``lock`` nobody else changes it until the transaction ends."""
    rows = await (_LOCK if lock else _GET).rows(connection, job_id=job_id)
    return job_of(rows[0]) if rows else None


_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext('riffcord orders'), hashtext(:user_id))")


async def one_order_at_a_time(connection: AsyncConnection, user_id: str) -> None:
    """Until this transaction ends, nobody else accepts an order of this person: counting first stays exact.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(_ONE_AT_A_TIME, {"user_id": user_id})


_OPEN_OF: Final = (
    sa.select(sa.func.count())
    .select_from(jobs)
    .where(
        jobs.c.state.in_([state.value for state in State if state not in ENDED]),
        jobs.c.user_id == sa.bindparam("of_user"),
        jobs.c.id.not_in(_JOURNEYS),
    )
)


async def open_jobs_of(connection: AsyncConnection, user_id: str) -> int:
    """How many jobs of this person have not ended; of a journey its steps count."""
    return (await connection.execute(_OPEN_OF, {"of_user": user_id})).scalar_one()


async def reserved_for(connection: AsyncConnection, guild_id: str, user_id: str) -> int:
    """Credits of a server that are reserved for jobs of this person that have not ended."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(jobs.c.price), 0)).where(
        jobs.c.state.in_([state.value for state in State if state not in ENDED]),
        jobs.c.user_id == user_id,
        jobs.c.guild_id == guild_id,
        jobs.c.key_id.is_(None),
    )
    return int((await connection.execute(statement)).scalar_one())


async def runs_of_others(
    connection: AsyncConnection, host: str, run_ids: Collection[str], *, but_of: str
) -> set[str]:
    """Which of these runs at a host belong to other jobs than ``but_of``."""
    statement = sa.select(jobs.c.run_id).where(
        jobs.c.host == host, jobs.c.run_id.in_(run_ids), jobs.c.id != but_of
    )
    return set((await connection.execute(statement)).scalars())


async def recent_jobs(connection: AsyncConnection, channel_id: str, limit: int) -> list[Job]:
    """The channel's jobs: open ones first, then the ended ones, newest first; of a journey not its steps."""
    statement = (
        sa.select(jobs)
        .where(jobs.c.channel_id == channel_id, jobs.c.parent_job_id.is_(None))
        .order_by(jobs.c.state.in_(_ENDED), jobs.c.created_at.desc(), jobs.c.id)
        .limit(limit)
    )
    return [job_of(row) for row in (await connection.execute(statement)).mappings()]


async def newest_jobs(connection: AsyncConnection, states: Collection[State], limit: int) -> list[Job]:
    """Jobs in these states, of all servers, newest first."""
    statement = (
        sa.select(jobs)
        .where(jobs.c.state.in_([state.value for state in states]))
        .order_by(jobs.c.created_at.desc(), jobs.c.id)
        .limit(limit)
    )
    return [job_of(row) for row in (await connection.execute(statement)).mappings()]


async def count_by_state(connection: AsyncConnection) -> dict[State, int]:
    """How many jobs stand in each state that has any, in the order of a job's way."""
    found = await connection.execute(sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state))
    counts = {State(state): count for state, count in found}
    return {state: counts[state] for state in State if state in counts}


@functools.cache
def _telling(names: tuple[str, ...]) -> sa.Update:
    told = {name: sa.bindparam(f"new_{name}", type_=jobs.c[name].type) for name in (*names, "updated_at")}
    return (
        sa.update(jobs)
        .where(jobs.c.id == sa.bindparam("told_id"), jobs.c.state.not_in(_ENDED))
        .values(nudges=jobs.c.nudges + 1, **told)
    )


async def tell_job(
    connection: AsyncConnection, job_id: str, *, now: datetime, due: datetime | None = None, **values: Any
) -> None:
    """Change an open job from outside and let the machine know.

    A step that runs meanwhile finds out by the counted nudge: its row is due again at once. ``due`` is
    left as it stands when None.
    """
    if due is not None:
        values["due"] = due
    given = {f"new_{name}": value for name, value in values.items()}
    await connection.execute(_telling(tuple(values)), {"told_id": job_id, "new_updated_at": now, **given})


_NOW: Final = sa.bindparam("now", type_=jobs.c.updated_at.type)
_WAITS: Final = sa.and_(jobs.c.state == State.QUEUED.value, jobs.c.ending.is_(None))
_SHOWN: Final = (
    sa.update(jobs)
    .where(jobs.c.id == sa.bindparam("shown_id"), jobs.c.state.not_in(_ENDED))
    .values(
        message_id=sa.func.coalesce(jobs.c.message_id, sa.bindparam("card_id")),
        message_at=sa.func.coalesce(jobs.c.message_at, _NOW),
        updated_at=_NOW,
        due=sa.case(
            (sa.and_(_WAITS, jobs.c.id.in_(_JOURNEYS)), _NOW),  # to let its steps go
            (_WAITS, None),
            else_=jobs.c.due,
        ),
    )
)


async def card_is_shown(connection: AsyncConnection, job_id: str, message_id: str, now: datetime) -> None:
    """Note the card's message, unless one is known, and let a queued job join the line."""
    await connection.execute(_SHOWN, {"shown_id": job_id, "card_id": message_id, "now": now})


async def story_of(connection: AsyncConnection, job_id: str) -> list[Move]:
    """Every move of a job, oldest first."""
    statement = sa.select(events).where(events.c.job_id == job_id).order_by(events.c.id)
    return [
        Move(
            at=row["at"],
            old=None if row["old"] is None else State(row["old"]),
            new=State(row["new"]),
            cause=row["cause"],
            actor=row["actor"],
        )
        for row in (await connection.execute(statement)).mappings()
    ]


async def bills_of_all(connection: AsyncConnection) -> dict[str, Bill]:
    """What the books must say of every job."""
    columns = (jobs.c.id, jobs.c.guild_id, jobs.c.paid_from, jobs.c.host, jobs.c.price, jobs.c.state)
    return {
        job_id: Bill(account or pot(guild_id), host, price, State(state).job_end)
        for job_id, guild_id, account, host, price, state in await connection.execute(sa.select(*columns))
    }

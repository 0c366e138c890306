"""What upkeep forgets: jobs that ended long ago, and files of takes whose deletion broke off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.states import ENDED, State
from bot.protocol.runs import RunStatus
from bot.store.tables.jobs import jobs
from bot.store.tables.ledger import ledger
from bot.store.tables.takes import takes

_ENDED = sorted(state.value for state in ENDED)
_RUN_ENDED = [status for status in get_args(RunStatus) if status not in ("starting", "processing")]
_MY_TURN = sa.text("SELECT pg_try_advisory_xact_lock(hashtext('riffcord prune'))")


async def jobs_to_forget(
    connection: AsyncConnection,
    *,
    ended_before: datetime,
    unsure_before: datetime,
    limit: int | None,
    user_id: str | None = None,
) -> list[str]:
    """Ended jobs that nothing can concern any more, at most ``limit``, of one member or of all.

    Their reserve is settled or refunded. Where a host may still have something for a job (its run was
    never seen to end, or a call's outcome stayed unknown), the later ``unsure_before`` decides.
    """
    money_over = sa.exists().where(ledger.c.key == "end:" + jobs.c.id)
    host_done = sa.or_(jobs.c.intent_at.is_(None), jobs.c.run["status"].as_string().in_(_RUN_ENDED))
    statement = (
        sa.select(jobs.c.id)
        .where(
            jobs.c.state.in_(_ENDED),
            jobs.c.updated_at < ended_before,
            sa.or_(host_done, jobs.c.updated_at < unsure_before),
            money_over,
        )
        .limit(limit)
    )
    if user_id is not None:
        statement = statement.where(jobs.c.user_id == user_id)
    return list((await connection.execute(statement)).scalars())


async def forget_jobs(connection: AsyncConnection, job_ids: Sequence[str]) -> int | None:
    """Delete ended jobs with their events; how many there were, None while another process is at it."""
    if connection.dialect.name == "postgresql" and not (await connection.execute(_MY_TURN)).scalar():
        return None
    statement = sa.delete(jobs).where(jobs.c.id.in_(job_ids), jobs.c.state.in_(_ENDED))
    return (await connection.execute(statement)).rowcount


async def collected_among(connection: AsyncConnection, job_ids: Collection[str]) -> set[str]:
    """Which of these are jobs that need nothing any more of what their host sent."""
    over = sorted({State.DELIVER.value, *_ENDED})
    statement = sa.select(jobs.c.id).where(jobs.c.id.in_(job_ids), jobs.c.state.in_(over))
    return set((await connection.execute(statement)).scalars())


async def deleted_among(connection: AsyncConnection, take_ids: Collection[str]) -> set[str]:
    """Which of these takes somebody deleted."""
    statement = sa.select(takes.c.id).where(takes.c.id.in_(take_ids), takes.c.deleted.is_(True))
    return set((await connection.execute(statement)).scalars())

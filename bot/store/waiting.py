"""What a member ordered in a server and no host was asked for yet."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.records import Job
from bot.jobs.states import ENDED, State
from bot.store.rows import job_of
from bot.store.tables.jobs import jobs

_NOT_BEGUN = (State.HELD.value, State.QUEUED.value)
_step = jobs.alias("step")
_OF_JOURNEY = _step.c.parent_job_id == jobs.c.id
_BEGUN = sa.exists().where(_OF_JOURNEY, _step.c.state.not_in(_NOT_BEGUN))


async def waiting_orders(connection: AsyncConnection, guild_id: str, user_id: str) -> list[Job]:
    """Held or in line, oldest first, locked for this transaction; a journey until one of its steps begins."""
    statement = (
        sa.select(jobs)
        .where(
            jobs.c.guild_id == guild_id,
            jobs.c.user_id == user_id,
            jobs.c.parent_job_id.is_(None),
            jobs.c.ending.is_(None),
            jobs.c.state.not_in([state.value for state in ENDED]),
            sa.or_(jobs.c.state.in_(_NOT_BEGUN), sa.exists().where(_OF_JOURNEY)),
            ~_BEGUN,
        )
        .order_by(jobs.c.created_at, jobs.c.id)
        .with_for_update()
    )
    return [job_of(row) for row in (await connection.execute(statement)).mappings()]

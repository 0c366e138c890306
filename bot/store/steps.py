"""The steps of a journey: jobs of their own, which their journey lets go, counts and ends.

Whoever writes both locks the journey first, so nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.order import Order
from bot.jobs.records import Job, Take
from bot.jobs.states import ENDED, State
from bot.store.rows import job_of, take_of
from bot.store.tables.jobs import jobs
from bot.store.tables.takes import takes

_ENDED = sorted(state.value for state in ENDED)


async def steps_of(connection: AsyncConnection, journey_id: str) -> list[Job]:
    """A journey's steps, first to last; fewer where old ones were forgotten."""
    statement = sa.select(jobs).where(jobs.c.parent_job_id == journey_id).order_by(jobs.c.step)
    return [job_of(row) for row in (await connection.execute(statement)).mappings()]


async def takes_of_steps(connection: AsyncConnection, journey_id: str) -> dict[str, Take]:
    """What the steps of a journey have made, by the step's job id."""
    of_journey = sa.select(jobs.c.id).where(jobs.c.parent_job_id == journey_id)
    statement = sa.select(takes).where(takes.c.job_id.in_(of_journey), takes.c.number == 0)
    found = [take_of(row) for row in (await connection.execute(statement)).mappings()]
    return {take.job_id: take for take in found}


async def let_go(connection: AsyncConnection, step_id: str, order: Order) -> bool:
    """A step that was held back joins the line, with the order as it is now; False where it had already."""
    statement = (
        sa.update(jobs)
        .where(
            jobs.c.id == step_id,
            jobs.c.state == State.QUEUED.value,
            jobs.c.due.is_not(None),
            jobs.c.ending.is_(None),
        )
        .values(due=None, request=order.model_dump(mode="json"))
    )
    return (await connection.execute(statement)).rowcount == 1


async def end_steps(
    connection: AsyncConnection,
    journey_id: str,
    *,
    ending: str,
    facts: dict[str, object],
    state: State,
    actor_id: str | None,
    now: datetime,
    but: Collection[State] = (),
) -> None:
    """Every step that has not ended ends; the machine tells host and books. ``but`` those in these states."""
    statement = (
        sa.update(jobs)
        .where(
            jobs.c.parent_job_id == journey_id,
            jobs.c.state.not_in([*_ENDED, *(each.value for each in but)]),
            jobs.c.ending.is_(None),
        )
        .values(
            ending=ending,
            ending_facts=facts,
            ending_state=state.value,
            cancel_requested_by=actor_id,
            attempts=0,
            trouble=None,
            due=now,
            nudges=jobs.c.nudges + 1,
            updated_at=now,
        )
    )
    await connection.execute(statement)


async def finish_steps(
    connection: AsyncConnection, journey_id: str, message_id: str, *, now: datetime
) -> list[tuple[str, str, int]]:
    """The steps that are heard in a journey are done with it: job, host and price of each.

    Whoever is at one of them, because it was to end in the same moment, has lost it.
    """
    statement = (
        sa.update(jobs)
        .where(jobs.c.parent_job_id == journey_id, jobs.c.state == State.DELIVER.value)
        .values(
            state=State.DONE.value,
            message_id=message_id,
            message_at=now,
            moved_at=now,
            updated_at=now,
            cause="heard in its journey",
            actor="machine",
            due=None,
            owner=None,
            lease_until=None,
            fence=jobs.c.fence + 1,
            attempts=0,
            trouble=None,
            ending=None,
            ending_facts=None,
            ending_state=None,
        )
        .returning(jobs.c.id, jobs.c.host, jobs.c.price)
    )
    return [(row.id, row.host, row.price) for row in await connection.execute(statement)]

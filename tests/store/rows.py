"""Jobs for the tests of the store, in any state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.ids import new_id
from bot.jobs.order import Order
from bot.jobs.recipes import Riff
from bot.jobs.states import MOVES, State
from bot.store.tables.jobs import jobs

START = datetime(2026, 1, 1, tzinfo=UTC)

ENDED_WELL = {"take_id": "t", "message_id": "m"}
ENDED_BADLY = {"ending": "ending.bug"}


def columns_for(state: State) -> dict[str, Any]:
    """What must be set for a job to be in the state."""
    if state is State.DONE:
        return ENDED_WELL
    return ENDED_BADLY if not MOVES[state] else {}


def way_to(state: State) -> Sequence[State]:
    """The shortest way from a beginning to the state."""
    ways: list[list[State]] = [[State.QUEUED], [State.HELD]]
    for way in ways:
        if way[-1] is state:
            return way
        ways += [[*way, following] for following in sorted(MOVES[way[-1]]) if following not in way]
    raise AssertionError(state)


async def add_job(
    connection: AsyncConnection,
    *,
    state: State = State.QUEUED,
    user: str = "111",
    channel: str = "11",
    guild: str = "1",
    host: str = "engine",
    after_s: float = 0,
    due: datetime | None = None,
    priority: int = 0,
) -> str:
    """A job that went the shortest way to ``state``; its id."""
    job_id = new_id()
    at = START + timedelta(seconds=after_s)
    way = way_to(state)
    order = Order(
        host=host,
        recipe=Riff(prompt="x"),
        guild_id=guild,
        channel_id=channel,
        user_id=user,
        user_name="Ada",
    )
    await connection.execute(
        sa.insert(jobs).values(
            id=job_id,
            state=way[0].value,
            host=host,
            guild_id=guild,
            channel_id=channel,
            user_id=user,
            priority=priority,
            request=order.model_dump(mode="json"),
            price=0,
            created_at=at,
            updated_at=at,
            moved_at=at,
            cause="test",
            actor=user,
            due=due,
            reference=job_id,
        )
    )
    for following in way[1:]:
        await move_job(connection, job_id, following)
    return job_id


async def move_job(connection: AsyncConnection, job_id: str, state: State) -> None:
    """Move a job by plain SQL, as a bug in our code would."""
    over = {} if MOVES[state] else {"due": None}
    values = {"state": state.value, **columns_for(state), **over}
    await connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(values))

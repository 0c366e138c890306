"""Recording the end of a step: the row, what belongs to it, and the ring for others, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.lease import LeaseLost
from bot.jobs.outcome import End, Go, Outcome, Stay
from bot.jobs.records import Job
from bot.jobs.states import ENDED, State
from bot.store import claims
from bot.store.claims import Claim
from bot.store.db import Database
from bot.store.wake import ring

_log = structlog.get_logger(__name__)


async def record(database: Database, claim: Claim, outcome: Outcome, *, now: datetime, go_on: bool) -> Claim:
    """Write the outcome down. The returned claim has no ``owner`` when the row was given back.

    Raises:
        LeaseLost: Somebody else has the row; nothing was written.
    """
    async with database.begin() as connection:
        after = await _write(connection, claim, outcome, now, go_on)
        if after is None:
            raise LeaseLost(claim.job.id)
        if isinstance(outcome, Go) and outcome.also is not None:
            await outcome.also(connection)
        if not after.owner:
            await ring(connection)
    if isinstance(outcome, Go):
        log_move(claim.job, outcome)
        if outcome.after is not None:
            await _afterwards(outcome.after, after)
    return after


def log_move(job: Job, move: Go) -> None:
    """A move is on disk."""
    _log.info("job.moved", job=job.id, old=job.state.value, new=move.to.value, cause=move.cause)


async def _afterwards(doing: Callable[[Job], Awaitable[None]], claim: Claim) -> None:
    """The move stands: what fails now must not count as a failure of the step after it."""
    try:
        await doing(claim.job)
    except Exception:
        _log.exception("job.afterwards_broke", job=claim.job.id, state=claim.job.state.value)


async def _write(
    connection: AsyncConnection, claim: Claim, outcome: Outcome, now: datetime, go_on: bool
) -> Claim | None:
    match outcome:
        case Stay():
            return await claims.write_back(
                connection,
                claim,
                now=now,
                due=outcome.due,
                go_on=go_on,
                values=outcome.values,
                unless_nudged=outcome.unless_nudged,
            )
        case Go():
            return await claims.write_back(
                connection,
                claim,
                now=now,
                due=outcome.due or now,
                go_on=go_on,
                values=columns_of(outcome, now),
                unless_set=outcome.unless_set,
            )
        case End():  # whoever decided first, decided: a cancel may have come meanwhile
            return await claims.write_back(
                connection,
                claim,
                now=now,
                due=now,
                go_on=go_on,
                values={"attempts": 0, "trouble": None},
                unless_set={
                    "ending": outcome.ending,
                    "ending_facts": outcome.facts,
                    "ending_state": State.FAILED.value,
                },
            )


def columns_of(outcome: Go, now: datetime) -> Mapping[str, Any]:
    """The columns that every move sets."""
    values: dict[str, Any] = {
        "state": outcome.to.value,
        "moved_at": now,
        "cause": outcome.cause[:200],
        "actor": outcome.actor,
        "attempts": 0,
        "trouble": None,
        **outcome.values,
    }
    return values | {"interaction_token": None} if outcome.to in ENDED else values

"""Accepting an order, and stopping a job: what members do, one transaction each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotAllowed, NotEnough, NotFound, TooMany
from bot.jobs.ids import new_id
from bot.jobs.journeys import HELD_BACK, Standing, steps_for, with_seed
from bot.jobs.limits import Limits
from bot.jobs.order import Order
from bot.jobs.recipes import Journey
from bot.jobs.records import Job
from bot.jobs.states import State
from bot.jobs.tools import Tools
from bot.money import ledger
from bot.safety.screen import Decision, Facts, screen
from bot.store.jobs import get_job, insert_job, one_order_at_a_time, open_jobs_of, tell_job
from bot.store.ledger import reserve_within, write_transfers
from bot.store.steps import end_steps
from bot.store.wake import ring

_log = structlog.get_logger(__name__)

Also = Callable[[AsyncConnection], Awaitable[None]]
"""Done in the transaction that accepts an order; what it raises leaves no order."""


async def accept(
    order: Order,
    tools: Tools,
    limits: Limits,
    *,
    price: int,
    interaction_token: str | None,
    also: Also | None = None,
    least_in_pot: int | None = None,
) -> Job:
    """One row and its reserve in one transaction, with what ``also`` writes; a journey's steps as well.

    Raises:
        InvalidOption: Nothing to play, or an unknown host.
        TooMany: This person already has as many open jobs as one may have.
        NotEnough: The server's pot would hold less than ``least_in_pot`` then.
        NoSpace: The disk is full.
    """
    state = _screened(order, tools)
    order = with_seed(order)
    now = tools.clock.now()
    job_id = new_id()
    job = Job(
        id=job_id,
        state=state,
        order=order,
        created_at=now,
        updated_at=now,
        moved_at=now,
        attempts=0,
        price=0 if isinstance(order.recipe, Journey) else price,
        cancel_requested_by=None,
        reference=job_id,
        intent_at=None,
        run_id=None,
        run=None,
        progress=None,
        message_id=None,
        message_at=None,
        interaction_token=interaction_token,
        take_id=None,
        ending=None,
    )
    due = None if state is State.HELD else tools.after(tools.times.card_grace_s)
    steps = steps_for(job, price)
    reserves = [ledger.reserve(each.id, order.guild_id, each.price) for each in (job, *steps)]
    async with tools.database.begin() as connection:
        await one_order_at_a_time(connection, order.user_id)
        if await open_jobs_of(connection, order.user_id) + max(1, len(steps)) > limits.open_per_user:
            raise TooMany(limits.open_per_user)
        if also is not None:
            await also(connection)
        await insert_job(connection, job, priority=0, due=due, cause="ordered")
        await write_transfers(connection, [ledger.opening(order.guild_id)], now)
        for reserve in reserves:  # all or none: the transaction ends with the first that the pot lacks
            least = least_in_pot if reserve.amount else None
            if not await reserve_within(connection, reserve, now, least=least):
                raise NotEnough(sum(each.amount for each in reserves))
        for step in steps:
            held_back = None if due is None else due + HELD_BACK
            await insert_job(connection, step, priority=0, due=held_back, cause="ordered")
    _log.info("job.ordered", job=job_id, host=order.host, guild=order.guild_id, user=order.user_id)
    return replace(job, way=Standing(steps).way()) if steps else job


def _screened(order: Order, tools: Tools) -> State:
    """The state in which the order begins."""
    if order.host not in tools.hosts:
        raise InvalidOption("host", "unknown_host", choices=", ".join(sorted(tools.hosts)))
    verdict = screen(Facts(texts=order.recipe.texts))
    if verdict.decision is Decision.BLOCKED:
        raise InvalidOption("prompt", verdict.problem)
    return State.HELD if verdict.decision is Decision.HELD else State.QUEUED


async def cancel(job_id: str, tools: Tools, *, actor_id: str, is_moderator: bool) -> Job:
    """Decide that the job ends; the machine tells host, card and money. The job as it stood before.

    Raises:
        NotFound: There is no such job.
        NotAllowed: Somebody else's job, and no moderator.
    """
    now = tools.clock.now()
    async with tools.database.begin() as connection:
        job = await get_job(connection, job_id)
        if job is not None:  # a step is stopped with its journey
            job_id = job.parent_job_id or job_id
            job = await get_job(connection, job_id, lock=True)
        if job is None:
            raise NotFound("job")
        if actor_id != job.order.user_id and not is_moderator:
            raise NotAllowed("cancel")
        if job.ended or job.ending is not None:
            return job
        goes_on = tools.goes_on(job)
        await tell_job(
            connection,
            job_id,
            now=now,
            due=now,
            cancel_requested_by=actor_id,
            ending="ending.cancelled_here" if goes_on else "ending.cancelled",
            ending_facts={"host": job.order.host} if goes_on else {},
            ending_state=State.CANCELLED.value,
            attempts=0,
            trouble=None,
        )
        await end_steps(
            connection,
            job_id,
            ending="ending.cancelled",
            facts={},
            state=State.CANCELLED,
            actor_id=actor_id,
            now=now,
        )
        await ring(connection)
    _log.info("job.cancel_asked", job=job_id, actor=actor_id)
    return job

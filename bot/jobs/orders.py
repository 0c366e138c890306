"""Accepting an order, and stopping a job: what members do, one transaction each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotAllowed, NotEnough, NotFound, TooMany
from bot.jobs.booking import booked
from bot.jobs.holding import unread
from bot.jobs.ids import new_id
from bot.jobs.journeys import HELD_BACK, Standing, steps_for, with_seed
from bot.jobs.limits import Limits
from bot.jobs.order import Order
from bot.jobs.ports import Candidate, Gate, Passage
from bot.jobs.recipes import Journey
from bot.jobs.records import Job
from bot.jobs.states import State
from bot.jobs.tools import Tools
from bot.moderation.deeds import Deed
from bot.money import ledger
from bot.money.prices import Prices
from bot.safety.screen import Decision, Facts, screen
from bot.store.audit_log import note
from bot.store.holds import close_hold, get_hold
from bot.store.jobs import get_job, insert_job, one_order_at_a_time, open_jobs_of, tell_job
from bot.store.ledger import write_transfers
from bot.store.steps import end_steps
from bot.store.wake import ring

_log = structlog.get_logger(__name__)

Also = Callable[[AsyncConnection], Awaitable[None]]
"""Done in the transaction that accepts an order; what it raises leaves no order."""
CAUSE_MAX: Final = 200
"""Characters of a move's cause that are kept."""


async def accept(
    order: Order,
    tools: Tools,
    limits: Limits,
    *,
    gate: Gate,
    prices: Prices,
    interaction_token: str | None,
    also: Also | None = None,
) -> Job:
    """One row and its reserve in one transaction, with what ``also`` writes; a journey's steps as well.

    Raises:
        InvalidOption: Nothing to play, or an unknown host.
        TooMany: This person already has as many open jobs as one may have.
        NotAllowed: The gate lets this person or channel order nothing now.
        NotEnough: Pot or share cannot pay for it.
        NoSpace: The disk is full.
    """
    _look_at(order, tools)
    order = with_seed(order)
    parts = order.recipe.steps if isinstance(order.recipe, Journey) else 1
    candidate = Candidate(order=order, job_id=new_id(), parts=parts, prices=prices, at=tools.clock.now())
    try:
        async with tools.database.begin() as connection:
            await one_order_at_a_time(connection, order.user_id)
            if await open_jobs_of(connection, order.user_id) + parts > limits.open_per_user:
                raise TooMany(limits.open_per_user)
            if also is not None:
                await also(connection)
            passage = await gate.pass_(connection, candidate)
            job, steps = await _entered(connection, candidate, passage, tools, interaction_token)
    except NotEnough as short:
        async with tools.database.begin() as connection:
            await gate.refused(connection, candidate, short)
        raise
    _log.info("job.ordered", job=job.id, host=order.host, guild=order.guild_id, user=order.user_id)
    return replace(job, way=Standing(steps).way()) if steps else job


async def _entered(
    connection: AsyncConnection,
    candidate: Candidate,
    passage: Passage,
    tools: Tools,
    interaction_token: str | None,
) -> tuple[Job, list[Job]]:
    """The rows of an order that passed, and what is reserved for them: the job, and a journey's steps."""
    job = _new_job(candidate, passage, interaction_token)
    steps = steps_for(job, passage.price)
    due = tools.after(tools.times.card_grace_s)
    cause = f"ordered, held: {', '.join(passage.held)}" if passage.held else "ordered"
    await insert_job(connection, job, priority=0, due=due, cause=cause[:CAUSE_MAX])
    for step in steps:
        held_back = None if job.state is State.HELD else due + HELD_BACK
        await insert_job(connection, step, priority=0, due=held_back, cause="ordered")
    reserves = [_reserve(each, candidate.order, passage) for each in (job, *steps)]
    await write_transfers(connection, reserves, candidate.at)
    if passage.held:
        job = replace(job, hold=await get_hold(connection, job.id))
    return job, steps


def _new_job(candidate: Candidate, passage: Passage, interaction_token: str | None) -> Job:
    order, now = candidate.order, candidate.at
    return Job(
        id=candidate.job_id,
        state=State.HELD if passage.held else State.QUEUED,
        order=order,
        created_at=now,
        updated_at=now,
        moved_at=now,
        attempts=0,
        price=0 if isinstance(order.recipe, Journey) else passage.price,
        paid_from=passage.account,
        cancel_requested_by=None,
        reference=candidate.job_id,
        intent_at=None,
        run_id=None,
        run=None,
        progress=None,
        message_id=None,
        message_at=None,
        interaction_token=interaction_token,
        take_id=None,
        ending=None,
        key_id=passage.key_id,
    )


def _reserve(job: Job, order: Order, passage: Passage) -> ledger.Transfer:
    entry = booked(ledger.reserve(job.id, passage.account, job.price), order)
    return entry.on_credit() if passage.on_credit else entry


def _look_at(order: Order, tools: Tools) -> None:
    """Refuse what nobody could make or read."""
    if order.host not in tools.hosts:
        raise InvalidOption("host", "unknown_host", choices=", ".join(sorted(tools.hosts)))
    verdict = screen(Facts(texts=order.recipe.texts))
    if verdict.decision is Decision.BLOCKED:
        raise InvalidOption("prompt", verdict.problem)


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
        await cancel_within(connection, job, tools, actor_id=actor_id, now=now)
        await ring(connection)
    _log.info("job.cancel_asked", job=job_id, actor=actor_id)
    return job


async def cancel_within(
    connection: AsyncConnection, job: Job, tools: Tools, *, actor_id: str, now: datetime
) -> None:
    """As :func:`cancel`, of an open job that is no step, in a transaction that holds the lock of its row."""
    goes_on = tools.goes_on(job)
    hidden = unread(await get_hold(connection, job.id) if job.state is State.HELD else None)
    await close_hold(connection, job.id, "cancelled", actor_id=actor_id, at=now)
    if actor_id != job.order.user_id:
        await note(connection, _deed_of_cancel(job, actor_id, now))
    await tell_job(
        connection,
        job.id,
        now=now,
        due=now,
        cancel_requested_by=actor_id,
        ending="ending.cancelled_here" if goes_on else "ending.cancelled",
        ending_facts={**({"host": job.order.host} if goes_on else {}), **hidden},
        ending_state=State.CANCELLED.value,
        attempts=0,
        trouble=None,
    )
    await end_steps(
        connection,
        job.id,
        ending="ending.cancelled",
        facts={},
        state=State.CANCELLED,
        actor_id=actor_id,
        now=now,
    )


def _deed_of_cancel(job: Job, actor_id: str, now: datetime) -> Deed:
    order = job.order
    return Deed(
        at=now,
        guild_id=order.guild_id,
        actor_id=actor_id,
        action="cancel",
        subject=job.id,
        channel_id=order.channel_id,
        before={"state": job.state.value},
        after={"state": State.CANCELLED.value, "member": order.user_id},
    )

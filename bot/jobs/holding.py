"""Deciding about an order that waits for a moderator: let it go, refuse it, or let its time run out.

The job, its steps, the hold, what moderators are told and the trail move in one transaction, under the lock
of the job's row: of approve, reject, cancel and the end of its time exactly one happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyDecided, NotFound
from bot.jobs.endings import UNREAD
from bot.jobs.journeys import HELD_BACK
from bot.jobs.recipes import Journey
from bot.jobs.records import Job
from bot.jobs.states import State
from bot.jobs.tools import Tools
from bot.moderation.deeds import THE_BOT, Deed
from bot.moderation.records import Hold
from bot.store.audit_log import note
from bot.store.holds import close_hold, get_hold, let_held_go
from bot.store.jobs import get_job, tell_job
from bot.store.notices import tell_member
from bot.store.steps import end_steps
from bot.store.wake import ring

_log = structlog.get_logger(__name__)

Also = Callable[[AsyncConnection, Hold], Awaitable[None]]
"""Further writes of the transaction that decides."""

_SOON: Final = timedelta(minutes=1)
"""Whoever waited no longer sees the card change."""
APPROVED: Final = "approve"
REJECTED: Final = "reject"
EXPIRED: Final = "expire"
"""Actions in the trail."""


async def approve(
    job_id: str, tools: Tools, *, guild_id: str, actor_id: str, also: Also | None = None
) -> Hold:
    """Let it go: it joins the line, a journey with all its steps. The hold as it stood.

    Raises:
        NotFound: ``hold``: no order of this server ever waited under this id.
        AlreadyDecided: Somebody, or time, was faster.
    """
    now = tools.clock.now()
    async with tools.database.begin() as connection:
        job, hold = await _waiting(connection, job_id, guild_id)
        await close_hold(connection, job_id, "approved", actor_id=actor_id, at=now)
        await let_held_go(
            connection,
            job_id,
            actor_id=actor_id,
            due=_first_look(job, tools),
            steps_due=now + HELD_BACK,
            now=now,
        )
        after = {"state": State.QUEUED.value, "member": hold.user_id, "credits": hold.price}
        await note(connection, _deed(hold, APPROVED, actor_id, now, after=after))
        if now - hold.held_at > _SOON:
            await _tell(connection, job, hold, "approved", now, message=job.message_id)
        if also is not None:
            await also(connection, hold)
        await ring(connection)
    _log.info("job.approved", job=job_id, actor=actor_id)
    return hold


def _first_look(job: Job, tools: Tools) -> datetime | None:
    """A journey lets its steps go at once; one whose card is not known yet waits for it as any other does."""
    if isinstance(job.order.recipe, Journey):
        return tools.clock.now()
    return None if job.message_id is not None else tools.after(tools.times.card_grace_s)


async def reject(
    job_id: str,
    tools: Tools,
    *,
    guild_id: str,
    actor_id: str,
    reason: str,
    appeals: str = "",
    also: Also | None = None,
) -> Hold:
    """Refuse it: its card tells the reason, and all is refunded. Raises as :func:`approve`."""
    now = tools.clock.now()
    async with tools.database.begin() as connection:
        job, hold = await _waiting(connection, job_id, guild_id)
        await reject_within(connection, job, hold, actor_id=actor_id, reason=reason, appeals=appeals, now=now)
        await _tell(connection, job, hold, "rejected", now, reason=reason)
        if also is not None:
            await also(connection, hold)
        await ring(connection)
    _log.info("job.rejected", job=job_id, actor=actor_id)
    return hold


async def reject_within(
    connection: AsyncConnection,
    job: Job,
    hold: Hold,
    *,
    actor_id: str,
    now: datetime,
    reason: str | None = None,
    appeals: str = "",
) -> None:
    """As :func:`reject`, in a transaction that decides more and holds the lock of the job's row."""
    await close_hold(connection, job.id, "rejected", actor_id=actor_id, at=now, reason=reason)
    facts = {"reason": reason or "", "appeals": appeals, **unread(hold)}
    await _end(connection, job, "ending.rejected", facts, actor_id, now)
    after = {"state": State.REJECTED.value, "member": hold.user_id, "credits": hold.price}
    await note(connection, _deed(hold, REJECTED, actor_id, now, reason=reason, after=after))


async def expire(job_id: str, tools: Tools) -> bool:
    """Nobody decided in time: it ends, refunded. False where somebody did."""
    now = tools.clock.now()
    async with tools.database.begin() as connection:
        job = await get_job(connection, job_id, lock=True)
        hold = await get_hold(connection, job_id)
        if job is None or hold is None or hold.expires_at is None or job.ending is not None:
            return False
        if not await close_hold(connection, job_id, "expired", actor_id=THE_BOT, at=now):
            return False
        hours = max(1, round((hold.expires_at - hold.held_at).total_seconds() / 3_600))
        facts = {"hours": hours, **unread(hold)}
        await _end(connection, job, "ending.hold_expired", facts, None, now)
        after = {"state": State.REJECTED.value, "member": hold.user_id, "credits": hold.price}
        await note(connection, _deed(hold, EXPIRED, THE_BOT, now, after=after))
        await _tell(connection, job, hold, "expired", now, hours=hours)
        await ring(connection)
    _log.info("job.hold_expired", job=job_id)
    return True


async def _tell(
    connection: AsyncConnection, job: Job, hold: Hold, says: str, now: datetime, **facts: object
) -> None:
    """The member, who may have gone away from the card long ago."""
    told = {"channel": hold.channel_id, "locale": job.order.locale, **facts}
    who = {"guild_id": hold.guild_id, "user_id": hold.user_id}
    await tell_member(connection, **who, says=says, about=job.id, facts=told, at=now)


def unread(hold: Hold | None) -> dict[str, object]:
    """What an ending's facts say where an order ends that nobody said yes to, as far as it matters."""
    return {UNREAD: True} if hold is not None and hold.state == "open" and hold.for_words else {}


async def _waiting(connection: AsyncConnection, job_id: str, guild_id: str) -> tuple[Job, Hold]:
    job = await get_job(connection, job_id, lock=True)
    hold = await get_hold(connection, job_id)
    if hold is None or hold.guild_id != guild_id:
        raise NotFound("hold")
    if hold.state != "open":
        raise AlreadyDecided(hold.state, hold.decided_by or THE_BOT)
    if job is None or job.state is not State.HELD or job.ending is not None:
        raise NotFound("hold")
    return job, hold


async def _end(
    connection: AsyncConnection,
    job: Job,
    ending: str,
    facts: dict[str, object],
    actor_id: str | None,
    now: datetime,
) -> None:
    state = State.REJECTED
    await tell_job(
        connection,
        job.id,
        now=now,
        due=now,
        ending=ending,
        ending_facts=facts,
        ending_state=state.value,
        attempts=0,
        trouble=None,
    )
    await end_steps(connection, job.id, ending=ending, facts=facts, state=state, actor_id=actor_id, now=now)


def _deed(
    hold: Hold, action: str, actor_id: str, now: datetime, *, reason: str | None = None, after: object = None
) -> Deed:
    return Deed(
        at=now,
        guild_id=hold.guild_id,
        actor_id=actor_id,
        action=action,
        subject=hold.job_id,
        channel_id=hold.channel_id,
        reason=reason,
        before={"state": State.HELD.value, "why": list(hold.reasons)},
        after=after,
    )

"""Taking back what a member ordered and no host was asked for yet, with whatever decided so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.holding import reject_within
from bot.jobs.orders import cancel_within
from bot.jobs.states import State
from bot.jobs.tools import Tools
from bot.store.holds import get_hold
from bot.store.jobs import one_order_at_a_time
from bot.store.waiting import waiting_orders
from bot.store.wake import ring

_log = structlog.get_logger(__name__)

Decided = TypeVar("Decided")
Decide = Callable[[AsyncConnection, int], Awaitable[Decided]]
"""Writes what was decided, in the same transaction, knowing how many orders end with it."""


async def take_back(
    tools: Tools,
    *,
    guild_id: str,
    user_id: str,
    actor_id: str,
    appeals: str,
    decide: Decide[Decided],
    reason: str | None = None,
) -> Decided:
    """End what waits of a member in a server, refunded, whoever pays for it; what ``decide`` returns.

    What waits for a moderator is rejected, what stands in line is cancelled, each noted in the trail; what
    has begun goes on. No order of this member slips in between: it ends here, or meets what was decided.

    Args:
        tools: Of the machine.
        guild_id: Where.
        user_id: Whose.
        actor_id: The moderator.
        appeals: Whom to ask, for the cards of what is rejected.
        decide: What it is taken back for. What it raises leaves everything as it was.
        reason: Why what waits for a moderator is rejected, and that alone: the line stays. None: all ends.
    """
    now = tools.clock.now()
    async with tools.database.begin() as connection:
        await one_order_at_a_time(connection, user_id)
        waiting = await waiting_orders(connection, guild_id, user_id)
        if reason is not None:
            waiting = [job for job in waiting if job.state is State.HELD]
        for job in waiting:
            hold = await get_hold(connection, job.id) if job.state is State.HELD else None
            if hold is None:
                await cancel_within(connection, job, tools, actor_id=actor_id, now=now)
            else:
                await reject_within(
                    connection, job, hold, actor_id=actor_id, now=now, reason=reason, appeals=appeals
                )
        decided = await decide(connection, len(waiting))
        await ring(connection)
    _log.info("jobs.taken_back", guild=guild_id, user=user_id, actor=actor_id, orders=len(waiting))
    return decided

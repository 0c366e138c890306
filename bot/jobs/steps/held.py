"""``held``: an order waits for a moderator, until its time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.errors import DiscordError
from bot.jobs.holding import expire
from bot.jobs.lease import Lease
from bot.jobs.outcome import Outcome, Stay
from bot.jobs.tools import Tools
from bot.store.holds import get_hold

_AGAIN: Final = timedelta(minutes=1)
"""How soon a card is looked for again that Discord did not tell of."""


async def held(lease: Lease, tools: Tools) -> Outcome:
    """Find the card that was shown and not noted, and end what nobody decided about."""
    job = lease.job
    async with tools.database.connect() as connection:
        hold = await get_hold(connection, job.id)
    if hold is None or hold.state != "open":  # a step, or whoever decided has moved the row already
        return Stay(due=None)
    if hold.expires_at is not None and tools.clock.now() >= hold.expires_at:
        await expire(job.id, tools)
        return Stay(due=None)  # news: what was decided is done at once
    again = tools.clock.now() + _AGAIN
    try:
        await tools.find_card(lease)
    except DiscordError:
        return Stay(due=again if hold.expires_at is None else min(again, hold.expires_at))
    return Stay(due=hold.expires_at)

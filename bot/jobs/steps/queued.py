"""``queued``: the card did not come in time; the job joins the line without it."""

from __future__ import annotations

from bot.jobs.lease import Lease
from bot.jobs.outcome import Outcome, Stay
from bot.jobs.tools import Tools


async def queued(lease: Lease, tools: Tools) -> Outcome:
    """From now on only admission moves it."""
    del lease, tools
    return Stay(due=None)

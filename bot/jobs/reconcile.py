"""After a paid call whose outcome nobody knows: find out before anything is sent again. Pure.

Hosts offer no idempotency key, so the intent is written down first, the host echoes a reference, and the
host's list is read until it shows the run or has twice, with time in between, not shown it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.jobs.records import Job
from bot.protocol.runs import Run

CALL_S: Final = 30.0
"""The longest that a paid call takes (``bot.providers.http.Limits.total_s``; a test holds both equal)."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """This one is ours; ``extra`` ones were made besides and must be cancelled."""

    run: Run
    extra: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """Nothing there, which proves nothing yet: read once more at this time."""

    at: datetime
    first_empty_at: datetime


@dataclass(frozen=True, slots=True)
class Absent:
    """The call was never accepted; a new one may be made."""


def conclude(
    job: Job, found: Sequence[Run], *, now: datetime, between_s: float, shared: bool = False
) -> Adopt | ReadAgain | Absent:
    """What a successful read of the host's list (oldest first) means for the job.

    ``shared``: other processes work at the same rows, so one that lost this row may still be at its call.
    Until that must be over an empty list proves nothing.
    """
    if found:
        return Adopt(found[0], tuple(found[1:]))
    first = job.empty_read_at if job.empty_reads else None
    if first is None:
        return ReadAgain(now + timedelta(seconds=between_s), now)
    again_at = first + timedelta(seconds=between_s)
    if shared and job.intent_at is not None:
        again_at = max(again_at, job.intent_at + timedelta(seconds=CALL_S))
    return Absent() if now >= again_at else ReadAgain(again_at, first)

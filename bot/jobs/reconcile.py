"""After a paid call whose outcome nobody knows: find out before anything is sent again. Pure.

Hosts offer no idempotency key, so the intent is written down first, the host echoes a reference, and the
host's list is read until it shows the run or has twice, with time in between, not shown it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.jobs.records import Job
from bot.protocol.runs import Run


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
    job: Job, found: Sequence[Run], *, now: datetime, between_s: float
) -> Adopt | ReadAgain | Absent:
    """What a successful read of the host's list (oldest first) means for the job."""
    if found:
        return Adopt(found[0], tuple(found[1:]))
    first = job.empty_read_at if job.empty_reads else None
    if first is None:
        return ReadAgain(now + timedelta(seconds=between_s), now)
    again_at = first + timedelta(seconds=between_s)
    return Absent() if now >= again_at else ReadAgain(again_at, first)

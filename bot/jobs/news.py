"""What a webhook means for a job. Pure: duplicates, late and out-of-order ones change nothing."""

from __future__ import annotations

import enum

from bot.jobs.records import Job
from bot.jobs.states import State
from bot.protocol.runs import Run


class News(enum.Enum):
    """What to do with what a host told."""

    ADOPT = "adopt"
    """The answer to our call was lost or is still on its way; this is what it made."""
    UPDATE = "update"
    """It got further."""
    NOTHING = "nothing"
    FOREIGN = "foreign"
    """A second run for the same job, or one that nobody wants: stop it."""


def weigh(job: Job, told: Run) -> News:
    """Compare what was told with what the row says."""
    if job.run_id is None:
        wanted = job.state is State.SUBMIT and job.intent_at is not None and job.ending is None
        return News.ADOPT if wanted else News.FOREIGN
    if told.id != job.run_id:
        return News.FOREIGN
    if job.state not in (State.SUBMIT, State.WAITING):
        return News.NOTHING
    return News.UPDATE if _is_newer(job, told) else News.NOTHING


def _is_newer(job: Job, told: Run) -> bool:
    known = job.run
    if known is None:
        return True
    if known.ended:
        return False
    if told.ended:
        return True
    if told.status != known.status:
        return known.status == "starting"
    return (told.progress or 0.0) > (job.progress or 0.0)

"""What to say when the time for a job ran out: the last trouble tells why."""

from __future__ import annotations

from bot.jobs.outcome import End
from bot.jobs.records import Job
from bot.jobs.tools import Tools

_BY_TROUBLE = {
    "trouble.host_unreachable": "ending.host_unreachable",
    "trouble.host_busy": "ending.host_busy",
    "trouble.checking": "ending.outcome_unknown",
}


def ending_when_late(job: Job, tools: Tools) -> End:
    """The end of a job whose host did not make it in time."""
    host = job.order.host
    if (ending := _BY_TROUBLE.get(job.trouble or "")) is not None:
        return End(ending=ending, facts={"host": host})
    return End(
        ending="ending.deadline", facts={"host": host, "minutes": round(tools.times_of(job).deadline_s / 60)}
    )

"""``waiting``: the host has it. News come by webhook; a poll is the fallback."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import HostError, RateLimited, Refused
from bot.jobs.ids import new_id
from bot.jobs.lease import Lease
from bot.jobs.limits import poll_at
from bot.jobs.outcome import End, Go, Outcome, Stay
from bot.jobs.records import Job
from bot.jobs.retry import lost
from bot.jobs.states import State
from bot.jobs.steps.late import ending_when_late
from bot.jobs.tools import Tools
from bot.protocol.runs import FailureCause, Run
from bot.store.rows import stored_run

_OLDEST_NEWS_S = 30.0


async def waiting(lease: Lease, tools: Tools) -> Outcome:
    """Act on what is known; ask the host when it is time, and once more when the time is over."""
    job = lease.job
    if job.run is not None and job.run.ended:
        return ended_by(job, job.run, "told by webhook")
    now = tools.clock.now()
    late = job.deadline_at is not None and now >= job.deadline_at
    told, ask_at = job.run, job.poll_at
    if late or ask_at is None or now >= ask_at:
        try:
            told = await _ask(job, tools, since=None if late else ask_at, urgent=late)
        except HostError as error:
            if late:
                return _late(job, told, tools, error)
            raise
        if told.ended:
            return ended_by(job, told, "seen by polling")
        if late:
            return _late(job, told, tools)
        now = tools.clock.now()
        ask_at = poll_at(tools.times_of(job), asked_at=job.intent_at or now, now=now)
    trouble = _trouble(job, told, now, tools)
    progress = max(job.progress or 0.0, (told.progress if told else None) or 0.0) or None
    await tools.show(replace(job, run=told, progress=progress, trouble=trouble))
    return Stay(
        due=ask_at if job.deadline_at is None else min(ask_at, job.deadline_at),
        values={"attempts": 0, "trouble": trouble, "empty_reads": 0, "empty_read_at": None},
        unless_nudged={
            "run": None if told is None else stored_run(told),
            "progress": progress,
            "poll_at": ask_at,
        },
    )


async def _ask(job: Job, tools: Tools, *, since: datetime | None, urgent: bool) -> Run:
    """News of the moment at which they were due: who waits with others may be told what these were told."""
    if job.run_id is None:
        raise LookupError("a waiting job without a run")
    if since is not None:
        since = max(since, tools.after(-_OLDEST_NEWS_S))
    return await tools.host_of(job).get(job.run_id, since=since, urgent=urgent)


def _late(job: Job, told: Run | None, tools: Tools, error: HostError | None = None) -> Outcome:
    """The time is over. One song of two is better than none, and has been paid for."""
    if told is None or not told.results:
        if isinstance(error, Refused) and not isinstance(error, RateLimited):
            return End(ending=lost(error, job.state), facts={"host": job.order.host})
        return ending_when_late(job, tools)
    return ended_by(job, told.model_copy(update={"status": "succeeded"}), "a part of it was there in time")


def ended_by(job: Job, run: Run, cause: str) -> Outcome:
    """What follows from a run that is over."""
    host = job.order.host
    if run.status == "succeeded":
        return Go(
            to=State.COLLECT,
            cause=cause,
            actor="host",
            values={
                "run": stored_run(run),
                "progress": 1.0,
                "take_id": job.take_id or new_id(),
                "empty_reads": 0,
                "empty_read_at": None,
            },
        )
    if run.status != "failed":
        return End(ending="ending.host_stopped", facts={"host": host})
    match run.cause:
        case FailureCause.PROMPT_REFUSED:
            return End(ending="ending.host_prompt_refused", facts={"host": host})
        case FailureCause.INTERRUPTED:
            return End(ending="ending.host_interrupted", facts={"host": host})
        case _:
            detail = (run.error or "")[:300]
            return End(ending="ending.host_failed", facts={"host": host, "detail": detail})


def _trouble(job: Job, told: Run | None, now: datetime, tools: Tools) -> str | None:
    """Whether the host takes long to begin: its model is loaded first."""
    asked_at = job.intent_at or now
    slow = now - asked_at >= timedelta(seconds=tools.times.cold_boot_s)
    return "trouble.cold_boot" if slow and told is not None and told.status == "starting" else None

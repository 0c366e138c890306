"""One function a state. A step may be broken off at any point and is then simply begun again."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.disk import is_full
from bot.errors import RiffcordError
from bot.jobs.lease import Lease, LeaseLost
from bot.jobs.outcome import End, Outcome, Stay
from bot.jobs.recipes import Journey
from bot.jobs.records import Job
from bot.jobs.retry import GiveUp, backoff_s, decide, is_denial
from bot.jobs.states import State
from bot.jobs.steps.collect import collect
from bot.jobs.steps.deliver import deliver
from bot.jobs.steps.ending import ending
from bot.jobs.steps.held import held
from bot.jobs.steps.journey import begin, rest, set_out, watch
from bot.jobs.steps.own import by_own_key
from bot.jobs.steps.queued import queued
from bot.jobs.steps.submit import submit
from bot.jobs.steps.waiting import waiting
from bot.jobs.tools import Tools

__all__ = ["after_error", "run_step"]

_log = structlog.get_logger(__name__)

Step = Callable[[Lease, Tools], Awaitable[Outcome]]

_STEPS: dict[State, Step] = {
    State.HELD: held,
    State.QUEUED: queued,
    State.SUBMIT: submit,
    State.WAITING: waiting,
    State.COLLECT: collect,
    State.DELIVER: deliver,
}
_NEED_HOST = (State.SUBMIT, State.WAITING, State.COLLECT)


_OF_JOURNEYS: dict[State, Step] = {
    State.QUEUED: set_out,
    State.SUBMIT: begin,
    State.WAITING: watch,
}


def _step_of(job: Job) -> Step:
    if isinstance(job.order.recipe, Journey):
        return _OF_JOURNEYS.get(job.state, _STEPS[job.state])
    return rest if job.step is not None and job.state is State.DELIVER else _STEPS[job.state]


async def run_step(lease: Lease, tools: Tools) -> Outcome:
    """Run the step of the job's state; every error becomes an outcome.

    Raises:
        LeaseLost: Somebody else has the row.
        OperationalError, InterfaceError: The database is away.
    """
    return await by_own_key(await _outcome_of(lease, tools), lease.job, tools)


async def _outcome_of(lease: Lease, tools: Tools) -> Outcome:
    job = lease.job
    try:
        if job.ending is not None:
            return await ending(lease, tools)
        if job.state in _NEED_HOST and job.order.host not in tools.hosts:
            return End(ending="ending.host_unknown", facts={"host": job.order.host})
        return await _step_of(job)(lease, tools)
    except LeaseLost:
        raise
    except (OperationalError, InterfaceError) as error:
        if not is_full(error):  # a database that is away says nothing of the job
            raise
        return await after_error(error, lease, tools)
    except Exception as error:
        return await after_error(error, lease, tools)


async def after_error(error: Exception, lease: Lease, tools: Tools) -> Outcome:
    """What follows from an error of a step, or of writing down how it ended."""
    job = lease.job
    chance = tools.chance()
    if job.ending is not None:  # it must end, so there is nothing else to decide
        _log.exception("job.ending_broke", job=job.id)
        wait_s = backoff_s(job.attempts, chance, 60)
        return Stay(due=tools.after(wait_s), values={"attempts": job.attempts + 1})
    now = tools.clock.now()
    refused = _refused_since(error, job, now)
    attempts = _attempts_so_far(error, job)
    decision = decide(
        error,
        job.state,
        attempts=attempts,
        host=job.order.host,
        chance=chance,
        refused_s=0.0 if refused is None else (now - refused).total_seconds(),
    )
    if isinstance(decision, GiveUp):
        ours = decision.ending == "ending.bug"
        reference = _log_failure(error, job, ours=ours)
        facts: dict[str, object] = {"reference": reference} if ours else decision.facts
        return End(ending=decision.ending, facts=facts)
    _log_failure(error, job, ours=not isinstance(error, RiffcordError))
    if decision.trouble is not None and decision.trouble != job.trouble:
        await tools.show(replace(job, trouble=decision.trouble))
    due = tools.after(decision.after_s)
    if job.state in (State.SUBMIT, State.WAITING) and job.deadline_at is not None:
        due = min(due, max(job.deadline_at, tools.clock.now()))
    values: dict[str, object] = {"attempts": attempts + 1, "trouble": decision.trouble}
    if job.state is State.SUBMIT and job.deadline_at is None:  # not even sent: patience begins all the same
        values["deadline_at"] = tools.after(tools.times_of(job).deadline_s)
    if refused is not None:
        values.update(empty_reads=job.empty_reads + 1, empty_read_at=refused)
    return Stay(due=due, values=values)


def _attempts_so_far(error: Exception, job: Job) -> int:
    """Earlier failures of this kind: a bug after a host's troubles is the first bug, not one too many."""
    ours = not isinstance(error, RiffcordError)
    return 0 if ours and job.trouble is not None else job.attempts


def _refused_since(error: Exception, job: Job, now: datetime) -> datetime | None:
    """Since when the host has denied what it took, or made; None where it does not."""
    if job.state not in (State.WAITING, State.COLLECT) or not is_denial(error):
        return None
    return (job.empty_read_at if job.empty_reads else None) or now


def _log_failure(error: Exception, job: Job, *, ours: bool) -> str:
    """Log by whose fault it is; returns the reference that stands in the line."""
    reference = secrets.token_hex(4)
    _log.log(
        logging.ERROR if ours else logging.WARNING,
        "job.step_failed",
        job=job.id,
        state=job.state.value,
        attempt=job.attempts + 1,
        error=repr(error),
        reference=reference,
        exc_info=error if ours else None,
    )
    return reference

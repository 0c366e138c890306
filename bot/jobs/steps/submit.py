"""``submit``: ask the host, once. Or find out whether it was asked already."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from bot.errors import (
    DiscordError,
    HostError,
    KeyGone,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.jobs import reconcile
from bot.jobs.lease import Lease, LeaseLost
from bot.jobs.limits import poll_at
from bot.jobs.outcome import End, Go, Outcome, Stay
from bot.jobs.records import Job, Source
from bot.jobs.states import State
from bot.jobs.steps.late import ending_when_late
from bot.jobs.steps.pictures import with_pictures
from bot.jobs.steps.source import source_of
from bot.jobs.tools import Tools
from bot.jobs.wanted import suited, wanted_of
from bot.protocol.runs import Run
from bot.store.jobs import runs_of_others
from bot.store.rows import stored_run

_log = structlog.get_logger(__name__)

_NOT_DENIED = {"empty_reads": 0, "empty_read_at": None}


async def submit(lease: Lease, tools: Tools) -> Outcome:
    """Make the paid call exactly once, or adopt what an earlier try made."""
    try:
        job = await tools.find_card(lease)
    except DiscordError:
        job = lease.job  # looked for again before anything is delivered
    if job.run_id is not None:  # a webhook was faster than the answer
        return _accepted(job, tools, None, "told by webhook")
    if job.intent_at is not None:
        return await _find_out(lease, tools)
    if job.deadline_at is not None and tools.clock.now() >= job.deadline_at:
        return ending_when_late(job, tools)
    return await _call(lease, tools)


async def _call(lease: Lease, tools: Tools) -> Outcome:
    job = lease.job
    try:
        source = await source_of(job, tools)
    except NotFound:
        return End(ending="ending.source_gone")
    card = asyncio.create_task(tools.show(job), name=f"card {job.id}")
    try:
        made = await _create(lease, tools, source)
    except NotFound:  # a picture that was brought for it
        return End(ending="ending.source_gone")
    except _Withdrawn:
        return Stay(due=tools.clock.now())
    finally:
        await card
    return _accepted(lease.job, tools, made, "accepted by the host")


async def _create(lease: Lease, tools: Tools, source: Source | None) -> Run:
    job = lease.job
    host = tools.host_of(job)
    wanted = await with_pictures(suited(wanted_of(job.order), host.offers), job.order.recipe, tools)
    attempt = replace(job, intents=job.intents + 1)
    try:
        made = await host.create(
            wanted,
            reference=job.reference,
            webhook=tools.webhook(attempt),
            source=source,
            ahead=partial(_write_ahead, lease, tools, attempt),
        )
    except (Refused, Unreachable):
        if lease.job.intent_at is not None:
            await lease.drop_intent()
        raise
    _log.info("host.accepted", job=job.id, host=job.order.host, run=made.id, attempt=attempt.intents)
    return made


async def _write_ahead(lease: Lease, tools: Tools, attempt: Job) -> None:
    """Note the call, synced to disk: if we die from here on, the next start knows that it may have been made.

    Raises:
        LeaseLost: The row is somebody else's, or may be by now.
        _Withdrawn: The job was to end meanwhile.
    """
    now = tools.clock.now()
    job = await lease.keep(
        intent_at=now,
        intents=attempt.intents,
        deadline_at=attempt.deadline_at or tools.after(tools.times_of(attempt).deadline_s),
        empty_reads=0,
        empty_read_at=None,
    )
    if job.ending is not None:
        await lease.drop_intent()
        raise _Withdrawn
    if tools.clock.now() - now > timedelta(seconds=tools.times.lease_s / 3):
        await lease.drop_intent()  # nothing was sent, unless somebody else is at it already
        raise LeaseLost(job.id)


class _Withdrawn(Exception):
    """The order was taken back before it was sent."""


def _accepted(job: Job, tools: Tools, made: Run | None, cause: str) -> Outcome:
    now = tools.clock.now()
    first_poll = poll_at(tools.times_of(job), asked_at=now, now=now)
    if made is None:
        return Go(to=State.WAITING, cause=cause, actor="host", values={"poll_at": first_poll, **_NOT_DENIED})
    return Go(
        to=State.WAITING,
        cause=cause,
        actor="host",
        due=None if made.ended else first_poll,
        values={"poll_at": first_poll, **_NOT_DENIED},
        unless_set={
            "run_id": made.id,
            "run": stored_run(made),
            "progress": made.progress,
        },
        after=partial(_cancel_if_second, tools=tools, made=made),
    )


async def _cancel_if_second(job: Job, *, tools: Tools, made: Run) -> None:
    """A webhook of an earlier call named another run while ours was being made."""
    if job.run_id != made.id:
        await cancel_extra(job, tools, made)


async def cancel_extra(job: Job, tools: Tools, extra: Run) -> None:
    """Stop a run that the job does not need; the log keeps what it cost."""
    _log.warning(
        "host.second_run",
        job=job.id,
        host=job.order.host,
        run=extra.id,
        kept=job.run_id,
        status=extra.status,
        compute_s=extra.compute_s,
    )
    if extra.ended or job.order.host not in tools.hosts:
        return
    try:
        await tools.host_of(job).cancel(extra.id)
    except HostError as error:
        _log.warning("host.run_not_cancelled", job=job.id, run=extra.id, error=str(error))


async def _find_out(lease: Lease, tools: Tools) -> Outcome:
    """The outcome of a call is unknown: read the host's list, where it has one."""
    job = lease.job
    late = job.deadline_at is not None and tools.clock.now() >= job.deadline_at
    offers = tools.host_of(job).offers
    if not offers.lists:
        if late or tools.webhook(job) is None:
            return _unknown(job)
        return await _until_idle(job, tools) if offers.shows_idle else _wait_for_webhook(job, tools)
    try:
        found = await find_runs(job, tools, urgent=late)
    except HostError as error:
        if isinstance(error, KeyGone):  # nobody can look any more
            raise
        if late:  # refund rather than pay twice
            return _unknown(job)
        if isinstance(error, Refused) and not isinstance(error, RateLimited):
            raise OutcomeUnknown(error.host, error.detail) from error  # the list's no is not the order's
        raise
    now = tools.clock.now()
    verdict = reconcile.conclude(
        job, found, now=now, between_s=tools.times.between_reads_s, shared=tools.database.is_postgres
    )
    if isinstance(verdict, reconcile.Adopt):
        _log.info("host.run_found", job=job.id, run=verdict.run.id)
        for extra in verdict.extra:
            await cancel_extra(job, tools, extra)
        return _accepted(job, tools, verdict.run, "found in the host's list")
    if late:
        return _unknown(job)
    if isinstance(verdict, reconcile.ReadAgain):
        seen = {"empty_reads": job.empty_reads + 1, "empty_read_at": verdict.first_empty_at}
        return Stay(due=verdict.at, values={**seen, "trouble": "trouble.checking", "attempts": 0})
    _log.info("host.never_accepted", job=job.id, attempt=job.intents)
    await lease.drop_intent()
    return await _call(lease, tools)


def _unknown(job: Job) -> Outcome:
    """Nobody can say whether it was accepted: refunded, never asked for again, and left to its owner."""
    _log.error("host.outcome_unknown", job=job.id, host=job.order.host, asked_at=str(job.intent_at))
    return End(ending="ending.outcome_unknown", facts={"host": job.order.host})


def _wait_for_webhook(job: Job, tools: Tools) -> Outcome:
    """The host cannot be searched, but if it has the order it will tell."""
    due = job.deadline_at or tools.after(tools.times_of(job).deadline_s)
    return Stay(due=due, values={"trouble": "trouble.checking", "attempts": 0})


async def _until_idle(job: Job, tools: Tools) -> Outcome:
    """The host cannot be searched, but where it makes nothing at all, it makes nothing of ours.

    A report that nobody heard is repeated after growing pauses, each as long as all before it. So the second
    look comes at least as long after the first as that came after the order: what was not told by then will
    not be told any more. It may have been made and lost, so it is not ordered again.
    """
    now = tools.clock.now()
    deadline_at = job.deadline_at or now
    try:
        await find_runs(job, tools)
    except OutcomeUnknown:
        due = min(deadline_at, tools.after(tools.times.between_reads_s))
        return Stay(due=due, values={**_NOT_DENIED, "trouble": "trouble.checking", "attempts": 0})
    first = (job.empty_read_at if job.empty_reads else None) or now
    since_order_s = (first - (job.intent_at or first)).total_seconds()
    between_s = max(tools.times.between_reads_s, since_order_s)
    verdict = reconcile.conclude(job, (), now=now, between_s=between_s, shared=tools.database.is_postgres)
    if not isinstance(verdict, reconcile.ReadAgain):
        return _unknown(job)
    seen = {"empty_reads": job.empty_reads + 1, "empty_read_at": verdict.first_empty_at}
    due = min(deadline_at, verdict.at)
    return Stay(due=due, values={**seen, "trouble": "trouble.checking", "attempts": 0})


async def find_runs(job: Job, tools: Tools, *, urgent: bool = False) -> list[Run]:
    """Whatever the host made for the job since it was first asked.

    Where a host has no place for the reference, two orders in a million bear the same mark: what another job
    has is neither adopted nor stopped.
    """
    first_call_at = (job.deadline_at or tools.clock.now()) - timedelta(seconds=tools.times_of(job).deadline_s)
    host = tools.host_of(job)
    found = await host.find(
        suited(wanted_of(job.order), host.offers),
        reference=job.reference,
        since=min(first_call_at, job.intent_at or first_call_at),
        until=job.intent_at,
        urgent=urgent,
    )
    if not found:
        return []
    async with tools.database.connect() as connection:
        taken = await runs_of_others(connection, job.order.host, [run.id for run in found], but_of=job.id)
    return [run for run in found if run.id not in taken]

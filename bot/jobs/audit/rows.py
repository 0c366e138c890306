"""What must be true of each job's row by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from bot.jobs.audit.records import Finding, JobRow, Mend, Snapshot
from bot.jobs.states import RUNNING, State

_KNOWN = frozenset(state.value for state in State)


def of_rows(snapshot: Snapshot, hosts: Collection[str], now: datetime) -> Iterator[Finding]:
    """States, leases, ends, hosts; and what the database says of its own file."""
    for complaint in snapshot.complaints:
        yield Finding(kind="database", facts={"complaint": complaint})
    for job in snapshot.jobs.values():
        if job.state not in _KNOWN:
            yield Finding(kind="state_unknown", facts={"job": job.id, "state": job.state})
            continue
        if not job.agrees:
            yield Finding(kind="order_disagrees", facts={"job": job.id})
        if (job.owner is None) != (job.lease_until is None):
            yield Finding(kind="lease_halved", facts={"job": job.id, "owner": job.owner or "-"})
        if job.run_id is not None and job.intent_at is None:
            yield Finding(kind="run_without_call", facts={"job": job.id, "run": job.run_id})
        yield from _of_ended(job) if job.ended else _of_open(job, hosts, now)


def _of_ended(job: JobRow) -> Iterator[Finding]:
    if job.due is not None or job.owner is not None:
        yield Finding(kind="ended_and_due", facts={"job": job.id, "state": job.state})
    lacking = (job.take_id is None or job.message_id is None) if job.done else job.ending is None
    if lacking:
        yield Finding(kind="ended_without_end", facts={"job": job.id, "state": job.state})


def _of_open(job: JobRow, hosts: Collection[str], now: datetime) -> Iterator[Finding]:
    if job.host not in hosts:
        yield Finding(kind="host_unknown", facts={"job": job.id, "state": job.state, "host": job.host})
    wants_work = job.state in RUNNING or job.ending is not None
    held = job.owner is not None and job.lease_until is not None and job.lease_until >= now
    if wants_work and job.due is None and not held and not job.rests:
        yield Finding(kind="never_due", facts={"job": job.id, "state": job.state}, mend=Mend(wake=job.id))

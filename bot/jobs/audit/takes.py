"""What must be true of takes and the jobs that made them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.jobs.audit.records import Finding, JobRow, Snapshot, TakeRow
from bot.jobs.ids import take_ids
from bot.jobs.states import ENDED, State

_HAVE_TAKE = frozenset({State.DELIVER.value, State.DONE.value})
_MAY_HAVE_TAKE = _HAVE_TAKE | {state.value for state in ENDED}


def of_takes(snapshot: Snapshot) -> Iterator[Finding]:
    """A take was made by a job that got so far; a job that got so far has its take."""
    paid_for = {transfer.job_id for transfer in snapshot.transfers}
    for take in snapshot.takes.values():
        job = snapshot.jobs.get(take.job_id)
        if job is None and take.job_id not in paid_for:
            yield Finding(kind="take_without_job", facts={"take": take.id, "job": take.job_id})
        if job is not None and not _fits(take, job):
            facts = {"take": take.id, "job": job.id, "state": job.state}
            yield Finding(kind="take_too_early", facts=facts)
        if take.parent_take_id is not None and take.parent_take_id not in snapshot.takes:
            facts = {"take": take.id, "parent": take.parent_take_id}
            yield Finding(kind="parent_missing", facts=facts)
    for job in snapshot.jobs.values():
        if job.state in _HAVE_TAKE and (job.take_id is None or job.take_id not in snapshot.takes):
            facts = {"job": job.id, "state": job.state, "take": job.take_id or "-"}
            yield Finding(kind="take_missing", facts=facts)


def _fits(take: TakeRow, job: JobRow) -> bool:
    named = take_ids(job.take_id)
    return job.state in _MAY_HAVE_TAKE and take.number < len(named) and take.id == named[take.number]

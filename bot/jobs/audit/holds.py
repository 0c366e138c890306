"""What must be true between orders that wait and the holds that moderators decide."""

from __future__ import annotations

from collections.abc import Iterator

from bot.jobs.audit.records import Finding, JobRow, Mend, Snapshot
from bot.jobs.states import State


def of_holds(snapshot: Snapshot) -> Iterator[Finding]:
    """Orders that nobody can decide or that never end, and holds of what waits no more."""
    for job in snapshot.jobs.values():
        if not _waits(job) or job.parent_job_id is not None:
            continue
        facts = {"job": job.id}
        if job.id not in snapshot.open_holds:
            yield Finding(kind="held_without_hold", facts=facts)
        elif job.due is None and job.owner is None:
            yield Finding(kind="held_for_ever", facts=facts, mend=Mend(wake=job.id))
    for job_id in sorted(snapshot.open_holds):
        job = snapshot.jobs.get(job_id)
        if job is None or not _waits(job):
            yield Finding(kind="hold_left", facts={"job": job_id})


def _waits(job: JobRow) -> bool:
    return job.state == State.HELD and job.ending is None

"""What must be true between journeys and their steps: a step lives no longer than its journey."""

from __future__ import annotations

from collections.abc import Iterator

from bot.jobs.audit.records import Finding, Mend, Snapshot
from bot.jobs.states import State


def of_journeys(snapshot: Snapshot) -> Iterator[Finding]:
    """Steps whose journey is gone or over, and steps that are done where their journey is not."""
    for step in snapshot.jobs.values():
        if step.parent_job_id is None:
            continue
        journey = snapshot.jobs.get(step.parent_job_id)
        facts = {"job": step.id, "journey": step.parent_job_id}
        if not step.ended and (journey is None or journey.ended):
            yield Finding(kind="step_left", facts=facts, mend=Mend(wake=step.id))
        if step.state == State.DONE and journey is not None and not journey.done:
            yield Finding(kind="step_done_alone", facts={**facts, "state": journey.state})

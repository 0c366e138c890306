"""What must be true of a job's story: it leads, by moves that there are, to where the row stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.jobs.audit.records import EventRow, Finding, JobRow, Snapshot
from bot.jobs.states import MOVES, State

_BEGINNINGS = frozenset({State.HELD.value, State.QUEUED.value})
_LEGAL = frozenset((old.value, new.value) for old, news in MOVES.items() for new in news)


def of_stories(snapshot: Snapshot) -> Iterator[Finding]:
    """Every job has a whole story, and every story its job."""
    for job in snapshot.jobs.values():
        problem = _problem(job, snapshot.events.get(job.id, ()))
        if problem is not None:
            yield Finding(kind="story_broken", facts={"job": job.id, "problem": problem})
    for job_id in snapshot.events.keys() - snapshot.jobs.keys():
        yield Finding(kind="story_without_job", facts={"job": job_id})


def _problem(job: JobRow, story: Sequence[EventRow]) -> str | None:
    """What is wrong, in a few words; None when nothing is."""
    if not story:
        return "it is empty"
    if story[0].old is not None or story[0].new not in _BEGINNINGS:
        return "it lacks its beginning"
    for before, after in pairwise(story):
        if after.old != before.new:
            return f"{after.old} does not follow {before.new}"
        if (after.old, after.new) not in _LEGAL:
            return f"{after.old} > {after.new} is no move"
    last = story[-1]
    told = (last.new, last.at, last.cause, last.actor)
    if told != (job.state, job.moved_at, job.cause, job.actor):
        return f"it ends with {last.new} ({last.cause}), the job is {job.state} ({job.cause})"
    return None

"""How often a card is edited while its job goes on."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from bot.jobs.clock import Clock
from bot.jobs.records import Job
from bot.jobs.states import State

OLD: Final = timedelta(hours=1)
"""Edits of older messages have a limit of their own (error 30046): an older card is replaced."""
_KEPT: Final = 2_000


class Pace:
    """When a card may be edited again: every 2 s at first, then more slowly, never after an hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: OrderedDict[str, tuple[datetime, object]] = OrderedDict()

    def may_show(self, job: Job, shown: object) -> bool:
        """Whether to edit now; remembers it if so. The same picture twice is never worth an edit."""
        now = self._clock.now()
        age = now - (job.message_at or job.created_at)
        if age > OLD:
            return False
        if job.id in self._last:
            at, before = self._last[job.id]
            too_soon = timedelta(0) <= now - at < _pause(job, age)  # a clock set back must not silence it
            if shown == before or too_soon:
                return False
        self._last[job.id] = (now, shown)
        self._last.move_to_end(job.id)
        while len(self._last) > _KEPT:
            self._last.popitem(last=False)
        return True

    def forget(self, job_id: str) -> None:
        """Nothing more will be shown of this job."""
        self._last.pop(job_id, None)


def _pause(job: Job, age: timedelta) -> timedelta:
    """A place in line is told once, so it must not fall into a long pause; progress comes again by itself."""
    if job.state is State.QUEUED or age < timedelta(minutes=2):
        return timedelta(seconds=2)
    return timedelta(seconds=5 if age < timedelta(minutes=10) else 15)

"""What commands and buttons do. A cog reads options and calls one method of a desk; a press finds its desk by
the action in its id (:mod:`bot.ui.desks.presses`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.jobs.service import Jobs
from bot.ui.desks.counter import Counter
from bot.ui.desks.jobs import JobDesk
from bot.ui.desks.morphs import MorphDesk
from bot.ui.desks.presses import PressTable
from bot.ui.desks.takes import TakeDesk


@dataclass(frozen=True, slots=True)
class Desks:
    """All of them, for the client to hand to its cogs."""

    counter: Counter
    takes: TakeDesk
    morphs: MorphDesk
    jobs: JobDesk
    presses: PressTable

    @classmethod
    def around(cls, jobs: Jobs, *, default_host: str) -> Self:
        """The desks of a bot."""
        counter = Counter(jobs, default_host=default_host)
        takes = TakeDesk(jobs, counter)
        job_desk = JobDesk(jobs)
        return cls(
            counter=counter,
            takes=takes,
            morphs=MorphDesk(counter, takes),
            jobs=job_desk,
            presses=PressTable(takes.handlers(), job_desk.handlers()),
        )

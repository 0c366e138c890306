"""A job's story, whole: where it stands, every move, and what was paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import NotFound
from bot.jobs.records import Job, Move, Place
from bot.money.ledger import Transfer
from bot.store.db import Database
from bot.store.jobs import get_job, story_of
from bot.store.ledger import entries_of
from bot.store.steps import steps_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that is known of a job; oldest first."""

    job: Job
    moves: list[Move]
    entries: list[tuple[datetime, Transfer]]
    """Its lines of the ledger, with their times."""
    steps: list[Job] = field(default_factory=list[Job])
    """Of a journey, first to last."""
    place: Place | None = None
    """Of one that waits in line, where somebody looked."""


async def read_story(database: Database, job_id: str) -> Story:
    """The story at one moment. Raises ``NotFound`` where there is no such job (any more)."""
    async with database.connect() as connection:
        job = await get_job(connection, job_id)
        if job is None:
            raise NotFound("job")
        return Story(
            job=job,
            moves=await story_of(connection, job_id),
            entries=await entries_of(connection, job_id),
            steps=await steps_of(connection, job_id),
        )

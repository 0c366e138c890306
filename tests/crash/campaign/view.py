"""Looking into the databases from outside while everything runs."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.jobs.audit import findings
from bot.jobs.records import Job
from bot.jobs.states import State
from bot.money.ledger import balances
from bot.settings import load
from bot.store.audit import read_snapshot
from bot.store.blobs import FolderBlobs
from bot.store.db import Database, open_database
from bot.store.rows import job_of
from bot.store.tables.jobs import jobs
from bot.store.tables.moderation import holds
from bot.store.wake import ring


@dataclass
class View:
    """The job store, and the engine's own file."""

    database: Database
    data: Path

    async def states(self) -> Counter[State]:
        """How many jobs stand in each state."""
        query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
        async with self.database.connect() as connection:
            return Counter({State(state): count for state, count in await connection.execute(query)})

    async def holders(self, state: State) -> set[str]:
        """Who is at work on a job in this state, by the names under which rows are held."""
        query = sa.select(jobs.c.owner).where(jobs.c.state == state.value, jobs.c.owner.is_not(None))
        async with self.database.connect() as connection:
            return set((await connection.execute(query)).scalars())

    async def owner_of(self, job_id: str) -> str | None:
        """Who holds a job's row."""
        query = sa.select(jobs.c.owner).where(jobs.c.id == job_id)
        async with self.database.connect() as connection:
            return (await connection.execute(query)).scalar()

    async def jobs(self) -> list[Job]:
        """Every job."""
        async with self.database.connect() as connection:
            rows = await connection.execute(sa.select(jobs).order_by(jobs.c.created_at))
            return [job_of(row) for row in rows.mappings()]

    async def holds(self) -> dict[str, str]:
        """What was decided about each order that waited for a moderator, or ``open``."""
        async with self.database.connect() as connection:
            rows = await connection.execute(sa.select(holds.c.job_id, holds.c.state))
            return {row.job_id: row.state for row in rows}

    async def words_of(self, job_id: str) -> str:
        """What a job was asked for."""
        return next(job.order.recipe.words for job in await self.jobs() if job.id == job_id)

    async def let_time_pass(self, job_id: str) -> None:
        """For one order that waits: nobody decided until its time was over."""
        now = datetime.now(UTC)
        async with self.database.begin() as connection:
            waits = sa.update(holds).where(holds.c.job_id == job_id, holds.c.state == "open")
            await connection.execute(waits.values(expires_at=now))
            row = sa.update(jobs).where(jobs.c.id == job_id, jobs.c.state == State.HELD.value)
            await connection.execute(row.values(due=now, nudges=jobs.c.nudges + 1))
            await ring(connection)

    async def count(self) -> int:
        """How many orders were accepted."""
        return (await self.states()).total()

    async def audit(self, hosts: Collection[str]) -> tuple[list[str], Counter[str]]:
        """What the house itself finds wrong, a line each, and what every account holds."""
        files = [each async for shelf in FolderBlobs(self.data / "blobs").shelves() for each in shelf]
        snapshot = await read_snapshot(self.database)
        found = findings(snapshot, files, hosts=hosts, now=datetime.now(UTC))
        return [f"{each.kind}: {dict(each.facts)}" for each in found], balances(snapshot.transfers)

    def engine_prompts(self) -> Counter[str]:
        """How many predictions the engine ever took for each prompt."""
        file = f"file:{self.data / 'engine.sqlite'}?mode=ro"
        with contextlib.closing(sqlite3.connect(file, uri=True)) as connection:
            rows = connection.execute("SELECT json_extract(input, '$.prompt_a') FROM predictions").fetchall()
        return Counter(str(prompt) for (prompt,) in rows)


@contextlib.asynccontextmanager
async def watching(data: Path, database_url: str | None) -> AsyncGenerator[View]:
    """A view of a prepared store that others work with."""
    overrides = {} if database_url is None else {"database_url": database_url}
    url = load(env_file=None, riffcord_data=data, **overrides).database
    async with open_database(url, own=False) as database:
        yield View(database, data)

"""Looking into the databases from outside while everything runs."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.jobs.records import Job
from bot.jobs.states import ENDED, State
from bot.money import ledger
from bot.settings import load
from bot.store.db import Database, open_database
from bot.store.jobs import states_of_all
from bot.store.ledger import read_transfers
from bot.store.rows import job_of
from bot.store.tables.jobs import jobs


@dataclass
class View:
    """The job store, and the engine's own file."""

    database: Database
    engine_file: Path

    async def states(self) -> Counter[State]:
        """How many jobs stand in each state."""
        async with self.database.connect() as connection:
            return Counter((await states_of_all(connection)).values())

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

    async def count(self) -> int:
        """How many orders were accepted."""
        return (await self.states()).total()

    async def money(self) -> tuple[list[str], Counter[str]]:
        """What is wrong with the books, a line each, and what every account holds."""
        async with self.database.begin() as connection:  # one moment for both
            transfers = await read_transfers(connection)
            states = await states_of_all(connection)
        ends: dict[str, ledger.JobEnd] = {
            job_id: "open" if state not in ENDED else "done" if state is State.DONE else "refunded"
            for job_id, state in states.items()
        }
        return ledger.verify(transfers, ends), ledger.balances(transfers)

    def engine_prompts(self) -> Counter[str]:
        """How many predictions the engine ever took for each prompt."""
        with contextlib.closing(sqlite3.connect(f"file:{self.engine_file}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT json_extract(input, '$.prompt_a') FROM predictions").fetchall()
        return Counter(str(prompt) for (prompt,) in rows)


@contextlib.asynccontextmanager
async def watching(data: Path, database_url: str | None) -> AsyncGenerator[View]:
    """A view of a prepared store that others work with."""
    overrides = {} if database_url is None else {"database_url": database_url}
    url = load(env_file=None, riffcord_data=data, **overrides).database
    async with open_database(url, own=False) as database:
        yield View(database, data / "engine.sqlite")

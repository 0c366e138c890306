"""What the databases themselves refuse, whatever our code tries."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.jobs.states import ENDED, MOVES, State
from bot.moderation.deeds import Deed
from bot.money.ledger import refund, reserve
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.jobs import story_of
from bot.store.ledger import write_transfers
from bot.store.tables.audit_log import audit_log
from bot.store.tables.events import events
from bot.store.tables.jobs import jobs
from bot.store.tables.ledger import ledger
from tests.store.rows import START, add_job, columns_for, move_job, way_to


async def refuses(database: Database, statement: sa.Executable) -> bool:
    """Whether the database refuses the statement."""
    try:
        async with database.begin() as connection:
            await connection.execute(statement)
    except IntegrityError:
        return True
    return False


async def test_only_the_moves_of_the_table_are_possible(database: Database) -> None:
    """All hundred pairs of states: what MOVES allows works, what it does not is refused."""
    wrong: list[str] = []
    for old in State:
        for new in State:
            async with database.begin() as connection:
                job_id = await add_job(connection, state=old)
            values = {"state": new.value, **({} if old in ENDED else columns_for(new))}
            refused = await refuses(database, sa.update(jobs).where(jobs.c.id == job_id).values(values))
            allowed = new in MOVES[old] or (new is old and old not in ENDED)
            if refused == allowed:
                wrong.append(f"{old} -> {new}: refused={refused}")
    assert wrong == []


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize(
    "values", [{"ending": "ending.other"}, {"due": START}, {"message_id": "2"}, {"price": 9}]
)
async def test_an_ended_job_is_never_changed(
    database: Database, state: State, values: dict[str, Any]
) -> None:
    """Not its state, not its reason, nothing."""
    async with database.begin() as connection:
        job_id = await add_job(connection, state=state)
    assert await refuses(database, sa.update(jobs).where(jobs.c.id == job_id).values(values))


@pytest.mark.parametrize("state", sorted(set(State) - {State.HELD, State.QUEUED}))
async def test_a_job_begins_at_the_beginning(database: Database, state: State) -> None:
    """No row is born in the middle of its life."""
    async with database.begin() as connection:
        first = await add_job(connection)
        row = dict((await connection.execute(sa.select(jobs).where(jobs.c.id == first))).mappings().one())
    born = {**row, "id": "another", "reference": "another", "state": state.value, **columns_for(state)}
    assert await refuses(database, sa.insert(jobs).values({str(name): value for name, value in born.items()}))


@pytest.mark.parametrize(
    "values",
    [
        {"owner": "me"},
        {"price": -1},
        {"run_id": "p"},
        {"state": "nonsense"},
        {"state": "failed", "due": None},
    ],
)
async def test_half_set_rows_are_refused(database: Database, values: dict[str, Any]) -> None:
    """A lease without an end, a negative price, a prediction without an intent, an end without a reason."""
    async with database.begin() as connection:
        job_id = await add_job(connection)
    assert await refuses(database, sa.update(jobs).where(jobs.c.id == job_id).values(values))


async def test_every_move_is_noted(database: Database) -> None:
    """The story is written by the database, so no code can forget it, and nobody can rewrite it."""
    async with database.begin() as connection:
        job_id = await add_job(connection, state=State.DONE)
        story = await story_of(connection, job_id)
    assert [move.new for move in story] == list(way_to(State.DONE))
    assert [move.old for move in story] == [None, *way_to(State.DONE)[:-1]]
    assert story[0].actor == "111"


async def test_the_ledger_only_grows(database: Database) -> None:
    """Neither changes nor deletions, and the same key is written once."""
    async with database.begin() as connection:
        await write_transfers(connection, [reserve("j", "pot:1", 3)] * 2, START)
        await write_transfers(connection, [reserve("j", "pot:1", 5)], START)
        amounts = (await connection.execute(sa.select(ledger.c.amount))).scalars().all()
    assert amounts == [3]


async def test_what_only_grows_is_never_rewritten(database: Database) -> None:
    """Ledger, trail and stories: no row is changed, replaced or deleted, and no table emptied."""
    async with database.begin() as connection:
        job_id = await add_job(connection)
        await write_transfers(connection, [reserve(job_id, "pot:1", 3), refund(job_id, "pot:1", 3)], START)
        await note(connection, Deed(at=START, guild_id="1", actor_id="9", action="set"))
    changes = ((ledger, "amount", 0), (ledger, "ordered_id", 9), (audit_log, "actor_id", "0"))
    for table, name, value in (*changes, (events, "cause", "forged")):
        assert await refuses(database, sa.update(table).values({name: value})), name
    for table in (ledger, audit_log, events):
        assert await refuses(database, sa.delete(table)), table.name
        if database.is_postgres:
            assert await refuses(database, sa.text(f"TRUNCATE {table.name}")), table.name
        else:
            same = sa.insert(table).prefix_with("OR REPLACE").from_select(table.c.keys(), sa.select(table))
            assert await refuses(database, same), table.name


async def test_a_pruned_job_takes_its_story_along(database: Database) -> None:
    """Deleting a job deletes its events: foreign keys are switched on."""
    async with database.begin() as connection:
        job_id = await add_job(connection, state=State.FAILED)
        await connection.execute(sa.delete(jobs).where(jobs.c.id == job_id))
        assert await story_of(connection, job_id) == []


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """Half a transaction is no transaction."""

    async def half() -> None:
        async with database.begin() as connection:
            job_id = await add_job(connection)
            await move_job(connection, job_id, State.SUBMIT)
            raise RuntimeError("in between")

    with pytest.raises(RuntimeError, match="in between"):
        await half()
    async with database.connect() as connection:
        assert (await connection.execute(sa.select(jobs))).all() == []

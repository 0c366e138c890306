"""A ledger of before there were pots: every entry stays as it was, and new kinds follow."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import DBAPIError

from bot.money.audit import audit
from bot.money.ledger import balances, pot, top_up
from bot.money.policy import PotPolicy
from bot.store.db import open_database
from bot.store.jobs import bills_of_all, get_job
from bot.store.ledger import read_transfers, write_transfers
from bot.store.migrate import alembic_config, upgrade
from bot.store.standings import get_standing
from bot.store.tables.events import events
from bot.store.tables.ledger import ledger
from tests.jobs.world import HandClock, an_order
from tests.store.rows import START
from tests.treasury.till import a_treasury

ENTRIES = (
    (1, "grant:1:opening", "grant", None, "grant:1", "pot:1", 1_000),
    (4, "reserve:open", "reserve", "open", "pot:1", "reserved:open", 3),
    (
        5,
        "reserve:gone",
        "reserve",
        "gone",
        "pot:1",
        "reserved:gone",
        1_200,
    ),  # no bound before there were pots
    (9, "end:gone", "settle", "gone", "reserved:gone", "spent:paid", 1_200),
    (10, "reserve:back", "reserve", "back", "pot:1", "reserved:back", 2),
    (11, "end:back", "refund", "back", "reserved:back", "pot:1", 2),
)


def _before(url: str) -> None:
    command.upgrade(alembic_config(url), "bot_0010")
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    entry = sa.text(
        "INSERT INTO ledger (id, key, at, kind, job_id, source, target, amount) "
        "VALUES (:id, :key, 1767225600.5, :kind, :job_id, :source, :target, :amount)"
    )
    names = ("id", "key", "kind", "job_id", "source", "target", "amount")
    job = {
        **dict.fromkeys(("id", "reference"), "open"),
        **dict.fromkeys(("created_at", "updated_at", "moved_at"), 1_767_225_600.0),
        **dict.fromkeys(("priority", "fence", "nudges", "attempts", "intents", "empty_reads"), 0),
        **{"host": "paid", "guild_id": "1", "channel_id": "11", "user_id": "111", "price": 3},
        **{"cause": "x", "actor": "x", "state": "queued", "request": an_order(host="paid").model_dump_json()},
    }
    with engine.begin() as connection:
        for values in ENTRIES:
            connection.execute(entry, dict(zip(names, values, strict=True)))
        columns, marks = ", ".join(job), ", ".join(f":{name}" for name in job)
        connection.execute(sa.text(f"INSERT INTO jobs ({columns}) VALUES ({marks})"), job)  # noqa: S608
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT setval('ledger_id_seq', 11)"))
    engine.dispose()


OLD_GUARDS = {
    "sqlite": (
        "DROP TRIGGER ledger_no_update",
        """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
           BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
    ),
    "postgresql": (
        "DROP TRIGGER ledger_stays ON ledger",
        "DROP FUNCTION ledger_guard",
        """CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE ON ledger
           FOR EACH ROW EXECUTE FUNCTION only_grows()""",
        "DROP TRIGGER ledger_stays_whole ON ledger",
        "DROP TRIGGER audit_log_stays_whole ON audit_log",
    ),
}


BLOCKED = (
    "INSERT INTO standings (guild_id, user_id, user_name, blocked, slow_mode_s, trusted, reason, changed_at) "
    "VALUES ('1', '111', 'Ada', true, 0, false, 'as Eve writes', 1767225600)"
)


def _with_pots(url: str) -> None:
    """As the first of these versions left it: no name could go, and whole tables could be emptied."""
    command.upgrade(alembic_config(url), "bot_0016")
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        for statement in (*OLD_GUARDS[engine.dialect.name], BLOCKED):
            connection.execute(sa.text(statement))
    engine.dispose()


async def test_old_books_go_on(new_url: str) -> None:
    """They are exact, a debt of before is forgiven by the first period, and the guards stand again.

    Whoever was blocked still is, and is not told what was written for moderators alone.
    """
    await asyncio.to_thread(_before, new_url)
    await asyncio.to_thread(_with_pots, new_url)
    await asyncio.to_thread(upgrade, new_url, "bot")
    async with open_database(new_url) as opened:
        async with opened.begin() as connection:
            ids = (await connection.execute(sa.select(ledger.c.id).order_by(ledger.c.id))).scalars().all()
            assert list(ids) == [each[0] for each in ENTRIES]
            given_back = sa.select(ledger.c.ordered_id, ledger.c.ordered_at).where(ledger.c.kind == "refund")
            (known,) = await connection.execute(given_back)
            assert (known.ordered_id, known.ordered_at.timestamp()) == (10, 1767225600.5)
            standing = await get_standing(connection, "1", "111")
            assert (standing.user_name, standing.blocked, standing.reason) == ("Ada", True, None)
            job = await get_job(connection, "open")
            assert job is not None
            assert (job.paid_from, job.order.member.role_ids) == ("pot:1", ())
            await write_transfers(connection, [top_up("1", "a", 5)], START)
        state = await a_treasury(opened, HandClock()).set_pot("1", PotPolicy(amount=50), actor_id="9")
        assert state.left == 50
        async with opened.connect() as connection:
            entries, bills = await read_transfers(connection), await bills_of_all(connection)
        assert audit(entries, bills) == []
        assert balances(entries)[pot("1")] == 50
        guarded = [sa.update(ledger).values(amount=0), sa.delete(ledger), sa.delete(events)]
        if opened.is_postgres:
            guarded += [sa.text(f"TRUNCATE {name}") for name in ("ledger", "audit_log", "events")]
        async with opened.begin() as connection:  # whoever wants to be forgotten goes, and nothing else
            await connection.execute(sa.update(ledger).values(actor_id="0", reason=None))
        for statement in guarded:
            with pytest.raises(DBAPIError, match=r"only grows|what happened stays"):
                async with opened.begin() as connection:
                    await connection.execute(statement)

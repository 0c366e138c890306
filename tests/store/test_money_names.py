"""Members who want to be forgotten go from the ledger; every credit stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.jobs.booking import booked
from bot.money.audit import audit
from bot.money.ledger import (
    balances,
    described,
    gift,
    grant,
    pot,
    refund,
    reserve,
    top_up,
)
from bot.store.db import Database
from bot.store.ledger import read_transfers, write_transfers
from bot.store.money_names import forget_in_ledger, lines_of_member
from bot.store.tables.ledger import ledger
from tests.jobs.world import an_order
from tests.store.rows import START

DAY = timedelta(hours=26)


async def test_who_is_forgotten_leaves_only_sums(database: Database) -> None:
    """Names, reasons and accounts of gifts go; what they paid today stays theirs until the day is over."""
    old = [
        grant("1", "opening", 50),
        described(top_up("1", "a", 5), actor_id="111", reason="for Ada"),
        described(gift("1", "111", "222", "b", 3), reason="thanks"),
        described(gift("1", "222", "111", "c", 2), reason="no, thank you"),
    ]
    today = booked(reserve("j", "pot:1", 4), an_order())
    async with database.begin() as connection:
        await write_transfers(connection, old, START)
        await write_transfers(connection, [today], START + DAY)
        before = balances(await read_transfers(connection))
        assert len(await lines_of_member(connection, "111")) == 4
        now = START + DAY + timedelta(hours=1)
        assert await forget_in_ledger(connection, "111", asked_at=now, before=now - DAY) == 1
        assert [line["kind"] for line in await lines_of_member(connection, "111")] == ["reserve"]
        assert await forget_in_ledger(connection, "111", asked_at=now, before=now + DAY) == 0
        await write_transfers(connection, [refund("j", "pot:1", 4)], now)
        entries = await read_transfers(connection)
        rows = str((await connection.execute(sa.select(ledger))).all())
    assert "'111'" not in rows
    assert ":111" not in rows
    assert "for Ada" not in rows
    assert "no, thank you" in rows
    assert audit(entries, {}) == []
    assert balances(entries)[pot("1")] == before[pot("1")] + 4


@pytest.mark.parametrize(
    "values",
    [{"user_id": "222"}, {"actor_id": "222"}, {"reason": "other"}, {"target": "pot:2"}, {"what": None}],
)
async def test_nothing_else_is_ever_changed(database: Database, values: dict[str, str | None]) -> None:
    """The database refuses another name, another reason, another account."""
    async with database.begin() as connection:
        entry = described(booked(top_up("1", "a", 5), an_order()), actor_id="111", reason="r")
        await write_transfers(connection, [entry], START)
    with pytest.raises(IntegrityError):
        async with database.begin() as connection:
            await connection.execute(sa.update(ledger).values(values))

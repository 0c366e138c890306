"""What pays for an order, what it would cost, and what moderators are told."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotAllowed, NotEnough
from bot.gate import Case, ServerGate
from bot.jobs.ports import Candidate, Passage
from bot.money.ledger import pot, sponsored
from bot.money.policy import PotPolicy, Price, Share
from bot.store.db import Database
from bot.store.ledger import balance
from bot.store.settings import write_guild_settings
from bot.store.tables.notices import notices
from bot.treasury.records import Quota, Use, Who
from bot.ui.words import sentence
from tests.jobs.world import HandClock, World, an_order
from tests.treasury.till import PRICES, a_treasury


async def _told(database: Database) -> list[tuple[str, int, int]]:
    async with database.connect() as connection:
        statement = sa.select(notices.c.kind, notices.c.facts).order_by(notices.c.created_at, notices.c.key)
        rows = (await connection.execute(statement)).all()
    return [(kind, facts.get("percent", facts.get("price")), facts["left"]) for kind, facts in rows]


@contextlib.contextmanager
def _reads_of(database: Database) -> Generator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile, each with its values."""
    reads: list[tuple[str, Any]] = []

    def noted(_: object, __: object, statement: str, values: Any, *___: object) -> None:
        reads.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", noted)
    yield reads
    event.remove(database.engine.sync_engine, "before_cursor_execute", noted)


def _steps(database: Database, reads: list[tuple[str, Any]]) -> list[str]:
    """How SQLite finds what was asked."""
    with contextlib.closing(sqlite3.connect(database.engine.url.database or "")) as plain:
        return [row[3] for sql, values in reads for row in plain.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


async def test_moderators_are_told_once_a_period(database: Database, tmp_path: Path) -> None:
    """At half, four fifths and all; not again after a refund or a top-up; again in the next period.

    So are they when the pot could first not pay, by an order or by the question that is asked before.
    """
    world = World(tmp_path, "")
    world.prices = PRICES
    treasury, jobs = a_treasury(database, world), world.new_jobs(database)
    await jobs.open()
    await treasury.set_pot("1", PotPolicy(amount=4, period="day"), actor_id="9")
    first = await world.order(jobs, host="paid")
    assert await _told(database) == []
    for user in ("2", "3"):
        await world.order(jobs, host="paid", user=user)
    assert await _told(database) == [("pot", 50, 2)]
    await jobs.cancel(first.id, actor_id="111", is_moderator=False)
    await jobs.step_until_idle()
    for user in ("4", "5"):
        await world.order(jobs, host="paid", user=user)
    assert sorted(await _told(database)) == [("pot", 50, 2), ("pot_empty", 100, 0)]
    with pytest.raises(NotEnough):
        await world.order(jobs, host="paid", user="6")
    await treasury.top_up("1", 1, actor_id="9", reason="more", key="k")
    await world.order(jobs, host="paid", user="6")
    assert len(await _told(database)) == 2
    world.clock.advance(86_400)
    await treasury.set_pot("1", PotPolicy(amount=2, period="day"), actor_id="9")
    await treasury.set_price("1", Price(host="engine", credits=3), actor_id="9")
    with pytest.raises(NotEnough):
        await treasury.quote(an_order())
    for user in ("6", "7"):
        with pytest.raises(NotEnough):
            await world.order(jobs, user=user)
    assert sorted(await _told(database))[2:] == [("pot_short", 3, 2)]
    world.clock.advance(86_400)
    await treasury.set_pot("1", PotPolicy(amount=1, period="day", hard_stop=False), actor_id="9")
    for user in ("7", "8"):
        await world.order(jobs, host="paid", user=user)
    assert [kind for kind, _, _ in await _told(database)].count("pot_below") == 1
    assert await jobs.check_books() == []
    async with database.connect() as connection:
        assert await balance(connection, pot("1")) == -1

    async def told() -> Quota:
        return await treasury.quota("1", user_id="7", role_ids=(), channel_id="11")

    assert (await told()).uses == (Use(user_id="7", used=1), Use(user_id="8", used=1))
    world.clock.advance(1)
    await treasury.set_pot("1", {"period": "week", "carry_over": True}, actor_id="9")
    now = await told()
    assert (now.pot.left, now.pot.used, now.pot.carried, now.uses) == (0, 0, -1, ())


async def test_a_sponsor_pays_before_the_pot(sqlite_database: Database, tmp_path: Path) -> None:
    """In the channel and its threads, against nobody's share; refunds go back there, the rest by the pot."""
    world = World(tmp_path, "")
    world.prices = PRICES
    treasury, jobs = a_treasury(sqlite_database, world), world.new_jobs(sqlite_database)
    await jobs.open()
    await treasury.set_share("1", Share(subject="member", cap=1), actor_id="9")
    assert await treasury.sponsor("1", "11", 2, actor_id="9", reason="this jam is on me", key="k") == 2
    in_thread = an_order(host="paid", channel="77").model_copy(update={"home_id": "11"})
    first = await jobs.order(in_thread, interaction_token=None)
    assert first.paid_from == sponsored("11")
    assert (await world.order(jobs, host="paid")).paid_from == sponsored("11")
    assert (await treasury.quote(an_order(host="paid"))).price == 1
    assert (await world.order(jobs, host="paid")).paid_from == pot("1")
    for ask in (treasury.quote(an_order(host="paid")), world.order(jobs, host="paid")):
        with pytest.raises(NotEnough) as refused:
            await ask
        assert (refused.value.price, refused.value.limit, refused.value.left) == (1, "member", 0)
    assert "<t:1767312000:R>" in sentence(refused.value)
    await world.order(jobs)  # the engine is free
    await jobs.cancel(first.id, actor_id="111", is_moderator=False)
    await jobs.step_until_idle()
    quota = await treasury.quota("1", user_id="111", role_ids=(), channel_id="11")
    assert (quota.sponsored, quota.pot.used, [each.used for each in quota.shares]) == (1, 1, [1])
    assert [(each.user_id, each.used) for each in quota.uses] == [("111", 1)]
    with _reads_of(sqlite_database) as reads:
        lines = await treasury.history("1", user_id="111")
    assert [(each.kind, each.amount) for each in lines] == [("refund", 1), *[("reserve", 1)] * 3]
    assert [each.in_pot for each in lines] == [None, 999, None, None]
    steps = [step for step in _steps(sqlite_database, reads) if "ledger" in step]
    assert [step for step in steps if "INDEX ix_ledger" not in step] == []  # nor what other servers paid
    assert await jobs.check_books() == []


async def test_a_changed_pot_counts_for_orders_that_wait(sqlite_database: Database, tmp_path: Path) -> None:
    """An order is paid by what was decided until its turn came, and fields that change apart all count."""
    world = World(tmp_path, "")
    treasury = a_treasury(sqlite_database, world)
    await treasury.set_pot("1", {"amount": 2, "period": "day"}, actor_id="9")
    state = await treasury.set_pot("1", {"hard_stop": False}, actor_id="9")
    assert (state.left, state.refills_at - state.began_at) == (2, timedelta(days=1))

    class Meanwhile:
        """Somebody sets another pot, after the gate has read the settings."""

        async def pay(self, connection: AsyncConnection, case: Case) -> Passage | None:
            money = case.settings.guild.money
            pot = money.pot.model_copy(update={"hard_stop": True, "period": "week", "amount": 0})
            money = money.model_copy(update={"pot": pot})
            changed = case.settings.guild.model_copy(update={"money": money})
            await write_guild_settings(connection, "1", changed)
            return None

    order = an_order(host="paid")
    candidate = Candidate(order=order, job_id="j", prices=PRICES, parts=1, at=world.now())
    with pytest.raises(NotEnough) as refused:
        async with sqlite_database.begin() as connection:
            await ServerGate(payers=[Meanwhile()]).pass_(connection, candidate)
    assert refused.value.limit == "pot"


async def test_what_was_begun_once_is_not_begun_again(sqlite_database: Database) -> None:
    """Another zone names a day that came already: it counts in neither what is told nor what is entered."""
    clock = HandClock()
    clock.advance(12 * 3_600)
    treasury = a_treasury(sqlite_database, clock)
    there = {"amount": 10, "period": "day", "carry_over": True, "zone": "Pacific/Kiritimati"}
    await treasury.set_pot("1", there, actor_id="9")
    assert (await treasury.set_pot("1", {"zone": "UTC"}, actor_id="9")).left == 20
    clock.advance(2 * 86_400)
    told = await treasury.quota("1", user_id="111", role_ids=(), channel_id="11")
    state = await treasury.top_up("1", 1, actor_id="9", reason="r", key="k")
    assert (told.pot.left, state.left) == (30, 31)


async def test_prices_and_gifts_are_the_servers_own(sqlite_database: Database, tmp_path: Path) -> None:
    """A table beside the bot's; an engine may cost something; gifts go as far as the share."""
    world = World(tmp_path, "")
    treasury = a_treasury(sqlite_database, world)
    await treasury.set_price("1", Price(host="engine", credits=3), actor_id="9")
    assert (await treasury.quote(an_order())).price == 3
    money = await treasury.remove_price("1", "engine", None, None, actor_id="9")
    assert money.prices == ()
    assert (await treasury.quote(an_order())).price == 0

    async def give(amount: int, key: str, giver: str = "111") -> int | None:
        state = await treasury.gift(
            "1", amount, giver=Who(giver), to_id="222", channel_id="11", reason="", key=key
        )
        return state.left

    with pytest.raises(NotAllowed):
        await give(1, "a")
    await treasury.set_share("1", Share(subject="member", cap=5), actor_id="9")
    await treasury.set_money("1", "gift_most", 4, actor_id="9")
    assert [await give(3, "b"), await give(3, "b"), await give(1, "c")] == [2, 2, 1]
    with pytest.raises(InvalidOption):
        await give(1, "d")
    quota = await treasury.quota("1", user_id="222", role_ids=(), channel_id="11")
    assert quota.shares[0].left == 9
    for name, value in (("gift_most", -1), ("pot", 2), ("nonsense", 1)):
        with pytest.raises(InvalidOption):
            await treasury.set_money("1", name, value, actor_id="9")

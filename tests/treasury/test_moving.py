"""What people move is noted, and bounded by whoever runs the bot."""

from __future__ import annotations

import pytest

from bot.errors import InvalidOption, NotEnough
from bot.moderation.deeds import SET, Sought
from bot.money.allowance import Allowance
from bot.money.policy import PotPolicy, Share
from bot.store.audit_log import find_deeds
from bot.store.db import Database
from bot.treasury.paying import PotPayer
from bot.treasury.records import PotState, Who
from bot.treasury.service import Treasury
from bot.ui.words import sentence
from tests.jobs.world import HandClock, an_order
from tests.treasury.till import a_treasury


async def test_what_people_move_is_noted(database: Database) -> None:
    """Who, when, why, and what there was before and is now: once, and not what was refused."""
    treasury = a_treasury(database, HandClock())
    await treasury.set_share("1", Share(subject="member", cap=10), actor_id="9")
    ada = Who("111")
    for _ in range(2):
        await treasury.top_up("1", 5, actor_id="9", reason="more", key="a")
        await treasury.sponsor("1", "11", 7, actor_id="9", reason="jam", key="b")
        await treasury.sponsor_of_share("1", "11", 2, giver=ada, reason="on me", key="c")
        await treasury.gift("1", 3, giver=ada, to_id="222", channel_id="12", reason="yours", key="d")
    with pytest.raises(NotEnough, match="gift"):
        await treasury.gift("1", 6, giver=ada, to_id="222", channel_id="12", reason="all", key="e")
    async with database.connect() as connection:
        found = [each.deed for each in await find_deeds(connection, Sought(guild_id="1"), limit=10)]
    noted = [deed for deed in reversed(found) if deed.action != SET]
    told = [(deed.action, deed.actor_id, deed.subject, deed.channel_id, deed.reason) for deed in noted]
    assert told == [
        ("top_up", "9", "pot:1", None, "more"),
        ("sponsor", "9", "sponsor:11", "11", "jam"),
        ("sponsor", "111", "sponsor:11", "11", "on me"),
        ("gift", "111", "222", "12", "yours"),
    ]
    assert [(deed.before, deed.after) for deed in noted] == [(1_000, 1_005), (0, 7), (7, 9), (8, 5)]


async def test_whoever_runs_the_bot_bounds_every_pot(database: Database) -> None:
    """Amounts, top-ups, channels and other periods together bring no more credits a month, and no debt."""
    clock = HandClock()
    free, bounded = a_treasury(database, clock), a_treasury(database, clock, Allowance(100))
    before = await free.set_pot("1", PotPolicy(amount=40, hard_stop=False), actor_id="9")
    assert before.left == 40
    with pytest.raises(InvalidOption) as refused:
        await bounded.set_pot("1", {"amount": 101}, actor_id="9")
    assert sentence(refused.value) == (
        "Whoever runs this bot lets each server have 100 credits a month. Choose 100 or less for amount."
    )
    with pytest.raises(InvalidOption) as refused:
        await bounded.set_pot("1", {"hard_stop": False}, actor_id="9")
    assert "cannot go below zero. Leave hard_stop on." in sentence(refused.value)
    with pytest.raises(NotEnough):  # although the server wants no hard stop
        async with database.begin() as connection:
            await PotPayer(Allowance(100)).pay(
                connection, an_order(host="paid"), price=41, parts=1, at=clock.now()
            )
    await bounded.top_up("1", 20, actor_id="9", reason="r", key="a")
    await bounded.sponsor("1", "11", 10, actor_id="9", reason="r", key="b")
    with pytest.raises(InvalidOption) as refused:
        await bounded.top_up("1", 31, actor_id="9", reason="r", key="c")
    assert "Choose 30 or less" in sentence(refused.value)
    assert (await bounded.set_pot("1", {"period": "week", "amount": 20}, actor_id="9")).left == 40
    emptied = await bounded.set_pot("1", {"amount": 0}, actor_id="9")  # what that takes back may come again
    assert (emptied.left, (await _top_up(bounded, 70)).left) == (20, 90)
    assert (await bounded.set_pot("1", {"amount": 20}, actor_id="9")).left == 90
    for zone, minute in (("Pacific/Kiritimati", 0), ("UTC", 60), ("America/New_York", 0), ("UTC", 0)):
        await bounded.set_pot("1", {"zone": zone, "reset_minute": minute}, actor_id="9")
        with pytest.raises(InvalidOption):  # whenever a month begins there
            await _top_up(bounded, 1)
    clock.advance(28 * 86_400)
    assert (await bounded.set_pot("1", {}, actor_id="9")).left == 90
    clock.advance(3 * 86_400)  # in the same week: what was withheld from it comes with the month
    assert (await _left(bounded), await _left(free)) == (110, 90)
    clock.advance(4 * 86_400)
    assert (await _top_up(bounded, 1)).left == 111
    with pytest.raises(InvalidOption) as refused:  # three weeks of this month have still to come
        await bounded.top_up("1", 20, actor_id="9", reason="r", key="e")
    assert "Choose 19 or less" in sentence(refused.value)


async def _top_up(treasury: Treasury, amount: int) -> PotState:
    return await treasury.top_up("1", amount, actor_id="9", reason="r", key=str(amount))


async def _left(treasury: Treasury) -> int:
    return (await treasury.quota("1", user_id="111", role_ids=(), channel_id="11")).pot.left

"""The allowance's law: whatever administrators do, no month brings a server more than it may have."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from bot.errors import InvalidOption, NotEnough
from bot.jobs.booking import booked
from bot.money.allowance import Allowance
from bot.money.ledger import pot, reserve
from bot.money.policy import PERIODS, Period, PotPolicy
from bot.money.pots import span_of
from bot.store.ledger import write_transfers
from bot.store.pots import read_funds
from bot.store.tables.ledger import ledger
from bot.treasury.paying import PotPayer
from tests.jobs.world import an_order
from tests.store.databases import sqlite_address
from tests.treasury.till import TreasuryMachine

MOST = 155
"""5 a day, 31 a week."""
ALLOWANCE = Allowance(MOST)
ZONES = ("UTC", "Pacific/Kiritimati", "America/New_York")


class AllowanceHolds(TreasuryMachine):
    """Other pots, zones and reset times, top-ups, sponsors and orders, at any hour."""

    allowance = ALLOWANCE

    @rule(
        share=st.sampled_from([0, 0.1, 1, 1]),
        period=st.sampled_from(PERIODS),
        carry_over=st.booleans(),
        zone=st.sampled_from(ZONES),
        reset_minute=st.sampled_from([0, 1, 720]),
    )
    def another_pot(
        self, share: float, period: Period, carry_over: bool, zone: str, reset_minute: int
    ) -> None:
        """Its period has all of its amount, unless the month has had all that may come."""
        amount = int((ALLOWANCE.amount_most(period) or 0) * share)
        policy = PotPolicy(
            amount=amount, period=period, carry_over=carry_over, zone=zone, reset_minute=reset_minute
        )
        self.runner.run(self.treasury.set_pot(self.guild, policy, actor_id="9"))
        had = self.runner.run(self._had(policy))
        assert had >= amount or self.came()[f"{self.clock.now():%Y-%m}"] == MOST

    async def _had(self, policy: PotPolicy) -> int:
        period = span_of(policy, self.clock.now()).name
        async with self.database.connect() as connection:
            funds = await read_funds(connection, self.guild, period, channel_id="", home_id="")
        return funds.held.granted

    @rule(amount=st.sampled_from([1, 50, 155]), for_channel=st.booleans())
    def bring(self, amount: int, for_channel: bool) -> None:
        """Credits beside the pot's own, as far as they may come."""
        with contextlib.suppress(InvalidOption):
            self.runner.run(self._bring(amount, f"k{next(self.keys)}", for_channel=for_channel))

    async def _bring(self, amount: int, key: str, *, for_channel: bool) -> None:
        if for_channel:
            await self.treasury.sponsor(self.guild, "11", amount, actor_id="9", reason="r", key=key)
        else:
            await self.treasury.top_up(self.guild, amount, actor_id="9", reason="r", key=key)

    @rule(price=st.sampled_from([3, 30]))
    def order(self, price: int) -> None:
        """Somebody uses the pot, where it has so much."""
        with contextlib.suppress(NotEnough):
            self.runner.run(self._order(price, f"{self.guild}j{next(self.keys)}"))

    async def _order(self, price: int, name: str) -> None:
        order, now = an_order(host="paid", guild=self.guild, channel="12"), self.clock.now()
        async with self.database.begin() as connection:
            passage = await PotPayer(ALLOWANCE).pay(connection, order, price=price, parts=1, at=now)
            await write_transfers(connection, [booked(reserve(name, passage.account, price), order)], now)

    @rule(hours=st.sampled_from([1, 11, 14, 24, 170, 740]))
    def time_passes(self, hours: int) -> None:
        """Nobody looks meanwhile."""
        self.clock.advance(hours * 3_600)

    @invariant()
    def no_month_brings_more(self) -> None:
        """By the calendar of UTC; and no pot goes below zero."""
        assert max(self.came().values(), default=0) <= MOST

    def came(self) -> Counter[str]:
        """What came in each month, less what a change took back; the pot is seen to be none below zero."""
        came, left = Counter[str](), 0
        for entry in self.runner.run(self._entries()):
            month = f"{entry.at:%Y-%m}"
            if entry.source == f"grant:{self.guild}":
                came[month] += entry.amount
            elif entry.key.startswith(f"expire:{self.guild}:-"):
                came[month] -= entry.amount
            left += entry.amount * (entry.target == pot(self.guild))
            left -= entry.amount * (entry.source == pot(self.guild))
            assert left >= 0
        return came

    async def _entries(self) -> list[sa.Row[tuple[object, ...]]]:
        columns = [ledger.c[name] for name in ("at", "key", "source", "target", "amount")]
        statement = sa.select(*columns).where(ledger.c.guild_id == self.guild).order_by(ledger.c.id)
        async with self.database.connect() as connection:
            return list(await connection.execute(statement))


def test_no_month_brings_more_than_its_allowance(sqlite_template: Path) -> None:
    """Whatever is decided, moved and used, at whatever hour."""
    calm = settings(
        deadline=None,
        max_examples=8,
        stateful_step_count=15,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        shutil.copyfile(sqlite_template, Path(folder) / "riffcord.sqlite")
        AllowanceHolds.url, AllowanceHolds.runner = sqlite_address(Path(folder) / "riffcord.sqlite"), runner
        run_state_machine_as_test(AllowanceHolds, settings=calm)

"""A treasury over a database, as tests want one."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import AsyncExitStack

from hypothesis.stateful import RuleBasedStateMachine

from bot.jobs.clock import Clock
from bot.jobs.pricing import priced
from bot.jobs.recipes import Recipe
from bot.library.choices import Choices
from bot.money.allowance import UNBOUNDED, Allowance
from bot.money.policy import MoneySettings
from bot.money.prices import Prices
from bot.store.db import Database, open_database
from bot.treasury.service import Treasury
from tests.jobs.world import HandClock

PRICES = Prices({"engine": 0, "paid": 1})
_guilds = itertools.count(1)


def a_treasury(database: Database, clock: Clock | None = None, allowance: Allowance = UNBOUNDED) -> Treasury:
    """With the engine free, and anything at ``paid`` at the price of its kind."""

    def price_of(recipe: Recipe, host: str, money: MoneySettings) -> int:
        return priced(recipe, host, PRICES, money)

    return Treasury(database, Choices(database, clock), price_of, clock, allowance=allowance)


class TreasuryMachine(RuleBasedStateMachine):
    """Random deeds in a server of its own; ``url`` and ``runner`` are for the one who runs it to set."""

    url: str
    runner: asyncio.Runner
    allowance = UNBOUNDED

    def __init__(self) -> None:
        super().__init__()
        self.guild = str(next(_guilds))
        self.clock = HandClock()
        self.life = AsyncExitStack()
        self.database = self.runner.run(self.life.enter_async_context(open_database(self.url)))
        self.treasury = a_treasury(self.database, self.clock, self.allowance)
        self.keys = itertools.count()

    def teardown(self) -> None:
        """Close the database."""
        self.runner.run(self.life.aclose())

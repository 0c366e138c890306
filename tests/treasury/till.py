"""A treasury over a database, as tests want one."""

from __future__ import annotations

from bot.jobs.clock import Clock
from bot.jobs.pricing import priced
from bot.jobs.recipes import Recipe
from bot.library.choices import Choices
from bot.money.allowance import UNBOUNDED, Allowance
from bot.money.policy import MoneySettings
from bot.money.prices import Prices
from bot.store.db import Database
from bot.treasury.service import Treasury

PRICES = Prices({"engine": 0, "paid": 1})


def a_treasury(database: Database, clock: Clock | None = None, allowance: Allowance = UNBOUNDED) -> Treasury:
    """With the engine free, and anything at ``paid`` at the price of its kind."""

    def price_of(recipe: Recipe, host: str, money: MoneySettings) -> int:
        return priced(recipe, host, PRICES, money)

    return Treasury(database, Choices(database, clock), price_of, clock, allowance=allowance)

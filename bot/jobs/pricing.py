"""What an order costs, and the gate of a bot without pots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotEnough
from bot.jobs.able import kinds_of
from bot.jobs.ports import Candidate, Passage
from bot.jobs.recipes import Image, Journey, Recipe
from bot.jobs.records import Offers
from bot.money.ledger import pot
from bot.money.policy import MoneySettings
from bot.money.prices import Prices


def price_of_one(recipe: Recipe, host: str, prices: Prices, money: MoneySettings) -> int:
    """What each part of an order costs in a server that decided so."""
    model = recipe.model if isinstance(recipe, Image) else None
    return prices.here(money.prices, host=host, kind=recipe.kind, model=model)


def priced(recipe: Recipe, host: str, prices: Prices, money: MoneySettings) -> int:
    """What an order costs, all its parts together."""
    times = recipe.steps if isinstance(recipe, Journey) else 1
    return times * price_of_one(recipe, host, prices, money)


@dataclass(frozen=True, slots=True)
class HostPrices:
    """What things cost at a host, in a server that decided so."""

    host: str
    by_kind: Mapping[str, int]
    """Credits for one of each kind that it makes; of a journey for each step."""


def price_list(offers: Mapping[str, Offers], prices: Prices, money: MoneySettings) -> list[HostPrices]:
    """What everything costs everywhere, models that have a price of their own left out."""
    return [
        HostPrices(
            host,
            {
                kind: prices.here(money.prices, host=host, kind=kind, model=None)
                for kind in kinds_of(offers[host])
            },
        )
        for host in sorted(offers)
    ]


class OpenGate:
    """Everything passes and is noted as the pot's debt: for whoever has no members to account to."""

    async def pass_(self, connection: AsyncConnection, candidate: Candidate) -> Passage:
        """Any order."""
        del connection
        order = candidate.order
        price = price_of_one(order.recipe, order.host, candidate.prices, MoneySettings())
        return Passage(account=pot(order.guild_id), price=price, on_credit=price > 0)

    async def refused(self, connection: AsyncConnection, candidate: Candidate, error: NotEnough) -> None:
        """Nothing is refused."""
        del connection, candidate, error

"""Who pays for an order: a sponsor of its channel, else the pot, as far as its member's share goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotEnough
from bot.jobs.order import Order
from bot.jobs.ports import Passage
from bot.jobs.preferences import Settings
from bot.money.ledger import pot, sponsored
from bot.money.policy import MoneySettings
from bot.money.pots import Span, span_of, turned, warned
from bot.money.shares import Bound, Shortage, Usage, bounds_of, shortage
from bot.store.ledger import lock_money, write_transfers
from bot.store.notices import put_notice
from bot.store.pots import Funds, read_funds, read_usage

WARNING = "pot"
"""The kind of the notices that tell moderators how much of the pot is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """All that decides whether an order can be paid, read in one transaction."""

    funds: Funds
    period: Span
    day: Span
    bounds: list[Bound]
    usage: Usage

    def sponsor_of(self, order: Order, price: int) -> str | None:
        """The account of a sponsor who can pay all of it."""
        if self.funds.sponsored_here >= price:
            return sponsored(order.channel_id)
        return sponsored(order.home) if self.funds.sponsored_home >= price else None

    def lacking(self, money: MoneySettings, price: int) -> Shortage | None:
        """What stands in the way of the pot paying it."""
        in_pot, hard_stop = self.funds.held.balance, money.pot.hard_stop
        return shortage(price, in_pot=in_pot, hard_stop=hard_stop, bounds=self.bounds, usage=self.usage)

    def refills_at(self, short: Shortage) -> datetime:
        """When there is more of what is lacking."""
        return self.period.ends_at if short.limit == "pot" else self.day.ends_at


async def means_of(
    connection: AsyncConnection, order: Order, money: MoneySettings, at: datetime, *, deciding: bool
) -> Means:
    """What there is for an order.

    Args:
        connection: In the transaction that writes, where ``deciding``.
        order: Whose, where and of what kind.
        money: As the server decided.
        at: Now.
        deciding: Whether something is decided by it: then the pot turns if it has to, and nobody else decides
            about this server's money until the transaction ends.
    """
    period, day = span_of(money.pot, at), span_of(money.pot, at, "day")
    guild_id = order.guild_id
    if deciding:
        await lock_money(connection, guild_id)
    funds = await read_funds(
        connection, guild_id, period.name, channel_id=order.channel_id, home_id=order.home
    )
    due = turned(guild_id, money.pot, funds.held, at)
    if due and deciding:
        await write_transfers(connection, due, at)
    bounds = bounds_of(
        money,
        user_id=order.user_id,
        role_ids=order.member.role_ids,
        channel_id=order.home,
        kind=order.recipe.kind,
    )
    usage = Usage()
    if bounds:
        usage = await read_usage(
            connection,
            guild_id,
            user_id=order.user_id,
            channel_id=order.home,
            kind=order.recipe.kind,
            day=day.began_at,
        )
    return Means(funds=funds.turned(due), period=period, day=day, bounds=bounds, usage=usage)


class PotPayer:
    """Finds the account that an order is paid from, in the transaction that accepts it."""

    async def pay(
        self,
        connection: AsyncConnection,
        order: Order,
        settings: Settings,
        *,
        price: int,
        parts: int,
        at: datetime,
    ) -> Passage:
        """The account, and whether it is on credit; ``price`` is that of each of the ``parts``.

        Moderators are told when a part of the pot is used up by it that they want to know of.

        Raises:
            NotEnough: Pot or share cannot pay for it, and no sponsor can.
        """
        account, whole = pot(order.guild_id), price * parts
        if whole == 0:
            return Passage(account=account, price=price)
        money = settings.guild.money
        means = await means_of(connection, order, money, at, deciding=True)
        sponsor = means.sponsor_of(order, whole)
        if sponsor is not None:
            return Passage(account=sponsor, price=price)
        short = means.lacking(money, whole)
        if short is not None:
            refills_at = int(means.refills_at(short).timestamp())
            raise NotEnough(whole, short.limit, short.left, refills_at)
        await _warn(connection, order.guild_id, means, whole, at)
        return Passage(account=account, price=price, on_credit=not money.pot.hard_stop)


async def _warn(connection: AsyncConnection, guild_id: str, means: Means, price: int, at: datetime) -> None:
    """Each part that is passed now is told, once a period."""
    held = means.funds.held
    for percent in warned(held, price):
        left = held.balance - price
        await put_notice(
            connection,
            guild_id=guild_id,
            key=f"pot:{means.period.name}:{percent}",
            kind=WARNING,
            facts={
                "percent": percent,
                "left": left,
                "of": held.balance + max(0, held.used),
                "at": int(means.period.ends_at.timestamp()),
            },
            at=at,
        )

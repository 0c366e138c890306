"""What there is to pay with: pot, sponsors and shares of one moment, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotEnough
from bot.jobs.ids import new_id
from bot.jobs.order import Order
from bot.jobs.preferences import GuildSettings
from bot.money.allowance import Allowance, month_began_at
from bot.money.ledger import Transfer, sponsored
from bot.money.policy import MoneySettings
from bot.money.pots import Held, Span, span_of, turned, withheld
from bot.money.shares import Bound, Shortage, Usage, bounds_of, shortage
from bot.store.ledger import is_entered, lock_money, write_transfers
from bot.store.pots import Funds, read_funds, read_given
from bot.store.settings import read_settings
from bot.store.usages import read_usage
from bot.treasury.records import PotState


async def money_of(connection: AsyncConnection, guild_id: str, allowance: Allowance) -> MoneySettings:
    """What counts of what the server decided about its money."""
    guild: GuildSettings = (await read_settings(connection, guild_id, "")).guild
    return allowance.over(guild.money)


async def money_to_decide(connection: AsyncConnection, guild_id: str, allowance: Allowance) -> MoneySettings:
    """The same; nobody else decides about it until the transaction ends."""
    await lock_money(connection, guild_id)
    # Only now: whoever had the lock until now may have changed it.
    return await money_of(connection, guild_id, allowance)


async def given_this_month(connection: AsyncConnection, guild_id: str, at: datetime) -> int:
    """The credits that came to a server in the calendar month (UTC)."""
    return await read_given(connection, guild_id, month_began_at(at))


async def _due(
    connection: AsyncConnection,
    guild_id: str,
    money: MoneySettings,
    held: Held,
    at: datetime,
    allowance: Allowance,
) -> list[Transfer]:
    """The turn of a pot, if it is time; else what an allowance withheld from its period and lets come now."""
    due = turned(guild_id, money.pot, held, at)
    if allowance.credits is None:
        return due
    more = [] if due else withheld(guild_id, money.pot, held, new_id())
    if not due and not more:
        return []
    within = allowance.within([*due, *more], await given_this_month(connection, guild_id, at))
    return [each for each in within if due or each.amount]  # a turn counts as one though it brings nothing


async def funds_of(
    connection: AsyncConnection,
    guild_id: str,
    money: MoneySettings,
    at: datetime,
    *,
    allowance: Allowance,
    channel_id: str = "",
    home_id: str = "",
    deciding: bool,
) -> Funds:
    """A server's pot, turned if it is time, and what sponsors left for a channel.

    Where something is decided by it, the turn is entered: ``money`` is then of :func:`money_to_decide`.
    Otherwise it is only reckoned.
    """
    period = span_of(money.pot, at).name
    funds = await read_funds(connection, guild_id, period, channel_id=channel_id, home_id=home_id)
    due = await _due(connection, guild_id, money, funds.held, at, allowance)
    if due and deciding:
        await write_transfers(connection, due, at)
        return await read_funds(connection, guild_id, period, channel_id=channel_id, home_id=home_id)
    return funds.turned([each for each in due if not await is_entered(connection, each.key)])


def state_of(funds: Funds, money: MoneySettings, at: datetime) -> PotState:
    """A pot as people are told of it."""
    period, held = span_of(money.pot, at), funds.held
    return PotState(
        left=held.balance,
        used=max(0, held.used),
        carried=held.carried,
        began_at=period.began_at,
        refills_at=period.ends_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """All that decides whether an order can be paid."""

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

    def refusal(self, price: int, short: Shortage) -> NotEnough:
        """What is said of what is lacking: when there is more, or that a day never brings so much."""
        caps = [each.cap for each in self.bounds if each.subject == short.limit and each.cap < price]
        if caps:
            return NotEnough(price, f"{short.limit}.never", min(caps))
        refills_at = self.period.ends_at if short.limit == "pot" else self.day.ends_at
        return NotEnough(price, short.limit, short.left, int(refills_at.timestamp()))

    def least(self) -> Shortage:
        """The tightest of pot and shares."""
        lefts = [Shortage("pot", max(0, self.funds.held.balance))]
        lefts += [Shortage(each.subject, each.cap - self.usage.of(each)) for each in self.bounds]
        tightest = min(lefts, key=lambda each: each.left)
        return Shortage(tightest.limit, max(0, tightest.left))


async def means_of(
    connection: AsyncConnection,
    order: Order,
    money: MoneySettings,
    at: datetime,
    *,
    allowance: Allowance,
    deciding: bool,
) -> Means:
    """What there is for an order; the rest as in :func:`funds_of`."""
    period, day = span_of(money.pot, at), span_of(money.pot, at, "day")
    funds = await funds_of(
        connection,
        order.guild_id,
        money,
        at,
        allowance=allowance,
        channel_id=order.channel_id,
        home_id=order.home,
        deciding=deciding,
    )
    bounds = bounds_of(
        money,
        user_id=order.user_id,
        role_ids=order.member.role_ids,
        channel_id=order.home,
        kind=order.recipe.kind,
    )
    usage = Usage()
    if bounds:
        shared = any(each.subject == "channel" for each in bounds)
        usage = await read_usage(
            connection,
            order.guild_id,
            user_id=order.user_id,
            channel_id=order.home if shared else "",  # everybody's orders are not added up for nothing
            kind=order.recipe.kind,
            day=day.began_at,
        )
    return Means(funds=funds, period=period, day=day, bounds=bounds, usage=usage)

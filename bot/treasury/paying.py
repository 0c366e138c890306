"""Who pays for an order: a sponsor of its channel, else the pot, as far as its member's share goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotEnough
from bot.jobs.order import Order
from bot.jobs.ports import Passage
from bot.money.allowance import UNBOUNDED, Allowance
from bot.money.ledger import pot
from bot.money.policy import PotPolicy
from bot.money.pots import WARNINGS, Span, span_of, warned
from bot.store.notices import notices_like, put_notice
from bot.treasury.means import Means, means_of, money_of, money_to_decide


class PotPayer:
    """Finds the account that an order is paid from, in the transaction that accepts it."""

    def __init__(self, allowance: Allowance = UNBOUNDED) -> None:
        """``allowance``: what whoever runs the bot lets each server have."""
        self._allowance = allowance

    async def pay(
        self,
        connection: AsyncConnection,
        order: Order,
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
        money = await money_to_decide(connection, order.guild_id, self._allowance)
        means = await means_of(connection, order, money, at, allowance=self._allowance, deciding=True)
        sponsor = means.sponsor_of(order, whole)
        if sponsor is not None:
            return Passage(account=sponsor, price=price)
        short = means.lacking(money, whole)
        if short is not None:
            raise means.refusal(whole, short)
        await _warn(connection, order, means, money.pot, whole, at)
        return Passage(account=account, price=price, on_credit=not money.pot.hard_stop)

    async def refused(
        self, connection: AsyncConnection, order: Order, error: NotEnough, *, at: datetime
    ) -> None:
        """Write down what moderators are to know of an order that :meth:`pay` refused."""
        money = await money_of(connection, order.guild_id, self._allowance)
        await tell_of_refusal(connection, order, money.pot, error, at)


async def tell_of_refusal(
    connection: AsyncConnection, order: Order, policy: PotPolicy, error: NotEnough, at: datetime
) -> None:
    """Moderators are told, once a period, that the pot could not pay; not if they know that it is empty."""
    if error.limit != "pot":
        return
    period = span_of(policy, at)
    if await notices_like(connection, order.guild_id, "pot_empty", _key(period, WARNINGS[-1])):
        return
    await put_notice(
        connection,
        guild_id=order.guild_id,
        key=_key(period, "short"),
        kind="pot_short",
        facts={
            "price": error.price,
            "left": error.left,
            "at": int(period.ends_at.timestamp()),
            "locale": order.locale,
        },
        at=at,
    )


def _key(period: Span, what: int | str) -> str:
    return f"pot:{period.name}:{what}"


async def _warn(
    connection: AsyncConnection, order: Order, means: Means, policy: PotPolicy, price: int, at: datetime
) -> None:
    """What is passed now is told, each once a period; of several at once the most."""
    told = warned(means.funds.held, price)
    if told is None:
        return
    used_up = "pot_empty" if policy.hard_stop else "pot_below"
    await put_notice(
        connection,
        guild_id=order.guild_id,
        key=_key(means.period, told.passed),
        kind="pot" if told.passed < WARNINGS[-1] else used_up,
        facts={
            "percent": told.percent,
            "left": told.left,
            "whole": told.whole,
            "at": int(means.period.ends_at.timestamp()),
            "locale": order.locale,
        },
        at=at,
    )

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
from bot.money.pots import warned
from bot.store.notices import put_notice
from bot.treasury.means import Means, means_of, money_to_decide


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
            refills_at = int(means.refills_at(short).timestamp())
            raise NotEnough(whole, short.limit, short.left, refills_at)
        await _warn(connection, order.guild_id, means, money.pot, whole, at)
        return Passage(account=account, price=price, on_credit=not money.pot.hard_stop)


async def _warn(
    connection: AsyncConnection, guild_id: str, means: Means, policy: PotPolicy, price: int, at: datetime
) -> None:
    """Each part that is passed now is told, once a period."""
    held = means.funds.held
    for percent in warned(held, price):
        used_up = "pot_empty" if policy.hard_stop else "pot_below"
        await put_notice(
            connection,
            guild_id=guild_id,
            key=f"pot:{means.period.name}:{percent}",
            kind="pot" if percent < 100 else used_up,
            facts={
                "percent": percent,
                "left": held.balance - price,
                "whole": held.balance + max(0, held.used),
                "at": int(means.period.ends_at.timestamp()),
            },
            at=at,
        )

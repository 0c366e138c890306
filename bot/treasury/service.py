"""``Treasury``: everything that commands and panels may do with a server's money."""

from __future__ import annotations

from collections.abc import Callable

from bot.jobs.clock import Clock, SystemClock
from bot.jobs.order import Order
from bot.jobs.recipes import Recipe
from bot.library.choices import Choices
from bot.money.allowance import UNBOUNDED, Allowance
from bot.money.policy import MoneySettings
from bot.money.pots import span_of
from bot.money.shares import bounds_of
from bot.store.db import Database
from bot.store.jobs import reserved_for
from bot.store.money_lines import read_lines, read_uses
from bot.treasury.deciding import Deciding
from bot.treasury.giving import share_state
from bot.treasury.means import funds_of, means_of, money_of, state_of
from bot.treasury.moving import Moving
from bot.treasury.paying import tell_of_refusal
from bot.treasury.records import Line, Quota, Quote

PriceOf = Callable[[Recipe, str, MoneySettings], int]
"""What an order costs at a host in a server that decided so, all its parts together."""


class Treasury(Deciding, Moving):
    """Tells, moves and decides about a server's money. Amounts are whole credits."""

    def __init__(
        self,
        database: Database,
        choices: Choices,
        price_of: PriceOf,
        clock: Clock | None = None,
        *,
        allowance: Allowance = UNBOUNDED,
    ) -> None:
        """Over a database.

        Args:
            database: Opened.
            choices: What servers decided.
            price_of: What orders cost.
            clock: Time.
            allowance: What whoever runs the bot lets each server have.
        """
        super().__init__(database, choices, clock or SystemClock(), allowance)
        self._price_of = price_of

    async def quota(
        self,
        guild_id: str,
        *,
        user_id: str,
        role_ids: tuple[str, ...],
        channel_id: str,
        moderates: bool = False,
    ) -> Quota:
        """What a member sees in a channel: of a thread give the one that it hangs in.

        Who used how much is for everybody only where the server says so, for who ``moderates`` always.
        """
        now = self._clock.now()
        async with self._database.connect() as connection:
            money = await money_of(connection, guild_id, self._allowance)
            funds = await funds_of(
                connection,
                guild_id,
                money,
                now,
                allowance=self._allowance,
                channel_id=channel_id,
                home_id=channel_id,
                deciding=False,
            )
            state, day = state_of(funds, money, now), span_of(money.pot, now, "day")
            bounds = bounds_of(money, user_id=user_id, role_ids=role_ids, channel_id=channel_id, kind=None)
            shares = [
                await share_state(connection, guild_id, bound, user_id, channel_id, day) for bound in bounds
            ]
            # Where the period itself was changed, it was filled later than the one that runs began.
            since = max(state.began_at, funds.held.granted_at or state.began_at)
            set_aside = await reserved_for(connection, guild_id, user_id)
            uses = await read_uses(connection, guild_id, since) if money.use_shown or moderates else []
        return Quota(
            pot=state,
            shares=tuple(shares),
            shares_refill_at=day.ends_at,
            sponsored=funds.sponsored_home,
            set_aside=set_aside,
            uses=tuple(uses),
            money=money,
        )

    async def history(
        self, guild_id: str, *, user_id: str | None = None, before_id: int | None = None, limit: int = 20
    ) -> list[Line]:
        """What was paid and moved, newest first; of one member what is theirs or by them."""
        async with self._database.connect() as connection:
            return await read_lines(connection, guild_id, user_id=user_id, before_id=before_id, limit=limit)

    async def quote(self, order: Order) -> Quote:
        """What an order would cost its member here and now.

        Raises:
            NotEnough: It could not be paid. Moderators are told of that as by :class:`PotPayer`.
        """
        now = self._clock.now()
        async with self._database.connect() as connection:
            money = await money_of(connection, order.guild_id, self._allowance)
            price = self._price_of(order.recipe, order.host, money)
            means = await means_of(connection, order, money, now, allowance=self._allowance, deciding=False)
        sponsored = price > 0 and means.sponsor_of(order, price) is not None
        short = None if sponsored else means.lacking(money, price)
        if short is not None:
            error = means.refusal(price, short)
            async with self._database.begin() as connection:
                await tell_of_refusal(connection, order, money.pot, error, now)
            raise error
        return Quote(
            price=price,
            left=means.least().left,
            value=None if money.credit_value is None else price * money.credit_value,
            currency=money.currency,
        )

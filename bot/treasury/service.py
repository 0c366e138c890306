"""``Treasury``: everything that commands and panels may do with a server's money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotEnough
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.order import Order
from bot.jobs.preferences import GuildSettings
from bot.jobs.recipes import Recipe
from bot.library.choices import Choices
from bot.moderation.deeds import Deed
from bot.money import ledger
from bot.money.policy import CREDITS_MOST, REASON_MAX, MoneySettings
from bot.money.pots import Span, span_of
from bot.money.shares import Bound, bounds_of
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.ledger import is_entered, write_transfers
from bot.store.money_lines import read_lines, read_uses
from bot.store.pots import read_usage
from bot.store.settings import read_settings
from bot.treasury.deciding import Deciding
from bot.treasury.giving import for_channel, own_share, require_left
from bot.treasury.means import funds_of, means_of, money_to_decide, state_of
from bot.treasury.records import Line, PotState, Quota, Quote, ShareState, Who

_log = structlog.get_logger(__name__)

PriceOf = Callable[[Recipe, str, MoneySettings], int]
"""What an order costs at a host in a server that decided so, all its parts together."""


class Treasury(Deciding):
    """Tells and moves a server's money. Amounts are whole credits; ``key``s make a thing happen once."""

    def __init__(
        self, database: Database, choices: Choices, price_of: PriceOf, clock: Clock | None = None
    ) -> None:
        clock = clock or SystemClock()
        super().__init__(choices, clock)
        self._database = database
        self._price_of = price_of
        self._clock = clock

    # telling

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
            money = await _money(connection, guild_id)
            funds = await funds_of(
                connection, guild_id, money, now, channel_id=channel_id, home_id=channel_id, deciding=False
            )
            state, day = state_of(funds, money, now), span_of(money.pot, now, "day")
            bounds = bounds_of(money, user_id=user_id, role_ids=role_ids, channel_id=channel_id, kind=None)
            shares = [
                await _share_state(connection, guild_id, bound, user_id, channel_id, day) for bound in bounds
            ]
            uses = (
                await read_uses(connection, guild_id, state.began_at) if money.use_shown or moderates else []
            )
        return Quota(
            pot=state,
            shares=tuple(shares),
            shares_refill_at=day.ends_at,
            sponsored=funds.sponsored_home,
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
        """What an order would cost its member here and now, and what stands in its way."""
        now = self._clock.now()
        async with self._database.connect() as connection:
            money = await _money(connection, order.guild_id)
            price = self._price_of(order.recipe, order.host, money)
            means = await means_of(connection, order, money, now, deciding=False)
        sponsored = price > 0 and means.sponsor_of(order, price) is not None
        short = None if sponsored else means.lacking(money, price)
        told = short or means.least()
        return Quote(
            price=price,
            problem=None if short is None else short.limit,
            left=told.left,
            refills_at=means.refills_at(told),
            value=None if money.credit_value is None else price * money.credit_value,
            currency=money.currency,
        )

    # moving

    async def top_up(self, guild_id: str, amount: int, *, actor_id: str, reason: str, key: str) -> PotState:
        """Credits for the pot, which stay until they are used.

        Raises:
            InvalidOption: ``amount`` or ``reason`` cannot be had.
        """
        entry = ledger.top_up(guild_id, key, checked_amount(amount))
        async with self._database.begin() as connection:
            now = self._clock.now()
            money = await money_to_decide(connection, guild_id)
            await funds_of(connection, guild_id, money, now, deciding=True)
            await _moved_by(connection, entry, actor_id, checked_reason(reason), now)
            state = state_of(await funds_of(connection, guild_id, money, now, deciding=True), money, now)
        _log.info("pot.topped_up", guild=guild_id, actor=actor_id, amount=amount)
        return state

    async def sponsor(
        self, guild_id: str, channel_id: str, amount: int, *, actor_id: str, reason: str, key: str
    ) -> int:
        """Credits for the orders of one channel alone; what is there now. Raises as :meth:`top_up`."""
        entry = ledger.sponsor(guild_id, channel_id, key, checked_amount(amount))
        async with self._database.begin() as connection:
            now = self._clock.now()
            money = await money_to_decide(connection, guild_id)
            await funds_of(connection, guild_id, money, now, deciding=True)
            await _moved_by(connection, entry, actor_id, checked_reason(reason), now)
            funds = await funds_of(connection, guild_id, money, now, home_id=channel_id, deciding=True)
        _log.info("channel.sponsored", guild=guild_id, channel=channel_id, actor=actor_id, amount=amount)
        return funds.sponsored_home

    async def gift(
        self, guild_id: str, amount: int, *, giver: Who, to_id: str, channel_id: str, reason: str, key: str
    ) -> ShareState:
        """A part of what is left of the giver's share of today, for another member's; the giver's share then.

        Raises:
            NotAllowed: ``gift``: the server wants none; ``gift_without_share``: nothing bounds the giver.
            InvalidOption: ``amount`` (``gift_most``: more than one may give in a day) or ``member``.
            NotEnough: So much is not left.
        """
        if to_id == giver.user_id:
            raise InvalidOption("member", "gift_to_self")
        entry = ledger.gift(guild_id, giver.user_id, to_id, key, checked_amount(amount))
        async with self._database.begin() as connection:
            now = self._clock.now()
            money = await money_to_decide(connection, guild_id)
            await funds_of(connection, guild_id, money, now, deciding=True)
            day = span_of(money.pot, now, "day")
            own = own_share(money, giver, channel_id)
            if not await is_entered(connection, entry.key):
                await require_left(
                    connection,
                    money,
                    own,
                    guild_id=guild_id,
                    giver=giver,
                    channel_id=channel_id,
                    amount=amount,
                    day=day,
                )
                told = ledger.described(
                    entry, reason=checked_reason(reason, must=False), channel_id=channel_id
                )
                await write_transfers(connection, [told], now)
            state = await _share_state(connection, guild_id, own, giver.user_id, channel_id, day)
        _log.info("share.given", guild=guild_id, giver=giver.user_id, to=to_id, amount=amount)
        return state

    async def sponsor_of_share(
        self, guild_id: str, channel_id: str, amount: int, *, giver: Who, reason: str, key: str
    ) -> ShareState:
        """Credits of the pot for one channel, as far as the giver's share of today goes; that share then.

        Raises:
            NotAllowed: As :meth:`gift`.
            InvalidOption: ``amount`` or ``reason``, as :meth:`gift`.
            NotEnough: So much is not left of the share, or not in the pot.
        """
        told = checked_reason(reason)
        entries = for_channel(guild_id, giver.user_id, channel_id, key, checked_amount(amount), told)
        async with self._database.begin() as connection:
            now = self._clock.now()
            money = await money_to_decide(connection, guild_id)
            funds = await funds_of(connection, guild_id, money, now, deciding=True)
            day = span_of(money.pot, now, "day")
            own = own_share(money, giver, channel_id)
            if not await is_entered(connection, entries[0].key):
                await require_left(
                    connection,
                    money,
                    own,
                    guild_id=guild_id,
                    giver=giver,
                    channel_id=channel_id,
                    amount=amount,
                    day=day,
                )
                if funds.held.balance < amount:
                    ends_at = span_of(money.pot, now).ends_at
                    left = max(0, funds.held.balance)
                    raise NotEnough(amount, "pot", left, int(ends_at.timestamp()))
                await write_transfers(connection, entries, now)
            state = await _share_state(connection, guild_id, own, giver.user_id, channel_id, day)
        _log.info("channel.sponsored", guild=guild_id, channel=channel_id, giver=giver.user_id, amount=amount)
        return state


async def _money(connection: AsyncConnection, guild_id: str) -> MoneySettings:
    guild: GuildSettings = (await read_settings(connection, guild_id, "")).guild
    return guild.money


async def _share_state(
    connection: AsyncConnection, guild_id: str, bound: Bound, user_id: str, channel_id: str, day: Span
) -> ShareState:
    kind = bound.id if bound.subject == "command" else ""
    usage = await read_usage(
        connection, guild_id, user_id=user_id, channel_id=channel_id, kind=kind, day=day.began_at
    )
    own = bound.subject in ("member", "role")
    return ShareState(
        subject=bound.subject,
        id=bound.id,
        cap=bound.cap,
        used=usage.mine if own else usage.of(bound),
        given=usage.given if own else 0,
    )


async def _moved_by(
    connection: AsyncConnection, entry: ledger.Transfer, actor_id: str, reason: str, now: datetime
) -> None:
    """Enter it, and note who decided that; once."""
    if await is_entered(connection, entry.key):
        return
    await write_transfers(connection, [ledger.described(entry, actor_id=actor_id, reason=reason)], now)
    deed = Deed(
        at=now,
        guild_id=entry.guild_id or "",
        actor_id=actor_id,
        action=entry.kind,
        subject=entry.target,
        channel_id=entry.channel_id,
        reason=reason,
        after=entry.amount,
    )
    await note(connection, deed)


def checked_amount(amount: int) -> int:
    """Credits that can be moved. Raises ``InvalidOption``."""
    if not 0 < amount <= CREDITS_MOST:
        raise InvalidOption("amount", "out_of_range", low=1, high=CREDITS_MOST)
    return amount


def checked_reason(reason: str, *, must: bool = True) -> str:
    """A reason in one line. Raises ``InvalidOption`` where there is none and must be, or too long a one."""
    reason = " ".join(reason.split())
    if must and not reason:
        raise InvalidOption("reason", "empty")
    if len(reason) > REASON_MAX:
        raise InvalidOption("reason", "too_long", limit=REASON_MAX, length=len(reason))
    return reason

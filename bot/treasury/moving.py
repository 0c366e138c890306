"""Credits that people move: top-ups, sponsors, gifts. Each is entered and noted in one transaction, once."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotEnough
from bot.moderation.deeds import Deed
from bot.money import ledger
from bot.money.allowance import Allowance
from bot.money.policy import CREDITS_MOST, REASON_MAX, MoneySettings
from bot.money.pots import Span, span_of
from bot.store.audit_log import note
from bot.store.ledger import is_entered, write_transfers
from bot.store.pots import Funds
from bot.treasury.giving import for_channel, own_share, require_left
from bot.treasury.grounds import Grounds
from bot.treasury.means import funds_of, given_this_month, money_to_decide, share_state, state_of
from bot.treasury.records import PotState, ShareState, Who

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Till:
    """A server's money while nobody else decides about it."""

    connection: AsyncConnection
    guild_id: str
    money: MoneySettings
    allowance: Allowance
    now: datetime

    @property
    def day(self) -> Span:
        """That of the shares."""
        return span_of(self.money.pot, self.now, "day")

    async def funds(self, channel_id: str = "") -> Funds:
        """What there is."""
        return await funds_of(
            self.connection,
            self.guild_id,
            self.money,
            self.now,
            allowance=self.allowance,
            home_id=channel_id,
            deciding=True,
        )

    async def share(self, giver: Who, channel_id: str) -> ShareState:
        """What is left of the share that somebody can give of. Raises ``NotAllowed``."""
        own = own_share(self.money, giver, channel_id)
        return await share_state(self.connection, self.guild_id, own, giver.user_id, channel_id, self.day)

    async def require_left(self, giver: Who, channel_id: str, amount: int) -> None:
        """See that somebody can give so much. Raises as :func:`bot.treasury.giving.require_left`."""
        await require_left(
            self.connection,
            self.money,
            own_share(self.money, giver, channel_id),
            guild_id=self.guild_id,
            giver=giver,
            channel_id=channel_id,
            amount=amount,
            day=self.day,
        )

    async def require_allowed(self, amount: int) -> None:
        """See that so much may come to the server. Raises ``InvalidOption``."""
        given = await given_this_month(self.connection, self.guild_id, self.money, self.now)
        left = self.allowance.left(self.money.pot, given, self.now)
        if left is not None and amount > left:
            raise InvalidOption("amount", "allowance", limit=self.allowance.credits, left=left)

    async def enter(self, *entries: ledger.Transfer) -> None:
        """Write what was decided."""
        await write_transfers(self.connection, entries, self.now)

    async def note(self, entry: ledger.Transfer, subject: str, before: int | None, after: int | None) -> None:
        """Note who decided that, and what there was before and is now."""
        deed = Deed(
            at=self.now,
            guild_id=self.guild_id,
            actor_id=entry.actor_id or "",
            action=entry.kind,
            subject=subject,
            channel_id=entry.channel_id,
            reason=entry.reason,
            before=before,
            after=after,
        )
        await note(self.connection, deed)


class Moving(Grounds):
    """Moves credits of a server. ``key``s make a thing happen once. Whoever calls has seen who may."""

    @asynccontextmanager
    async def _till(self, guild_id: str) -> AsyncGenerator[_Till]:
        async with self._database.begin() as connection:
            now = self._clock.now()
            money = await money_to_decide(connection, guild_id, self._allowance)
            yield _Till(
                connection=connection, guild_id=guild_id, money=money, allowance=self._allowance, now=now
            )

    async def top_up(self, guild_id: str, amount: int, *, actor_id: str, reason: str, key: str) -> PotState:
        """Credits for the pot, which stay until they are used.

        Raises:
            InvalidOption: ``amount`` (``allowance``: more than whoever runs the bot lets a server have) or
                ``reason`` cannot be had.
        """
        entry = ledger.top_up(guild_id, key, checked_amount(amount))
        entry = ledger.described(entry, actor_id=actor_id, reason=checked_reason(reason))
        async with self._till(guild_id) as till:
            before = after = await till.funds()
            if not await is_entered(till.connection, entry.key):
                await till.require_allowed(amount)
                await till.enter(entry)
                after = await till.funds()
                await till.note(entry, entry.target, before.held.balance, after.held.balance)
            state = state_of(after, till.money, till.now)
        _log.info("pot.topped_up", guild=guild_id, actor=actor_id, amount=amount)
        return state

    async def sponsor(
        self, guild_id: str, channel_id: str, amount: int, *, actor_id: str, reason: str, key: str
    ) -> int:
        """Credits for the orders of one channel alone; what is there now. Raises as :meth:`top_up`."""
        entry = ledger.sponsor(guild_id, channel_id, key, checked_amount(amount))
        entry = ledger.described(entry, actor_id=actor_id, reason=checked_reason(reason))
        async with self._till(guild_id) as till:
            left = (await till.funds(channel_id)).sponsored_home
            if not await is_entered(till.connection, entry.key):
                await till.require_allowed(amount)
                await till.enter(entry)
                await till.note(entry, entry.target, left, left + amount)
                left += amount
        _log.info("channel.sponsored", guild=guild_id, channel=channel_id, actor=actor_id, amount=amount)
        return left

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
        entry = ledger.described(entry, reason=checked_reason(reason, must=False), channel_id=channel_id)
        async with self._till(guild_id) as till:
            await till.funds()
            before = after = await till.share(giver, channel_id)
            if not await is_entered(till.connection, entry.key):
                await till.require_left(giver, channel_id, amount)
                await till.enter(entry)
                after = await till.share(giver, channel_id)
                await till.note(entry, to_id, before.left, after.left)
        _log.info("share.given", guild=guild_id, giver=giver.user_id, to=to_id, amount=amount)
        return after

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
        async with self._till(guild_id) as till:
            funds, state = await till.funds(channel_id), await till.share(giver, channel_id)
            if not await is_entered(till.connection, entries[0].key):
                await till.require_left(giver, channel_id, amount)
                if funds.held.balance < amount:
                    ends_at = span_of(till.money.pot, till.now).ends_at
                    left = max(0, funds.held.balance)
                    raise NotEnough(amount, "sponsor", left, int(ends_at.timestamp()))
                await till.enter(*entries)
                there = funds.sponsored_home
                await till.note(entries[-1], entries[-1].target, there, there + amount)
                state = await till.share(giver, channel_id)
        _log.info("channel.sponsored", guild=guild_id, channel=channel_id, giver=giver.user_id, amount=amount)
        return state


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

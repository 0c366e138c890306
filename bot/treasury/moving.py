"""Credits that people move: top-ups, sponsors, gifts. Each is entered and noted in one transaction, once."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from bot.errors import InvalidOption, NotEnough
from bot.money import ledger
from bot.money.pots import span_of
from bot.store.ledger import is_entered
from bot.treasury.giving import for_channel
from bot.treasury.grounds import Grounds
from bot.treasury.means import money_to_decide, state_of
from bot.treasury.records import PotState, ShareState, Who
from bot.treasury.till import Till, checked_amount, checked_reason

_log = structlog.get_logger(__name__)


class Moving(Grounds):
    """Moves credits of a server. ``key``s make a thing happen once. Whoever calls has seen who may."""

    @asynccontextmanager
    async def _till(self, guild_id: str) -> AsyncGenerator[Till]:
        async with self._database.begin() as connection:
            now = self._clock.now()
            money = await money_to_decide(connection, guild_id, self._allowance)
            yield Till(
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

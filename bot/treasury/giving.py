"""A member's share of the day: what is left of it, what of it they may give away, and what is written."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotAllowed, NotEnough
from bot.money import ledger
from bot.money.policy import MoneySettings
from bot.money.pots import Span
from bot.money.shares import Bound, bounds_of
from bot.store.usages import read_usage
from bot.treasury.records import ShareState, Who


def own_share(money: MoneySettings, giver: Who, channel_id: str) -> Bound:
    """The share that a member can give of. Raises ``NotAllowed``."""
    if not money.gifts:
        raise NotAllowed("gift")
    bounds = bounds_of(money, user_id=giver.user_id, role_ids=giver.role_ids, channel_id=channel_id, kind="")
    own = next((each for each in bounds if each.subject in ("member", "role")), None)
    if own is None:
        raise NotAllowed("gift_without_share")
    return own


async def require_left(
    connection: AsyncConnection,
    money: MoneySettings,
    own: Bound,
    *,
    guild_id: str,
    giver: Who,
    channel_id: str,
    amount: int,
    day: Span,
) -> None:
    """See that so much of a share is left to give.

    Raises:
        InvalidOption: ``gift_most``: more than one may give in a day.
        NotEnough: So much is not left.
    """
    usage = await read_usage(
        connection, guild_id, user_id=giver.user_id, channel_id=channel_id, kind="", day=day.began_at
    )
    if money.gift_most is not None and usage.gave + amount > money.gift_most:
        raise InvalidOption("amount", "gift_most", limit=money.gift_most, given=usage.gave)
    left = max(0, own.cap - usage.of(own))
    if left < amount:
        raise NotEnough(amount, "gift", left, int(day.ends_at.timestamp()))


def for_channel(
    guild_id: str, giver_id: str, channel_id: str, key: str, amount: int, reason: str
) -> list[ledger.Transfer]:
    """Credits of the pot for one channel, which count against the share of who leaves them there.

    The channel stands in the books as who got the gift; the pot's own credits go back to where they came
    from and come anew for the channel, so that each entry is one of a kind that there is.
    """
    entries = [
        ledger.gift(guild_id, giver_id, channel_id, f"{ledger.FOR_CHANNEL}{key}", amount),
        ledger.expire(guild_id, f"{ledger.FOR_CHANNEL}{key}", amount),
        ledger.sponsor(guild_id, channel_id, key, amount),
    ]
    return [
        ledger.described(each, actor_id=giver_id, reason=reason, channel_id=channel_id) for each in entries
    ]


async def share_state(
    connection: AsyncConnection, guild_id: str, bound: Bound, user_id: str, channel_id: str, day: Span
) -> ShareState:
    """What is left of one share that counts for a member in a channel."""
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

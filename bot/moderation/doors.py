"""What moderation asks of every order, in the transaction that accepts it: may this person, must it wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Barred
from bot.jobs.order import Order
from bot.jobs.preferences import Settings
from bot.safety.judging import Person, Spot, barred, slowest_s, why_held
from bot.store.holds import approvals_in_a_row
from bot.store.standings import get_standing, ordered_since


async def let_in(connection: AsyncConnection, order: Order, settings: Settings, at: datetime) -> Person:
    """Whoever orders, as the rules see them.

    Raises:
        Barred: Not here, or not now.
    """
    rules, spot = settings.guild.rules, spot_of(order, settings)
    standing = await get_standing(connection, order.guild_id, order.user_id)
    asked = rules.trust_after and not standing.trusted
    facts = order.member
    person = Person(
        moderates=facts.moderates,
        role_ids=frozenset(facts.role_ids),
        account_created_at=facts.account_created_at,
        joined_at=facts.joined_at,
        blocked=standing.blocked,
        muted_until=standing.muted_until,
        slow_mode_s=standing.slow_mode_s,
        trusted=standing.trusted,
        approvals=await approvals_in_a_row(connection, order.guild_id, order.user_id) if asked else 0,
    )
    slow_s = slowest_s(person, spot)
    since = at - timedelta(seconds=slow_s)
    ordered = await ordered_since(connection, order.guild_id, order.user_id, since) if slow_s else []
    found = barred(person, spot, rules, ordered=ordered, at=at)
    if found is None:
        return person
    facts_told: dict[str, object] = {} if found.until is None else {"until": found.until}
    if found.barrier == "blocked" and rules.appeals:
        facts_told["appeals"] = rules.appeals
    raise Barred(found.barrier, **facts_told)


def held_for(
    person: Person, order: Order, settings: Settings, *, price: int, flagged: bool, at: datetime
) -> tuple[tuple[str, ...], datetime | None]:
    """Why the order waits for a moderator, and until when; nothing and None where it does not.

    Args:
        person: As :func:`let_in` found them.
        order: What is ordered.
        settings: What counts where it is ordered.
        price: Credits, of all its parts together.
        flagged: Whether the screen wants its words looked at.
        at: Now.
    """
    rules = settings.guild.rules
    whys = why_held(person, spot_of(order, settings), rules, price=price, flagged=flagged, at=at)
    return whys, at + timedelta(hours=rules.hold_hours) if whys else None


def spot_of(order: Order, settings: Settings) -> Spot:
    """The channel whose settings count, with what they say."""
    channel = settings.channel
    return Spot(
        id=order.home_id or order.channel_id,
        paused=channel.paused,
        slow_mode_s=channel.slow_mode_s,
        approval=channel.approval,
    )

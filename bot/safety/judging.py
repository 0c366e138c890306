"""Who may order now, and whose order waits for a moderator. Pure decisions, handed their facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.safety.policy import RuleSettings

Why = Literal["price", "newcomer", "channel", "flagged"]
"""Why an order waits; ``hold.why.<why>`` says it."""
Barrier = Literal["server_paused", "channel_paused", "elsewhere", "blocked", "muted", "slow"]
"""Why somebody may not order now; ``error.barred.<barrier>`` says it."""

WHYS: Final[tuple[Why, ...]] = ("flagged", "newcomer", "channel", "price")
"""In the order in which they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of whoever orders: by Discord, and by what moderators decided. Times are aware UTC."""

    moderates: bool = False
    role_ids: frozenset[str] = frozenset()
    account_created_at: datetime | None = None
    joined_at: datetime | None = None
    blocked: bool = False
    muted_until: datetime | None = None
    slow_mode_s: int = 0
    trusted: bool = False
    approvals: int = 0
    """In a row, since the last that was rejected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The channel: that whose settings count, of a thread the one that it hangs in."""

    id: str
    paused: bool = False
    slow_mode_s: int = 0
    approval: bool = False


@dataclass(frozen=True, slots=True)
class Barred:
    """Not now, or not at all."""

    barrier: Barrier
    until: datetime | None = None
    """When that is over, where it ends by itself."""


def barred(
    person: Person, spot: Spot, rules: RuleSettings, *, ordered: Sequence[tuple[str, datetime]], at: datetime
) -> Barred | None:
    """What keeps somebody from ordering here and now; None: nothing.

    A pause is for everybody. Slow mode is not for moderators, as Discord's own is not.

    Args:
        person: Who orders.
        spot: Where.
        rules: Of the server.
        ordered: Channel and time of this person's latest orders in the server, any order.
        at: Now.
    """
    if rules.paused:
        return Barred("server_paused")
    if spot.paused:
        return Barred("channel_paused")
    if rules.music_channel_ids and spot.id not in rules.music_channel_ids:
        return Barred("elsewhere")
    if person.blocked:
        return Barred("blocked")
    if person.muted_until is not None and at < person.muted_until:
        return Barred("muted", person.muted_until)
    if person.moderates:
        return None
    free_at = [when + timedelta(seconds=person.slow_mode_s) for _, when in ordered]
    free_at += [when + timedelta(seconds=spot.slow_mode_s) for where, when in ordered if where == spot.id]
    latest = max(free_at, default=at)
    return Barred("slow", latest) if latest > at else None


def slowest_s(person: Person, spot: Spot) -> int:
    """How far back orders count for slow mode, in seconds; 0: not at all."""
    return 0 if person.moderates else max(person.slow_mode_s, spot.slow_mode_s)


def is_trusted(person: Person, rules: RuleSettings) -> bool:
    """Whether moderators named this person, or approved so often that the server's rule does."""
    return person.trusted or 0 < rules.trust_after <= person.approvals


def is_newcomer(person: Person, rules: RuleSettings, at: datetime) -> bool:
    """Whether the server's rule calls this person new. What Discord did not tell counts as new."""
    ages = (
        (person.account_created_at, rules.newcomer_account_days),
        (person.joined_at, rules.newcomer_member_days),
    )
    if any(days and (since is None or at - since < timedelta(days=days)) for since, days in ages):
        return True
    return rules.newcomer_role_id is not None and rules.newcomer_role_id not in person.role_ids


def why_held(
    person: Person, spot: Spot, rules: RuleSettings, *, price: int, flagged: bool, at: datetime
) -> tuple[Why, ...]:
    """Why an order waits for a moderator; empty: it does not.

    A moderator's own never waits. A trusted member's waits only for its words.

    Args:
        person: Who orders.
        spot: Where.
        rules: Of the server.
        price: Credits, of all its steps together.
        flagged: Whether the screen wants its words looked at.
        at: Now.
    """
    if person.moderates:
        return ()
    trusted = is_trusted(person, rules)
    found: dict[Why, bool] = {
        "flagged": flagged,
        "newcomer": not trusted and is_newcomer(person, rules, at),
        "channel": not trusted and spot.approval,
        "price": not trusted and rules.hold_above is not None and price > rules.hold_above,
    }
    return tuple(why for why in WHYS if found[why])

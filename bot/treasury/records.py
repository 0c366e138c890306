"""What people are told about a server's money. Amounts are whole credits, times aware UTC, ids Discord's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.money.ledger import Kind
from bot.money.policy import MoneySettings, Subject


@dataclass(frozen=True, slots=True)
class Who:
    """A member, with the roles that they have."""

    user_id: str
    role_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PotState:
    """A server's pot in its present period."""

    left: int
    """Below zero only where there is no hard stop."""
    used: int
    """Reserved or spent since it was filled, less what came back."""
    began_at: datetime
    carried: int = 0
    """What it held before it was filled; below zero a debt."""
    refills_at: datetime
    """When the next period begins."""

    @property
    def of(self) -> int:
        """All that this period has had to spend."""
        return self.left + self.used


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareState:
    """What is left today of one share that counts for a member here."""

    subject: Subject
    """``member`` or ``role``: the member's own share; ``command``: of one kind of order; ``channel``."""
    id: str
    """Of the role, channel or kind that it is the share of; empty where it is every member's."""
    cap: int | None
    """Credits a day; None: nothing bounds it."""
    used: int
    given: int = 0
    """What the member got from others today, less what they gave away."""

    @property
    def left(self) -> int | None:
        """Never below zero; None where nothing bounds it."""
        return None if self.cap is None else max(0, self.cap + self.given - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much of the pot a member used in this period."""

    user_id: str
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a member sees of a server's money, in one channel."""

    pot: PotState
    shares: tuple[ShareState, ...]
    """Of this member and channel, the member's own first; none where no share is set."""
    shares_refill_at: datetime
    """When the next day begins."""
    sponsored: int
    """What sponsors left for this channel: it is spent first, and counts against nobody's share."""
    set_aside: int
    """What is reserved for orders of this member that have not ended: it is spent, or comes back."""
    uses: tuple[Use, ...]
    """Who used how much, most first; empty where the server does not show it to who looks."""
    money: MoneySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What an order that can be paid would cost its member here and now."""

    price: int
    """Of all its parts together."""
    left: int
    """Of pot or share, whichever is tightest."""
    value: float | None
    """In ``currency``, where the server says what a credit is worth."""
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of the history."""

    id: int
    at: datetime
    kind: Kind
    amount: int
    user_id: str | None
    """Whose order, or who got a gift."""
    channel_id: str | None
    what: str | None
    """The kind of recipe that was ordered."""
    job_id: str | None
    actor_id: str | None
    """Who topped up, sponsored, gave or changed the pot."""
    reason: str | None
    in_pot: int | None = None
    """What the pot held right after it; None where the pot had no part in it."""

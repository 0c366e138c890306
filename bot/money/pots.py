"""Pots: when a period begins and ends in a server's zone, what it brings, when moderators are warned. Pure.

A period turns when somebody next looks: the rest of the last one expires, the new one's credits come, each by
a transfer with a key of its own, so that of many who turn it at once one does. What was topped up stays; the
credits of a period are spent before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.money.ledger import BESIDE, DEBT, TAKEN_BACK, Transfer, expire, grant
from bot.money.policy import Period, PotPolicy

WARNINGS: Final = (50, 80, 100)
"""Per cent of all that a pot has had in its period at which moderators are told, once each."""
MISSED_MOST: Final = 12
"""Periods in which nobody looked and whose credits come all the same, where they carry over."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period or a day of a server."""

    name: str
    """The same for everybody who turns it, e.g. ``month:2026-11-01``."""
    began_at: datetime
    ends_at: datetime


def span_of(policy: PotPolicy, at: datetime, period: Period | None = None) -> Span:
    """The period that a moment lies in; ``period`` instead of the policy's own, e.g. the day of the shares.

    Clocks that are put forward or back make a period an hour shorter or longer; none is left out or doubled.
    """
    period = period or policy.period
    zone = ZoneInfo(policy.zone)
    reset = time(*divmod(policy.reset_minute, 60))

    def begins(day: date) -> datetime:
        return datetime.combine(day, reset, tzinfo=zone).astimezone(UTC)

    following = _after(period, _first(period, at.astimezone(zone).date()))
    first = _first(period, following - timedelta(days=1))
    while begins(first) > at:
        following, first = first, _first(period, first - timedelta(days=1))
    return Span(f"{period}:{first.isoformat()}", begins(first), begins(following))


def _first(period: Period, day: date) -> date:
    match period:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)


def _after(period: Period, first: date) -> date:
    match period:
        case "day":
            return first + timedelta(days=1)
        case "week":
            return first + timedelta(days=7)
        case "month":
            return (first + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the books say of a pot."""

    balance: int
    turned: bool
    """Whether the present period's credits have come."""
    granted: int = 0
    """Credits that came with the last period and for it since, less what was taken back since."""
    for_channels: int = 0
    """Of what was taken back, that members left for channels."""
    stays: int = 0
    """What was topped up since, and what came back of orders from before: it never expires."""
    unforgiven: int = 0
    """What else came back of those, as far as it was spent on credit and forgiven: it expires."""
    granted_at: datetime | None = None
    """When it last turned."""
    used: int = 0
    """Reserved since then, less what came back of it."""

    @property
    def carried(self) -> int:
        """What it held when it last turned, before that period's credits; below zero a debt."""
        return self.balance - self.granted - self.stays - self.unforgiven + self.used

    @property
    def rest(self) -> int:
        """What is left of the last period's own credits: what expires. A debt that it began with is paid."""
        return max(0, min(self.granted + self.unforgiven - self.used, self.balance - self.stays))

    def after(self, transfers: list[Transfer]) -> Held:
        """What they say after these turned it, or brought the period that runs what was withheld."""
        if not transfers:
            return self
        came = sum(each.amount for each in transfers if each.kind == "grant")
        went = sum(each.amount for each in transfers if each.kind == "expire")
        if self.turned:
            return replace(self, balance=self.balance + came, granted=self.granted + came)
        return replace(
            self,
            balance=self.balance + came - went,
            turned=True,
            granted=transfers[-1].amount,  # of missed periods nothing expires any more
            for_channels=0,
            stays=0,
            unforgiven=0,
            granted_at=None,
            used=0,
        )


def turned(guild_id: str, policy: PotPolicy, held: Held, at: datetime, *, change: str = "") -> list[Transfer]:
    """What has to be entered for the present period to have begun, its credits last; nothing where it has.

    Without carry-over a pot begins each period with exactly its amount and what was topped up: what is left
    expires, and a debt is forgiven. With it both stay, but for a debt from before there were periods, and
    periods that were missed, since nobody looked, bring theirs as well. ``change`` names the change of policy
    that began it, where one did: then none was missed.
    """
    if held.turned:
        return []
    span = span_of(policy, at)
    due: list[Transfer] = []
    if held.balance < 0 and not (policy.carry_over and held.granted_at):
        # Of its own, since what a period brings expires, and this is spent.
        due.append(grant(guild_id, f"{DEBT}:{span.name}", -held.balance))
    if policy.carry_over:
        names = [] if change else _missed(policy, held.granted_at, span)
        due += [grant(guild_id, name, policy.amount) for name in names]
    elif held.rest:
        due.append(expire(guild_id, f"{TAKEN_BACK}{change}" if change else span.name, held.rest))
    return [*due, grant(guild_id, span.name, policy.amount)]


def _missed(policy: PotPolicy, since: datetime | None, now: Span) -> list[str]:
    names: list[str] = []
    if since is None:
        return names
    span = span_of(policy, now.began_at - timedelta(seconds=1))
    while span.began_at > since and len(names) < MISSED_MOST:
        names.insert(0, span.name)
        span = span_of(policy, span.began_at - timedelta(seconds=1))
    return names


def changed_amount(
    guild_id: str, before: PotPolicy, after: PotPolicy, held: Held, key: str
) -> list[Transfer]:
    """What has to be entered for the period that runs to have another amount; ``key`` makes it happen once.

    What is spent already stays spent: a pot that is made smaller loses at most what is left of its credits,
    and one that is made larger again gets no more than what it has not had.
    """
    if after.amount == before.amount:
        return []
    if more := withheld(guild_id, after, held, key):
        return more
    less = min(held.rest, held.granted + held.for_channels - after.amount)
    return [expire(guild_id, f"{TAKEN_BACK}{key}", less)] if less else []


def withheld(guild_id: str, policy: PotPolicy, held: Held, key: str) -> list[Transfer]:
    """What the period that runs has not had of its amount; ``key`` makes it happen once."""
    more = policy.amount - held.granted - held.for_channels
    return [grant(guild_id, f"{BESIDE}{key}", more)] if more > 0 else []


@dataclass(frozen=True, slots=True)
class Warned:
    """What moderators are told about, in credits of all that a pot has had in its period."""

    passed: int
    """The most of :data:`WARNINGS` that was passed."""
    percent: int
    """How much is used by now, rounded down."""
    left: int
    whole: int


def warned(held: Held, price: int) -> Warned | None:
    """What is to be told when ``price`` is taken from a pot; None: nothing."""
    used = max(0, held.used)
    whole, left = held.balance + used, held.balance - price
    if price <= 0:
        return None
    if whole <= 0:
        return Warned(WARNINGS[-1], 100, left, whole)
    passed = [each for each in WARNINGS if used * 100 < each * whole <= (used + price) * 100]
    return Warned(passed[-1], (used + price) * 100 // whole, left, whole) if passed else None

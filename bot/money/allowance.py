"""How much whoever runs the bot lets a server spend, whatever its administrators decide. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.money.ledger import Transfer, is_debt
from bot.money.policy import MoneySettings, Period, PotPolicy
from bot.money.pots import span_of

_IN_A_MONTH: Final[dict[Period, int]] = {"day": 31, "week": 5, "month": 1}
"""So often a period can begin in one."""


def month_began_at(at: datetime) -> datetime:
    """The beginning of a calendar month by UTC: not by a server's own clock, which it may put on or back."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most so many ``credits`` come in a calendar month (UTC), as pot and for channels together.

    None is no bound. With one no pot goes below zero, since that would be spent beside it. What comes is what
    the ledger entered in that month, less what was taken back unspent since the pot was changed; a debt from
    before there was a bound, forgiven since, is none of it.
    """

    credits: int | None = None

    def amount_most(self, period: Period) -> int | None:
        """What a pot may bring each period."""
        return None if self.credits is None else self.credits // _IN_A_MONTH[period]

    def over(self, money: MoneySettings) -> MoneySettings:
        """What counts of a server's settings."""
        most = self.amount_most(money.pot.period)
        if most is None or (money.pot.amount <= most and money.pot.hard_stop):
            return money
        pot = money.pot.model_copy(update={"amount": min(money.pot.amount, most), "hard_stop": True})
        return money.model_copy(update={"pot": pot})

    def left(self, policy: PotPolicy, given: int, at: datetime) -> int | None:
        """What may come beside the pot's own periods this month, of which ``given`` credits came already."""
        if self.credits is None:
            return None
        next_month = (month_began_at(at) + timedelta(days=31)).replace(day=1).date().isoformat()
        span, to_come = span_of(policy, span_of(policy, at).ends_at), 0
        # By their days, not hours: the next month of a zone in the east is not paid from this one.
        while span.name.partition(":")[2] < next_month:
            span, to_come = span_of(policy, span.ends_at), to_come + policy.amount
        return max(0, self.credits - given - to_come)

    def within(self, due: Sequence[Transfer], given: int) -> list[Transfer]:
        """The same entries, with credits as far as they may still come this month; the rest is withheld."""
        if self.credits is None:
            return list(due)
        left, bounded = max(0, self.credits - given), list[Transfer]()
        for entry in due:
            if entry.kind == "grant" and not is_debt(entry):
                bounded.append(replace(entry, amount=min(entry.amount, left)))
                left -= bounded[-1].amount
            else:
                bounded.append(entry)
        return bounded


UNBOUNDED: Final = Allowance()

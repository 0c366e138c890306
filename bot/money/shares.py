"""Shares: how much of a pot a member may use in a day, and what stands in an order's way. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.money.policy import MoneySettings, Share, Subject

Limit = Literal["pot", "member", "role", "channel", "command"]
"""What an order is too dear for; ``error.not_enough.<limit>`` says it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A share that counts for an order."""

    subject: Subject
    id: str
    cap: int
    """Credits a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was used of a server's pot today, less what came back; what sponsors paid is none of it."""

    mine: int = 0
    of_kind: int = 0
    """Of it by orders of the kind that is asked for."""
    in_channel: int = 0
    """By everybody in the channel that is asked about."""
    given: int = 0
    """What the member got from others today, less what they gave."""
    gave: int = 0
    """What the member gave to others today."""

    def of(self, bound: Bound) -> int:
        """What counts against a share; a gift makes the member's own wider."""
        match bound.subject:
            case "channel":
                return self.in_channel
            case "command":
                return self.of_kind
            case _:
                return self.mine - self.given


@dataclass(frozen=True, slots=True)
class Shortage:
    """What stands in an order's way."""

    limit: Limit
    left: int
    """Never below zero."""


_ORDER: Final[tuple[Subject, ...]] = ("member", "role", "command", "channel")


def bounds_of(
    money: MoneySettings, *, user_id: str, role_ids: Iterable[str], channel_id: str, kind: str | None
) -> list[Bound]:
    """The shares that count for a member's orders of a kind in a channel; ``kind`` None: of every kind.

    Who is exempt has none.
    """
    by_what = {each.of: each for each in money.shares}
    own = _own(by_what, user_id, role_ids)
    if own == "exempt":
        return []
    others = [
        Bound(each.subject, each.id, each.cap)
        for each in money.shares
        if each.cap is not None
        and not each.exempt
        and (
            (each.subject == "channel" and each.id == channel_id)
            or (each.subject == "command" and kind in (None, each.id))
        )
    ]
    found = others if own is None else [own, *others]
    return sorted(found, key=lambda each: (_ORDER.index(each.subject), each.id))


def _own(
    by_what: dict[tuple[Subject, str], Share], user_id: str, role_ids: Iterable[str]
) -> Bound | Literal["exempt"] | None:
    """The member's own share: that of the member alone, else the best of all roles, else every member's."""
    everybody = by_what.get(("member", ""))
    base = None if everybody is None or everybody.exempt else everybody.cap
    alone = by_what.get(("member", user_id))
    if alone is not None:
        return _bound(alone, base)
    roles = [by_what["role", each] for each in role_ids if ("role", each) in by_what]
    found = [_bound(each, base) for each in roles]
    if "exempt" in found:
        return "exempt"
    caps = [each for each in found if isinstance(each, Bound)]
    if caps:
        return max(caps, key=lambda each: each.cap)
    return None if base is None else Bound("member", "", base)


def _bound(share: Share, base: int | None) -> Bound | Literal["exempt"] | None:
    if share.exempt:
        return "exempt"
    if share.cap is not None:
        return Bound(share.subject, share.id, share.cap)
    return None if base is None else Bound(share.subject, share.id, math.floor(base * share.weight))


def shortage(
    price: int, *, in_pot: int, hard_stop: bool, bounds: Sequence[Bound], usage: Usage
) -> Shortage | None:
    """What stands in the way of an order that costs ``price``; None: it can be paid.

    What costs nothing always can. A share of which a day never brings so much is told first, since it is in
    vain to wait for anything else; then the pot, since it is the same for everybody.
    """
    if price <= 0:
        return None
    for bound in bounds:
        if bound.cap < price and (left := max(0, bound.cap - usage.of(bound))) < price:
            return Shortage(bound.subject, left)
    if hard_stop and in_pot < price:
        return Shortage("pot", max(0, in_pot))
    for bound in bounds:
        left = max(0, bound.cap - usage.of(bound))
        if left < price:
            return Shortage(bound.subject, left)
    return None

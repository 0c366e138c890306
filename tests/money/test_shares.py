"""Which share counts for whom, and what stands in an order's way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.money.policy import MoneySettings, Share, Subject
from bot.money.shares import Bound, Shortage, Usage, bounds_of, shortage

EVERY = Share(subject="member", cap=10)


def own(*shares: Share, user: str = "111", roles: tuple[str, ...] = ()) -> list[Bound]:
    """What counts for a member in channel 11 who orders a song."""
    money = MoneySettings(shares=shares)
    return bounds_of(money, user_id=user, role_ids=roles, channel_id="11", kind="song")


def test_the_best_role_counts() -> None:
    """By its cap or its weight; a role that nobody has counts for nobody, a weight of nothing for nothing."""
    shares = (
        EVERY,
        Share(subject="role", id="a", cap=4),
        Share(subject="role", id="b", weight=2.5),
        Share(subject="role", id="c", weight=0.5),
    )
    assert own(*shares) == [Bound("member", "", 10)]
    assert own(*shares, roles=("a",)) == [Bound("role", "a", 4)]
    assert own(*shares, roles=("a", "c", "x")) == [Bound("role", "c", 5)]
    assert own(*shares, roles=("a", "b", "c")) == [Bound("role", "b", 25)]
    assert own(Share(subject="role", id="b", weight=2.0), roles=("b",)) == []


def test_who_is_exempt_has_no_share_at_all() -> None:
    """Not of a role, not of the channel, not of the command; a member's own share goes before any role."""
    others = (EVERY, Share(subject="channel", id="11", cap=3), Share(subject="command", id="song", cap=2))
    free = Share(subject="role", id="a", exempt=True)
    assert own(*others, free, roles=("a", "b")) == []
    mine = Share(subject="member", id="111", cap=1)
    assert own(*others, free, mine, roles=("a",))[0] == Bound("member", "111", 1)
    assert own(*others) == [Bound("member", "", 10), Bound("command", "song", 2), Bound("channel", "11", 3)]


@pytest.mark.parametrize(
    ("usage", "short"),
    [
        (Usage(), None),
        (Usage(mine=8), Shortage("member", 2)),
        (Usage(mine=8, given=1), None),
        (Usage(mine=5, given=-3), Shortage("member", 2)),
        (Usage(mine=2, of_kind=5), Shortage("command", 1)),
        (Usage(in_channel=20), Shortage("channel", 0)),
    ],
)
def test_each_share_may_stand_in_the_way(usage: Usage, short: Shortage | None) -> None:
    """The first that is too small is told, with what is left of it; a gift makes the member's own wider.

    The pot is told before them, except where a share is too small for ever.
    """
    bounds = [Bound("member", "", 10), Bound("command", "song", 6), Bound("channel", "11", 12)]
    assert shortage(3, in_pot=50, hard_stop=True, bounds=bounds, usage=usage) == short
    of_pot = shortage(3, in_pot=2, hard_stop=True, bounds=bounds, usage=usage)
    assert of_pot == Shortage("pot", 2)
    never = shortage(11, in_pot=2, hard_stop=True, bounds=bounds, usage=Usage(given=1))
    assert never == Shortage("command", 6)
    given = shortage(11, in_pot=50, hard_stop=True, bounds=bounds[:1], usage=Usage(given=1))
    assert given is None


@given(
    st.integers(0, 20),
    st.integers(-20, 20),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(["member", "channel"]), st.integers(0, 20)), max_size=3),
    st.integers(0, 30),
)
def test_nothing_is_paid_that_is_not_there(
    price: int, in_pot: int, hard_stop: bool, caps: list[tuple[Subject, int]], used: int
) -> None:
    """What passes fits into pot (unless that may go below zero) and every share; free things pass."""
    bounds = [Bound(subject, "", cap) for subject, cap in caps]
    usage = Usage(mine=used, in_channel=used)
    short = shortage(price, in_pot=in_pot, hard_stop=hard_stop, bounds=bounds, usage=usage)
    fits = (not hard_stop or price <= in_pot) and all(used + price <= cap for _, cap in caps)
    assert (short is None) == (price == 0 or fits)
    assert short is None or 0 <= short.left < price


def test_nothing_is_decided_twice() -> None:
    """Two shares of the same are refused, as are amounts that no credits are."""
    for wrong in ({"shares": (EVERY, EVERY)}, {"pot": {"amount": -1}}, {"pot": {"zone": "Mars/Olympus"}}):
        with pytest.raises(ValidationError):
            MoneySettings.model_validate(wrong)

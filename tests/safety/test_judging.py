"""Who may order, and whose order waits: a table of cases, and what must hold for all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.judging import Person, Spot, barred, is_newcomer, is_trusted, slowest_s, why_held
from bot.safety.policy import RuleSettings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HERE = Spot(id="11")


def days(count: float) -> datetime:
    """So many days ago."""
    return NOW - timedelta(days=count)


@pytest.mark.parametrize(
    ("person", "spot", "rules", "ordered", "barrier", "for_s"),
    [
        ({}, {}, {}, [], None, None),
        ({}, {}, {"paused": True}, [], "server_paused", None),
        ({"moderates": True}, {}, {"paused": True}, [], "server_paused", None),
        ({}, {"paused": True}, {}, [], "channel_paused", None),
        ({"blocked": True}, {}, {}, [], "blocked", None),
        ({"blocked": True, "trusted": True, "moderates": True}, {}, {}, [], "blocked", None),
        ({"muted_until": NOW + timedelta(seconds=30)}, {}, {}, [], "muted", 30),
        ({"muted_until": NOW}, {}, {}, [], None, None),
        ({"slow_mode_s": 60}, {}, {}, [("9", 59)], "slow", 1),
        ({"slow_mode_s": 60}, {}, {}, [("9", 60)], None, None),
        ({}, {"slow_mode_s": 60}, {}, [("9", 1)], None, None),
        ({}, {"slow_mode_s": 60}, {}, [("9", 1), ("11", 20)], "slow", 40),
        ({"slow_mode_s": 30}, {"slow_mode_s": 60}, {}, [("11", 40), ("9", 10)], "slow", 20),
        ({"moderates": True, "slow_mode_s": 60}, {"slow_mode_s": 60}, {}, [("11", 1)], None, None),
    ],
)
def test_who_may_order_now(
    person: dict[str, Any],
    spot: dict[str, Any],
    rules: dict[str, Any],
    ordered: list[tuple[str, int]],
    barrier: str | None,
    for_s: int | None,
) -> None:
    """Pauses are for all, blocks and mutes for whom they name, slow mode for all but moderators."""
    found = barred(
        Person(**person),
        Spot(id="11", **spot),
        RuleSettings(**rules),
        ordered=[(where, NOW - timedelta(seconds=ago)) for where, ago in ordered],
        at=NOW,
    )
    told = None if found is None or found.until is None else round((found.until - NOW).total_seconds())
    assert (None if found is None else found.barrier, told) == (barrier, for_s)


@pytest.mark.parametrize(
    ("person", "rules", "new"),
    [
        ({}, {}, False),
        ({"account_created_at": days(1)}, {"newcomer_account_days": 2}, True),
        ({"account_created_at": days(2)}, {"newcomer_account_days": 2}, False),
        ({}, {"newcomer_account_days": 2}, True),
        ({"joined_at": days(0.5)}, {"newcomer_member_days": 1}, True),
        ({"joined_at": days(1)}, {"newcomer_member_days": 1}, False),
        ({"joined_at": days(9), "account_created_at": days(1)}, {"newcomer_member_days": 1}, False),
        ({}, {"newcomer_role_id": "7"}, True),
        ({"role_ids": frozenset({"7"})}, {"newcomer_role_id": "7"}, False),
        (
            {"role_ids": frozenset({"7"}), "joined_at": days(0)},
            {"newcomer_role_id": "7", "newcomer_member_days": 1},
            True,
        ),
    ],
)
def test_who_is_new(person: dict[str, Any], rules: dict[str, Any], new: bool) -> None:
    """Any one of the three rules makes a newcomer; what is not known counts as new."""
    assert is_newcomer(Person(**person), RuleSettings(**rules), NOW) is new


NEW = {"newcomer_account_days": 5}


@pytest.mark.parametrize(
    ("person", "spot", "rules", "price", "flagged", "why"),
    [
        ({}, {}, {}, 10**6, False, ()),
        ({}, {}, {}, 0, True, ("flagged",)),
        ({}, {}, {"hold_above": 5}, 5, False, ()),
        ({}, {}, {"hold_above": 5}, 6, False, ("price",)),
        ({}, {}, {"hold_above": 0}, 1, False, ("price",)),
        ({}, {"approval": True}, NEW, 0, True, ("flagged", "newcomer", "channel")),
        ({"trusted": True}, {"approval": True}, {**NEW, "hold_above": 0}, 9, True, ("flagged",)),
        ({"trusted": True}, {"approval": True}, NEW, 9, False, ()),
        ({"approvals": 3}, {"approval": True}, {"trust_after": 3}, 9, False, ()),
        ({"approvals": 2}, {"approval": True}, {"trust_after": 3}, 9, False, ("channel",)),
        ({"approvals": 99}, {"approval": True}, {}, 9, False, ("channel",)),
        ({"moderates": True}, {"approval": True}, {**NEW, "hold_above": 0}, 9, True, ()),
    ],
)
def test_whose_order_waits(
    person: dict[str, Any],
    spot: dict[str, Any],
    rules: dict[str, Any],
    price: int,
    flagged: bool,
    why: tuple[str, ...],
) -> None:
    """Each reason by itself, all together, and whom none of them holds."""
    found = why_held(
        Person(**person), Spot(id="11", **spot), RuleSettings(**rules), price=price, flagged=flagged, at=NOW
    )
    assert found == why


@given(
    moderates=st.booleans(),
    trusted=st.booleans(),
    approvals=st.integers(0, 5),
    trust_after=st.integers(0, 5),
    approval=st.booleans(),
    price=st.integers(0, 9),
    hold_above=st.none() | st.integers(0, 9),
    flagged=st.booleans(),
)
def test_trust_waives_all_but_words(
    *,
    moderates: bool,
    trusted: bool,
    approvals: int,
    trust_after: int,
    approval: bool,
    price: int,
    hold_above: int | None,
    flagged: bool,
) -> None:
    """Whatever the rules: moderators pass, the trusted wait for words alone, and flagged words are seen."""
    rules = RuleSettings(trust_after=trust_after, hold_above=hold_above)
    person = Person(moderates=moderates, trusted=trusted, approvals=approvals)
    found = why_held(person, Spot(id="11", approval=approval), rules, price=price, flagged=flagged, at=NOW)
    if moderates:
        assert found == ()
    elif is_trusted(person, rules):
        assert found == (("flagged",) if flagged else ())
    else:
        assert ("flagged" in found) is flagged
        assert ("price" in found) is (hold_above is not None and price > hold_above)
    assert slowest_s(person, HERE) == 0

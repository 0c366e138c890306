"""Periods of pots, and their turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from bot.money.ledger import expire, grant
from bot.money.policy import PERIODS, PotPolicy
from bot.money.pots import WARNINGS, Held, Span, changed_amount, span_of, turned, warned

ZONES = sorted(available_timezones())
MONTH = PotPolicy(amount=50)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def policies() -> st.SearchStrategy[PotPolicy]:
    """Any period in any zone, reset at any minute."""
    return st.builds(
        PotPolicy,
        period=st.sampled_from(PERIODS),
        zone=st.sampled_from(ZONES),
        reset_minute=st.integers(0, 24 * 60 - 1),
    )


@given(policies(), st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_every_moment_lies_in_one_period(policy: PotPolicy, at: datetime) -> None:
    """Wherever clocks jump, periods follow each other without gap, overlap or doubled name."""
    span = span_of(policy, at)
    assert span.began_at <= at < span.ends_at
    assert span_of(policy, span.began_at) == span
    assert span_of(policy, span.ends_at - timedelta(microseconds=1)) == span
    following = span_of(policy, span.ends_at)
    assert following.began_at == span.ends_at
    assert following.name > span.name
    longest = {"day": 26, "week": 7 * 24 + 2, "month": 31 * 24 + 2}[policy.period]
    assert span.ends_at - span.began_at <= timedelta(hours=longest + 24)


def test_a_day_has_as_many_hours_as_the_clocks_say() -> None:
    """In Berlin 23 in March and 25 in October; at half past two in March it begins when clocks come to it."""
    berlin = ZoneInfo("Europe/Berlin")

    def day(at: datetime, minute: int = 0) -> Span:
        return span_of(PotPolicy(period="day", zone="Europe/Berlin", reset_minute=minute), at)

    spring, autumn = (
        day(datetime(2026, 3, 29, 12, tzinfo=berlin)),
        day(datetime(2026, 10, 25, 12, tzinfo=berlin)),
    )
    assert spring.ends_at - spring.began_at == timedelta(hours=23)
    assert autumn.ends_at - autumn.began_at == timedelta(hours=25)
    assert autumn.name == "day:2026-10-25"
    early = day(datetime(2026, 3, 29, 12, tzinfo=berlin), 150)
    assert early.began_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    """At the time that the server set; a moment before, it is still the last one."""
    week = span_of(PotPolicy(period="week", zone="Asia/Tokyo", reset_minute=540), NOON)
    assert (week.name, week.began_at) == ("week:2026-11-16", datetime(2026, 11, 16, tzinfo=UTC))
    month = PotPolicy(period="month", reset_minute=60)
    assert span_of(month, datetime(2026, 12, 1, 0, 59, tzinfo=UTC)).name == "month:2026-11-01"
    assert span_of(month, datetime(2026, 12, 1, 1, tzinfo=UTC)).name == "month:2026-12-01"


def test_what_is_left_expires_and_what_was_topped_up_stays() -> None:
    """A period's own credits are spent first."""
    held = Held(balance=37, turned=False, granted=50, used=20)  # 7 were topped up
    name = "month:2026-11-01"
    assert turned("1", MONTH, held, NOON) == [expire("1", name, 30), grant("1", name, 50)]
    spent = Held(balance=3, turned=False, granted=50, used=54)
    assert turned("1", MONTH, spent, NOON) == [grant("1", name, 50)]
    assert turned("1", MONTH, Held(balance=3, turned=True), NOON) == []


def test_a_debt_ends_with_its_period_unless_credits_carry_over() -> None:
    """Without carry-over each period begins with its amount; with it nobody who looked away loses any."""
    debt = Held(balance=-8, turned=False, granted=50, used=58, granted_at=NOON - timedelta(days=70))
    fresh = turned("1", MONTH, debt, NOON)
    assert fresh == [grant("1", "+debt:month:2026-11-01", 8), grant("1", "month:2026-11-01", 50)]
    assert (debt.after(fresh).balance, debt.after(fresh).rest) == (50, 50)
    carried = turned("1", MONTH.model_copy(update={"carry_over": True}), debt, NOON)
    assert [each.key for each in carried] == [f"grant:1:month:2026-{month}-01" for month in ("10", "11")]
    assert debt.after(carried).balance == 92
    forgiven = Held(balance=105, turned=True, granted=100, unforgiven=5)  # five of it came back since
    assert (forgiven.carried, forgiven.rest) == (0, 105)
    unpaid = Held(balance=-8, turned=False)  # from before there were periods
    first = turned("1", MONTH.model_copy(update={"carry_over": True}), unpaid, NOON)
    assert unpaid.after(first).balance == 50


def test_another_amount_counts_at_once() -> None:
    """What is spent stays spent: a pot that is made smaller loses at most what is left."""
    held = Held(balance=30, turned=True, granted=50, used=20)
    larger, smaller = (MONTH.model_copy(update={"amount": amount}) for amount in (60, 10))
    assert changed_amount("1", MONTH, larger, held, "k") == [grant("1", "+k", 10)]
    assert changed_amount("1", MONTH, smaller, held, "k") == [expire("1", "-k", 30)]
    assert changed_amount("1", MONTH, MONTH, held, "k") == []
    had_more = Held(balance=0, turned=True, granted=30, for_channels=20, used=30)
    assert changed_amount("1", smaller, MONTH, had_more, "k") == []


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(1, 200))
def test_each_warning_comes_once_on_the_way_down(prices: list[int], amount: int) -> None:
    """At half, four fifths and all of it, whatever the steps are; of several at once the most."""
    held = Held(balance=amount, turned=True, granted=amount)
    told: list[int] = []
    used = 0
    for price in prices:
        if held.balance < price:
            continue
        warning = warned(held, price)
        passed = [each for each in WARNINGS if used * 100 < each * amount <= (used + price) * 100]
        used += price
        assert (warning is None) == (not passed)
        if warning is not None:
            told.append(warning.passed)
            assert warning.passed == passed[-1]
            assert (warning.left, warning.whole) == (amount - used, amount)
            assert used - amount / 100 < warning.percent * amount / 100 <= used
        held = Held(balance=held.balance - price, turned=True, granted=amount, used=held.used + price)
    assert told == sorted(set(told))

"""What people type about money: read as it is meant, or refused with what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.money.policy import CREDITS_MOST
from bot.ui.money_typed import clock_in, read_minute, read_whole, read_worth, read_zone, suggest_zones


@given(st.integers(0, CREDITS_MOST), st.sampled_from(",.'’_ \u00a0\u202f"), st.data())
def test_whole_numbers_are_grouped_in_threes_or_not_at_all(
    amount: int, mark: str, data: st.DataObject
) -> None:
    """Any mark of any language between groups of three; the same mark anywhere else makes it no number."""
    grouped = f"{amount:,}".replace(",", mark)
    assert read_whole("amount", str(amount)) == read_whole("amount", f" {grouped} ") == amount
    digits = str(amount)
    place = data.draw(st.integers(0, len(digits)))
    broken = f"{digits[:place]}{mark}{digits[place:]}"
    if broken.strip() not in (digits, grouped):
        with pytest.raises(InvalidOption, match="not_a_count"):
            read_whole("amount", broken)


@pytest.mark.parametrize("typed", ["", "-5", "five", "1e3", "٣", "9" * 12, "1.5", "0.500", "1,000.000", "10"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    """Signs, words, other digits, parts of one, two marks, more or less than there may be."""
    with pytest.raises(InvalidOption) as refused:
        read_whole("amount", typed, low=11)
    assert (refused.value.option, refused.value.problem) == ("amount", "not_a_count")


def test_times_of_day() -> None:
    """As clocks show them, in what forms they are written."""
    assert [read_minute(typed) for typed in ("00:00", "6:30", " 18.05", "23h59")] == [0, 390, 1_085, 1_439]
    for typed in ("24:00", "6", "6:5", "noon", ""):
        with pytest.raises(InvalidOption, match="no_time_of_day"):
            read_minute(typed)


def test_what_a_credit_is_worth() -> None:
    """The currency before or behind, a comma or a dot; nothing and 0 are nothing."""
    typed = ("0.05 €", "0,05€", "$0.2", "NT$ 3", "  ", "0")
    assert [read_worth(each) for each in typed] == [
        (0.05, "€"),
        (0.05, "€"),
        (0.2, "$"),
        (3.0, "NT$"),
        None,
        None,
    ]
    for wrong in ("5", "€", "0 €", "five euros", "-1 €"):
        with pytest.raises(InvalidOption, match="not_worth"):
            read_worth(wrong)


def test_zones_are_found_by_their_city() -> None:
    """However it is written; what names several or none is refused; clocks there are told."""
    assert [read_zone(typed) for typed in ("Europe/Berlin", "europe/berlin", "new york", "UTC")] == [
        "Europe/Berlin",
        "Europe/Berlin",
        "America/New_York",
        "UTC",
    ]
    assert suggest_zones("tok")[0] == "Asia/Tokyo"
    assert "Europe/Berlin" in suggest_zones("")
    assert len(suggest_zones("a")) == 25
    for wrong in ("Europe", "Atlantis", "Etc/GMT+3"):
        with pytest.raises(InvalidOption, match="unknown_zone"):
            read_zone(wrong)
    assert clock_in("Asia/Tokyo", datetime(2026, 1, 1, 12, 30, tzinfo=UTC)) == "21:30"

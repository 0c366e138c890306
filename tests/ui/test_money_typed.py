"""What people type about money: read as it is meant, or refused with what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.errors import InvalidOption
from bot.ui.money_typed import clock_in, read_credits, read_minute, read_worth, read_zone, suggest_zones


@pytest.mark.parametrize(
    ("typed", "read"), [("50", 50), (" 1.000 ", 1_000), ("1\u00a0000\u00a0000", 1_000_000), ("0", 0)]
)
def test_credits_are_whole_however_they_are_grouped(typed: str, read: int) -> None:
    """Dots, commas and blanks of any language group digits."""
    assert read_credits("amount", typed) == read


@pytest.mark.parametrize("typed", ["", "-5", "five", "1e3", "٣", "9" * 12])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    """Signs, words, other digits, more than there may be."""
    with pytest.raises(InvalidOption) as refused:
        read_credits("amount", typed)
    assert (refused.value.option, refused.value.problem) == ("amount", "not_credits")


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

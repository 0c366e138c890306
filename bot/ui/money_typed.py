"""What people type about money, read: credits, times of day, zones, what a credit is worth."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import InvalidOption
from bot.money.policy import CREDITS_MOST
from bot.ui.cards.prices import number
from bot.ui.discord_limits import CHOICES_MOST

_WHOLE: Final = re.compile(r"[0-9]{1,15}|[1-9][0-9]{0,2}(?:([\s.,'’_])[0-9]{3})(?:\1[0-9]{3}){0,3}")
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.hH]([0-5]\d)")
_WORTH: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(\D.{0,7})")
_WORTH_BEHIND: Final = re.compile(r"([^\d\s]{1,8})\s*(\d+(?:[.,]\d+)?)")
_PLACE: Final = re.compile(r"(?!Etc/|US/|SystemV/)[A-Z]\w+/.+")
_USUAL: Final = (
    *("Europe/Berlin", "Europe/London", "Europe/Madrid", "America/New_York", "America/Los_Angeles"),
    *("America/Mexico_City", "America/Argentina/Buenos_Aires", "America/Sao_Paulo", "Asia/Tokyo"),
    *("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Kolkata"),
    *("Australia/Sydney", "UTC"),
)
"""Offered while nothing is typed."""


def read_whole(option: str, typed: str, *, low: int = 0, high: int = CREDITS_MOST) -> int:
    """A whole number, in groups of three or ungrouped: ``1.5`` is none. Raises ``InvalidOption``."""
    typed = typed.strip()
    if _WHOLE.fullmatch(typed):
        amount = int(re.sub(r"\D", "", typed))
        if low <= amount <= high:
            return amount
    raise InvalidOption(option, "not_a_count", low=number(low), high=number(high))


def read_minute(typed: str) -> int:
    """A time of day as minutes after midnight. Raises ``InvalidOption``."""
    found = _TIME.fullmatch(typed.strip().replace("：", ":"))
    if found is None:
        raise InvalidOption("reset_time", "no_time_of_day")
    return int(found[1]) * 60 + int(found[2])


def clock_of(minute: int) -> str:
    """Minutes after midnight as ``06:30``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read_worth(typed: str) -> tuple[float, str] | None:
    """What a credit is worth and in what currency, e.g. ``0.05 €``; None for nothing.

    Raises:
        InvalidOption: It is no amount with a currency before or behind it.
    """
    typed = " ".join(typed.split())
    if not typed or typed == "0":
        return None
    before, behind = _WORTH.fullmatch(typed), _WORTH_BEHIND.fullmatch(typed)
    if before is not None:
        amount, currency = before[1], before[2]
    elif behind is not None:
        currency, amount = behind[1], behind[2]
    else:
        raise InvalidOption("worth", "not_worth")
    value = float(amount.replace(",", "."))
    if not 0 < value <= 1_000_000:
        raise InvalidOption("worth", "not_worth")
    return value, currency.strip()


def read_zone(typed: str) -> str:
    """The zone of that name, however it is written. Raises ``InvalidOption``."""
    wanted = _folded(typed)
    found = next((name for name in _zones() if _folded(name) == wanted), None)
    if found is None:
        fitting = suggest_zones(typed)
        if len(fitting) != 1:
            raise InvalidOption("zone", "unknown_zone")
        found = fitting[0]
    return found


def suggest_zones(typed: str) -> list[str]:
    """Zones whose name has what was typed: those whose city begins so come first."""
    wanted = _folded(typed)
    if not wanted:
        return list(_USUAL)
    fitting = [name for name in _zones() if wanted in _folded(name)]
    fitting.sort(key=lambda name: (not _folded(name.rpartition("/")[2]).startswith(wanted), name))
    return fitting[:CHOICES_MOST]


def clock_in(zone: str, at: datetime) -> str:
    """What clocks there show."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


@cache
def _zones() -> tuple[str, ...]:
    """Every zone that is a place's, as ``Area/City``, and UTC."""
    every = available_timezones()
    return tuple(sorted(name for name in every if name == "UTC" or _PLACE.fullmatch(name)))

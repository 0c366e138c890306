"""Times in a piece of music as people type and read them: ``1:23``, ``83``, ``1:23.5``. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.errors import InvalidOption

_TIME: Final = re.compile(
    r"(?:(?:(?P<hours>\d{1,2}):(?=\d{2}:))?(?P<minutes>\d{1,3}):(?=\d{2}(?:\D|$)))?"
    r"(?P<seconds>\d{1,5})(?:[.,](?P<part>\d{1,3}))?",
    re.ASCII,
)
"""Seconds after a colon have two digits; a lone number is all seconds."""
LATEST_S: Final = 600.0
"""The latest second that hosts take."""


def parse_time(option: str, typed: str) -> float:
    """Seconds, to the millisecond. Raises ``InvalidOption`` (``not_a_time``)."""
    text = unicodedata.normalize("NFKC", typed).strip().lower().removesuffix("s").rstrip()
    found = _TIME.fullmatch(text)
    if found is None:
        raise InvalidOption(option, "not_a_time")
    hours, minutes = int(found["hours"] or 0), int(found["minutes"] or 0)
    seconds = int(found["seconds"])
    if (found["minutes"] is not None and seconds > 59) or (found["hours"] is not None and minutes > 59):
        raise InvalidOption(option, "not_a_time")
    part_ms = int((found["part"] or "").ljust(3, "0"))
    return ((hours * 3600 + minutes * 60 + seconds) * 1000 + part_ms) / 1000


def parsed_time(option: str, typed: str | None) -> float | None:
    """The same; None for nothing typed."""
    return None if typed is None or not typed.strip() else parse_time(option, typed)


def clock(time_s: float) -> str:
    """As it is read and can be typed again: ``0:07``, ``1:23.5``; to the millisecond."""
    whole_s, part_ms = divmod(round(time_s * 1000), 1000)
    minutes, seconds = divmod(whole_s, 60)
    tail = f".{part_ms:03d}".rstrip("0") if part_ms else ""
    return f"{minutes}:{seconds:02d}{tail}"


def rough_clock(time_s: float) -> str:
    """To the nearest tenth that is not later, for the length of a piece."""
    return clock(int(time_s * 10 + 1e-6) / 10)

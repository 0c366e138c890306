"""Metres as people write them: "3/4", "in 7", "six-eight", "八六拍"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.engine.theory.metre import SPELLINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.words.intent import Intent

_BREAK = " , "
_FRACTION = re.compile(
    r"(?<![\d/.])(\d{1,2})/(2|4|8|16)(?![\d/])(?:[\s-]*(?:time|metre|meter|signature|拍子?))?"
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "nine": 9, "twelve": 12}
_UNITS = {"four": 4, "eight": 8}
_SPOKEN = re.compile(rf"\b({'|'.join(_COUNTS)})[\s-]({'|'.join(_UNITS)})(?:[\s-]time)?\b")
_IN = re.compile(
    r"\bin (three|five|six|seven|nine|[35679])(?=\s*(?:$|[,.;!?]|time\b|at\b|with\b))(?:\s*time)?"
)
_WALTZ_TIME = re.compile(r"\b(?:waltz|triple) (?:time|metre|meter)\b")
_ODD_TIME = re.compile(r"\bodd (?:time signatures?|metres?|meters?|time)\b|奇数拍")
_DIGITS = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十二": 12}
_SIGNS = "十二|[二两三四五六七八九]"
# "八六拍" and "六八拍" are both six-eight; "八分之六" says it in full.
_JOINED_PAIR = re.compile(rf"([四八])({_SIGNS})拍子?|({_SIGNS})([四八])拍子?|([四八])分之({_SIGNS})拍?")
_JOINED = re.compile(r"([二三四五六七九])拍子?|([35679])拍子")
_IN_EIGHTHS = {6: "6/8", 7: "7/8", 9: "9/8", 12: "12/8"}


def take_meter(text: str, intent: Intent) -> str:
    """Note an asked metre and return the text without it; one that cannot be played is noted as such."""
    for pattern, name_of in _READERS:
        if found := pattern.search(text):
            _set_meter(intent, name_of(found))
            return text[: found.start()] + _BREAK + text[found.end() :]
    return text


def _set_meter(intent: Intent, name: str) -> None:
    beats = SPELLINGS.get(name)
    if beats is None:
        intent.clamped.append(("metre", name, "4/4"))
        return
    intent.meter, intent.meter_name = beats, name


def _counted(beats: int) -> str:
    return _IN_EIGHTHS.get(beats, f"{beats}/4")


def _fraction(found: re.Match[str]) -> str:
    return f"{int(found[1])}/{found[2]}"


def _spoken(found: re.Match[str]) -> str:
    return f"{_COUNTS[found[1]]}/{_UNITS[found[2]]}"


def _spoken_count(found: re.Match[str]) -> str:
    return _counted(_COUNTS.get(found[1]) or int(found[1]))


def _joined_pair(found: re.Match[str]) -> str:
    units, beats = found[1] or found[4] or found[5], found[2] or found[3] or found[6]
    return f"{_DIGITS[beats]}/{_DIGITS[units]}"


def _joined_count(found: re.Match[str]) -> str:
    return _counted(_DIGITS[found[1]] if found[1] else int(found[2]))


def _waltz(_: re.Match[str]) -> str:
    return "3/4"


def _odd(_: re.Match[str]) -> str:
    return "7/8"


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_FRACTION, _fraction),
    (_SPOKEN, _spoken),
    (_IN, _spoken_count),
    (_WALTZ_TIME, _waltz),
    (_ODD_TIME, _odd),
    (_JOINED_PAIR, _joined_pair),
    (_JOINED, _joined_count),
)

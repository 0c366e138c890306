"""Regular expressions as they are written: their parts, how large they are, what they repeat."""

from __future__ import annotations

import itertools
import re
from typing import Final

from bot.errors import InvalidOption

_PART: Final = re.compile(
    r"""
      (?P<remark> \(\?\#[^)]*\)? )
    | (?P<escape> \\.? )
    | (?P<set> \[\^?\]?(?:\\.?|[^\]\\])*\]? )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<count> \{(?=\s*[\d,])\s*(?:(?P<low>\d+)\s*)?(?:(?P<comma>,)\s*(?:(?P<high>\d+)\s*)?)?\} )
    | (?P<repeat> [+*?][+?]? )
    | (?P<letter> . )
    """,
    re.VERBOSE | re.DOTALL,
)
"""One part; the match's ``lastgroup`` is its kind."""
_SPARSE: Final = re.compile(r"\(\?[A-Za-z0-9]*x[A-Za-z0-9]*[-:)]")
_FAR: Final = 10
"""What repeats more often could as well do it without end."""
_FOUND_BY: Final = {
    **{"w": "a", "W": " ", "d": "0", "D": "a", "s": " ", "S": "a"},
    **{"b": "", "B": "", "n": "\n"},
}
"""What a backslash with a letter finds, where that is not the letter."""


def size_of(text: str) -> int:
    """How many letters a pattern has when all that it counts is written out, as in ``(a{9}b){9}``: 90.

    Raises ``InvalidOption`` ``bad_pattern`` for the flag by which blanks and remarks are left out of
    patterns: nobody could tell then what it counts.
    """
    sizes, unit = [0], 0
    for part in _PART.finditer(text):
        kind = part.lastgroup
        if kind == "count":
            times = max(1, int(part["high"] or part["low"] or 1))
            sizes[-1] += unit * (times - 1)
            unit *= times
        elif kind == "open":
            if (flags := _SPARSE.match(text, part.start())) is not None:
                raise InvalidOption("rule", "bad_pattern", place=flags.end())
            sizes.append(0)
        elif kind not in ("remark", "repeat"):
            unit = sizes.pop() if kind == "close" and len(sizes) > 1 else 1
            sizes[-1] += unit
    return sum(sizes)


def is_nested(text: str) -> bool:
    """Whether something that repeats without end is in a group that repeats without end: ``(a+)+``."""
    groups: list[bool] = [False]
    parts = [part for part in _PART.finditer(text) if part.lastgroup != "remark"]
    for part, after in itertools.zip_longest(parts, parts[1:]):
        if part.lastgroup == "open":
            groups.append(False)
        elif part.lastgroup == "close" and len(groups) > 1:
            inside = groups.pop()
            if inside and after is not None and _is_endless(after):
                return True
            groups[-1] |= inside
        elif _is_endless(part):
            groups[-1] = True
    return False


def _is_endless(part: re.Match[str]) -> bool:
    """Whether it repeats what stands before it without end, or far; a possessive one gives nothing back."""
    if part.lastgroup == "repeat":
        return part[0] in ("+", "*", "+?", "*?")
    if part.lastgroup != "count":
        return False
    if part["comma"] and not part["high"]:
        return True
    return int(part["high"] or part["low"]) > _FAR


def literals(text: str) -> list[str]:
    """What stands in a pattern for itself, group by group, with one letter for each set."""
    told, own = list[str](), ""
    for part in _PART.finditer(text):
        match part.lastgroup:
            case "open" | "close":
                told, own = [*told, own], ""
            case "escape":
                own += _FOUND_BY.get(part[0][1:], part[0][1:])
            case "set":
                inside = part[0][1:].removesuffix("]").lstrip("^")
                own += _FOUND_BY.get(inside[1:2], "a") if inside.startswith("\\") else inside[:1]
            case "letter" if part[0] == "|":
                told, own = [*told, own], ""
            case "letter" if part[0] not in "{}^$":
                own += "a" if part[0] == "." else part[0]
            case _:
                continue
    return [each for each in (*told, own) if each]

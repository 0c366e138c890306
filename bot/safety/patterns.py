"""Regular expressions of servers, which nobody may make the bot hang with.

Each is tried with a bound on its time, whatever it is. One that can be slow is refused when it is entered: by
its size, by its shape, where a repetition repeats a repetition, and by trial on texts made to be hard for it.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from typing import Any, Final, cast

import regex

from bot.errors import InvalidOption
from bot.safety.words import PATTERN_MAX

SEARCH_S: Final = 0.2
"""One pattern on one text."""
_TRIAL_S: Final = 0.03
"""What a hard text may take at entry."""
_LONG_TRIAL_S: Final = 0.5
"""What one as long as the longest lyrics may take: ``f+u+n+k+`` takes a fifth of it, and people write that.
What takes longer than it may when it counts is bounded then."""
_TRIALS_S: Final = 1.0
_LONG: Final = 1500
"""Characters: longer than prompts."""
_LONGEST: Final = 5000
"""As long as the longest lyrics that can be ordered."""
_SIZE_MOST: Final = 1_000
"""Letters that a pattern may have when its counted repetitions are written out: the library does write some
of them out, while it compiles, where nothing stops it."""
_COUNTED: Final = re.compile(r"\{\s*(\d*)\s*(?:(,)\s*(\d*)\s*)?\}")
_TRIALS_MOST: Final = 300
_SPARSE: Final = re.compile(r"\(\?[A-Za-z0-9]*x[A-Za-z0-9]*[-:)]")

Pattern = Any
"""A compiled pattern; the library is not typed."""


def compiled(text: str) -> Pattern:
    """The pattern, blind to case.

    Raises:
        InvalidOption: ``bad_pattern`` with where it is wrong; ``slow_pattern``, when it is too large.
    """
    if size_of(text) > _SIZE_MOST:
        raise InvalidOption("rule", "slow_pattern")
    try:
        return cast("Any", regex).compile(text, cast("Any", regex).IGNORECASE | cast("Any", regex).VERSION0)
    except (
        cast("type[Exception]", regex.error),
        RecursionError,
        OverflowError,
        MemoryError,
        ValueError,
    ) as error:
        position = getattr(error, "pos", None)
        raise InvalidOption("rule", "bad_pattern", place=1 + (position or 0)) from None


def found(pattern: Pattern, text: str, within_s: float = SEARCH_S) -> tuple[int, int] | None:
    """Where it is found first. Raises ``TimeoutError`` where that cannot be told in time.

    Other threads may run meanwhile.
    """
    match = pattern.search(text, timeout=within_s, concurrent=True)
    return None if match is None else (match.start(), match.end())


def checked_pattern(text: str) -> str:
    """A pattern as a person typed it. May take two seconds: not for the thread that answers people.

    Raises:
        InvalidOption: ``empty``, ``too_long``, ``bad_pattern``; ``finds_all``, when it is found in
            everything; ``nested_pattern``, when a repetition repeats a repetition; ``slow_pattern``, when
            it is too large, or a text made for it takes too long.
    """
    text = text.strip()
    if not text:
        raise InvalidOption("rule", "empty")
    if len(text) > PATTERN_MAX:
        raise InvalidOption("rule", "too_long", limit=PATTERN_MAX, length=len(text))
    if is_nested(text):
        raise InvalidOption("rule", "nested_pattern")
    pattern = compiled(text)
    if is_in_everything(pattern):
        raise InvalidOption("rule", "finds_all")
    if is_slow(pattern, text):
        raise InvalidOption("rule", "slow_pattern")
    return text


def is_in_everything(pattern: Pattern) -> bool:
    """Whether it is found in an empty text, and so in each."""
    try:
        return pattern.search("", timeout=_TRIAL_S) is not None
    except TimeoutError:
        return True


def size_of(text: str) -> int:
    """How many letters a pattern has when all that it counts is written out, as in ``(a{9}b){9}``: 90.

    Raises ``InvalidOption`` ``bad_pattern`` for the flag by which blanks and remarks are left out of
    patterns: nobody could tell then what it counts.
    """
    sizes, unit, place = [0], 0, 0
    while place < len(text):
        character = text[place]
        counted = _COUNTED.match(text, place)
        if counted is not None and (counted[1] or counted[3]):
            times = max(1, int(counted[3] or counted[1]))
            sizes[-1] += unit * (times - 1)
            unit *= times
            place = counted.end()
            continue
        if text.startswith("(?#", place):
            place = (text.find(")", place) + 1) or len(text)
            continue
        if character == "(":
            flags = _SPARSE.match(text, place)
            if flags is not None:
                raise InvalidOption("rule", "bad_pattern", place=flags.end())
            sizes.append(0)
            place += 1
            continue
        if character == ")" and len(sizes) > 1:
            unit = sizes.pop()
            place += 1
        elif character in "+*?":
            place += 1
            continue
        else:
            unit = 1
            place = _behind_class(text, place) if character == "[" else place + 1 + (character == "\\")
        sizes[-1] += unit
    return sum(sizes)


def is_nested(text: str) -> bool:
    """Whether something that repeats without end is in a group that repeats without end: ``(a+)+``."""
    groups: list[bool] = [False]
    place = 0
    while place < len(text):
        character = text[place]
        endless = _endless(text, place)
        if character == "\\":
            place += 2
            continue
        if character == "[":
            place = _behind_class(text, place)
            continue
        if character == "(":
            groups.append(False)
        elif character == ")" and len(groups) > 1:
            inside = groups.pop()
            if inside and _endless(text, place + 1):
                return True
            groups[-1] |= inside
        elif endless:
            groups[-1] = True
        place += 1
    return False


def _endless(text: str, place: int) -> bool:
    """Whether a repetition without end, or with a far one, begins here."""
    told = text[place : place + 1]
    if told in {"+", "*"}:
        return text[place + 1 : place + 2] != "+"  # a possessive one gives nothing back
    if told != "{":
        return False
    inner = text[place + 1 : text.find("}", place)] if "}" in text[place:] else ""
    low, comma, high = inner.partition(",")
    if not (low.isdecimal() or (comma and not low)):
        return False
    return not high if comma and not high else int(high or low or 0) > 10


def _behind_class(text: str, place: int) -> int:
    place += 2 if text[place + 1 : place + 2] == "^" else 1
    place += text[place : place + 1] == "]"
    while place < len(text) and text[place] != "]":
        place += 2 if text[place] == "\\" else 1
    return place + 1


def is_slow(pattern: Pattern, text: str) -> bool:
    """Whether a text made to be hard for it takes too long. It takes no longer than two seconds itself."""
    for longest, trial_s in ((_LONG, _TRIAL_S), (_LONGEST, _LONG_TRIAL_S)):
        until = time.thread_time() + _TRIALS_S
        for hard in itertools.islice(hard_texts(text, longest), _TRIALS_MOST):
            try:
                pattern.search(hard, timeout=trial_s, concurrent=True)
            except TimeoutError:
                return True
            if time.thread_time() > until:
                break  # slow texts show early: those that are tried first are the longest
    return False


def hard_texts(text: str, longest: int) -> Iterator[str]:
    """Texts that almost match: its own letters and groups, many times in a row, after its beginnings."""
    literals = _literals(text)
    letters = list(dict.fromkeys([*"".join(literals), "a", "0", " ", "_", "-"]))[:14]
    pumps = [*letters, *dict.fromkeys(each for each in literals if len(each) > 1)][:20]
    pumps += [first + second for first, second in itertools.permutations(letters[:5], 2)]
    whole = "".join(literals)
    for many in (longest, 60) if longest < _LONGEST else (longest,):
        for end in ("\x00", f"\x00{whole}"):  # a pattern that misses its last letter may not even try
            for pump in pumps:
                yield (pump * many)[:longest] + end
        for pump in pumps[:8]:
            for length in range(1, min(len(whole), 5) + 1):
                yield whole[:length] + (pump * many)[:longest] + "\x00"


def _literals(text: str) -> list[str]:
    """What stands in a pattern for itself, part by part, with one letter for each class."""
    shorthand = {"w": "a", "W": " ", "d": "0", "D": "a", "s": " ", "S": "a", "b": "", "B": "", "n": "\n"}
    parts, part, place = list[str](), "", 0
    while place < len(text):
        character = text[place]
        if character == "\\" and place + 1 < len(text):
            part += shorthand.get(text[place + 1], text[place + 1])
            place += 2
            continue
        if character == "[":
            end = _behind_class(text, place)
            inside = text[place + 1 : end - 1].lstrip("^")
            part += shorthand.get(inside[1:2], "a") if inside.startswith("\\") else inside[:1]
            place = end
            continue
        if character in "()|":
            parts, part = [*parts, part], ""
        elif character == ".":
            part += "a"
        elif character not in "+*?{}^$":
            part += character
        place += 1
    return [each for each in (*parts, part) if each]

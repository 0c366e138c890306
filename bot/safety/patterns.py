"""Regular expressions of servers, which nobody may make the bot hang with.

Each is tried with a bound on its time, whatever it is. One that can be slow is refused when it is entered: by
its size, by its shape, where a repetition repeats a repetition, and by trial on texts made to be hard for it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any, Final, cast

import regex

from bot.errors import InvalidOption
from bot.safety.pattern_text import is_nested, literals, size_of
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
_TRIALS_MOST: Final = 300

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
        # What lacks at the end is shown at the last character.
        raise InvalidOption("rule", "bad_pattern", place=min(1 + (position or 0), len(text))) from None


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
    if "\0" in text:  # which not every database keeps
        raise InvalidOption("rule", "bad_pattern", place=text.index("\0") + 1)
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
    parts = literals(text)
    whole = "".join(parts)
    letters = list(dict.fromkeys([*whole, "a", "0", " ", "_", "-"]))[:14]
    pumps = [*letters, *dict.fromkeys(each for each in parts if len(each) > 1)][:20]
    pumps += [first + second for first, second in itertools.permutations(letters[:5], 2)]
    for many in (longest, 60) if longest < _LONGEST else (longest,):
        for end in ("\x00", f"\x00{whole}"):  # a pattern that misses its last letter may not even try
            for pump in pumps:
                yield (pump * many)[:longest] + end
        for pump in pumps[:8]:
            for length in range(1, min(len(whole), 5) + 1):
                yield whole[:length] + (pump * many)[:longest] + "\x00"

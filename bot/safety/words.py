"""The rules of a server: words and phrases, patterns, and words that are always allowed. Pure records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, cast, get_args

from bot.errors import InvalidOption
from bot.safety.folding import NONE, Cell, Stream, clean, fold, is_unspaced, like
from bot.safety.lookalikes import INSTEAD

Kind = Literal["word", "pattern", "allow"]
"""A word or phrase, a regular expression, or a word or phrase that is always allowed."""
Action = Literal["refuse", "hold"]
"""What happens to an order with it: it is refused, or waits for a moderator."""
KINDS: Final = cast("tuple[Kind, ...]", get_args(Kind))
ACTIONS: Final = cast("tuple[Action, ...]", get_args(Action))

RULES_MOST: Final = 10_000
"""Rules of a server."""
PATTERNS_MOST: Final = 50
"""Patterns among them: each is tried on every text."""
WORD_MAX: Final = 100
PATTERN_MAX: Final = 260
"""As long as the patterns of Discord's AutoMod."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. A star at an end of a word stands for whatever goes on there: ``*cat*`` is in any word."""

    id: int
    kind: Kind
    text: str
    action: Action = "refuse"
    spares_age_restricted: bool = False
    """Whether it counts only outside age-restricted channels."""

    @property
    def does(self) -> Literal["refuse", "hold", "allow"]:
        """What happens to what it is found in."""
        return "allow" if self.kind == "allow" else self.action


@dataclass(frozen=True, slots=True)
class Run:
    """The same letter some times in a row."""

    may_be: frozenset[str]
    times: int


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a rule."""

    sought: str
    letters: tuple[frozenset[str], ...]
    """What each may be."""
    runs: tuple[Run, ...]
    """The same, with those together that stand together and are the same."""
    gaps_after: frozenset[int]
    """Numbers of runs after which the rule itself has something between its letters."""
    starts: bool
    """Whether it must be where a word begins."""
    ends: bool
    has_letters: bool


def checked_word(text: str) -> str:
    """A word or phrase as a person typed it.

    Raises:
        InvalidOption: ``no_letters``, ``too_long``; ``one_letter`` in any word.
    """
    word = " ".join(clean(text).split())
    if len(word) > WORD_MAX:
        raise InvalidOption("rule", "too_long", limit=WORD_MAX, length=len(word))
    bare, starts, ends = bounds(word)
    streams = fold(bare)
    letters = len(streams.looks.cells)
    if letters == 0:
        raise InvalidOption("rule", "no_letters")
    if letters == 1 and not (starts and ends) and not is_unspaced(streams.looks.cells[0].likely):
        raise InvalidOption("rule", "one_letter")
    return word


def bounds(word: str) -> tuple[str, bool, bool]:
    """A word without its stars, whether it must begin a word, and whether it must end one."""
    bare = word.strip()
    starts, ends = not bare.startswith("*"), not bare.endswith("*")
    return bare.strip("* "), starts, ends


def forms_of(word: str) -> Sequence[Form]:
    """All ways of writing a word that are not found by themselves."""
    bare, starts, ends = bounds(word)
    found: dict[tuple[str, tuple[Run, ...]], Form] = {}
    cases = (bare.lower(),) if bare.isascii() else (bare, bare.lower(), bare.upper(), bare.title())
    for number, written in enumerate(dict.fromkeys(cases)):
        folded = fold(written)
        streams = [folded.looks]
        plain = bare.isascii() and bare.isalpha()
        if number == 0 and not plain and len(folded.letters.cells) >= len(folded.looks.cells):
            streams.append(folded.letters)
        for stream in streams:
            form = _form(stream, starts, ends)
            found.setdefault((form.sought, form.runs), form)
    return tuple(found.values())


def _form(stream: Stream, starts: bool, ends: bool) -> Form:
    runs: list[Run] = []
    gaps: set[int] = set()
    sought = ""
    for cell, gap, letter in zip(stream.cells, stream.gaps, stream.sought, strict=True):
        told = _own(cell)
        if runs and gap != NONE:
            gaps.add(len(runs) - 1)
        if runs and gap == NONE and runs[-1].may_be == told:
            runs[-1] = Run(told, runs[-1].times + 1)
        else:
            runs.append(Run(told, 1))
        if not sought or sought[-1] != letter:
            sought += letter
    has_letters = any(each.isalpha() for run in runs for each in run.may_be if len(each) == 1)
    letters = tuple(map(_own, stream.cells))
    return Form(sought, letters, tuple(runs), frozenset(gaps), starts, ends, has_letters)


@lru_cache(maxsize=16384)
def _own(cell: Cell) -> frozenset[str]:
    """What a letter of a rule may be: itself and what looks like it; no sign stands for a letter there."""
    if not all(each.isascii() for each in cell.may_be):
        return cell.may_be
    sign = next((each for each in cell.may_be if each in INSTEAD), None)
    if sign is not None:
        return frozenset(sign)
    letter = cell.likely
    if letter not in cell.may_be:
        return cell.may_be
    return frozenset((letter, like(letter), like(letter.upper())))

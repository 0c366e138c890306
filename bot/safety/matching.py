"""Whether a rule stands at a place of a folded text: letter by letter, with what was put between them.

A letter may be stretched (``riiiff``) but not shortened. What stands between letters that stand together in
the rule may be signs, or anything between letters that stand alone (``r i f f``); the whole must be words
then. A strict reader also takes doubled letters and words that were torn apart.
"""

from __future__ import annotations

import itertools
from typing import Final

from bot.safety.folding import APOSTROPHE, DIGIT, JOINER, NONE, SIGN, UNSPACED, Folded, Stream
from bot.safety.lookalikes import INSTEAD
from bot.safety.words import Form

_STRETCHED: Final = 3
"""No language writes a letter so many times in a row."""
_NOTES: Final = frozenset("ABCDEFG")

_KINDS: Final = range(4)
_PARTED: Final = [
    [
        bool({SIGN, UNSPACED} & {before, kind}) or (kind != before and DIGIT in (kind, before))
        for kind in _KINDS
    ]
    for before in _KINDS
]
"""Whether two letters of these kinds, side by side, are of two words."""

State = tuple[int, int, bool]
"""Number of the run, how many letters of it were met, whether anything stood between letters."""


class Ground:
    """One stream, laid out to look for rules in it."""

    def __init__(self, folded: Folded, stream: Stream, *, strict: bool) -> None:
        self.text = folded.text
        self.strict = strict
        self.cells, self.at, self.gaps, self.kinds = stream.cells, stream.at, stream.gaps, stream.kinds
        self.may_be = [cell.at_most if strict else cell.may_be for cell in stream.cells]
        self._count = len(stream.cells)
        self._collapse(stream.sought)

    def _collapse(self, sought: str) -> None:
        """Runs of the same letter become one, as in the forms of rules."""
        self.first: list[int] = []
        """Of each run, the number of its first letter."""
        kept: list[str] = []
        previous = ""
        for number, letter in enumerate(sought):
            if letter != previous:
                kept.append(letter)
                self.first.append(number)
                previous = letter
        self.sought = "".join(kept)
        self.first.append(self._count)
        self.begins = begins = self._beginnings()
        spans = list(itertools.pairwise(self.first))
        self.may_begin = [begins[low] or (high - low > 1 and any(begins[low:high])) for low, high in spans]
        self.may_end = [
            begins[high] or (high - low > 1 and any(begins[low + 1 : high])) for low, high in spans
        ]

    def _beginnings(self) -> list[bool]:
        """Whether a word begins with each letter: after a gap, between kinds, anywhere without blanks."""
        kinds = self.kinds
        begins = [True] if kinds else []
        begins += [
            gap != NONE or _PARTED[before][kind]
            for gap, before, kind in zip(self.gaps[1:], kinds, kinds[1:], strict=False)
        ]
        if self.strict:
            here = [self.text[place] for place in self.at]
            for number, (last, letter) in enumerate(itertools.pairwise(here), 1):
                if letter.isupper() and last.islower():
                    begins[number] = True
        return [*begins, True]

    def stands_alone(self, number: int) -> bool:
        """Whether a letter, or the character that it is a part of, has something on both sides.

        One that is stretched (``r ii ff``) is one letter.
        """
        first, after, same = number, number + 1, (self.at[number], self.cells[number].likely)
        while first > 0 and self.gaps[first] == NONE and self._is_part(first - 1, same):
            first -= 1
        while after < self._count and self.gaps[after] == NONE and self._is_part(after, same):
            after += 1
        return (first == 0 or self.gaps[first] != NONE) and (after == self._count or self.gaps[after] != NONE)

    def _is_part(self, number: int, same: tuple[int, str]) -> bool:
        return self.at[number] == same[0] or self.cells[number].likely == same[1]


def find(ground: Ground, form: Form, first_run: int, last_run: int) -> tuple[int, int] | None:
    """Where the form stands in these runs of the stream, from its first letter to behind its last."""
    if form.starts and not ground.may_begin[first_run]:
        return None
    if form.ends and not ground.may_end[last_run]:
        return None
    first, behind = ground.first[first_run], ground.first[last_run + 1]
    if _is_plain(ground, form, first, behind):
        return first, behind
    for start in range(first, ground.first[first_run + 1]):
        if form.starts and not ground.begins[start]:
            continue
        end = _walk(ground, form, start, behind)
        if end is not None:
            return start, end
    return None


def _is_plain(ground: Ground, form: Form, first: int, behind: int) -> bool:
    """Whether all these letters are the form, one for one, with nothing between: as most that is met."""
    if behind - first != len(form.letters) or form.gaps_after or any(ground.gaps[first + 1 : behind]):
        return False
    told = zip(form.letters, ground.may_be[first:behind], strict=True)
    if any(wanted.isdisjoint(here) for wanted, here in told):
        return False
    if (form.starts and not ground.begins[first]) or (form.ends and not ground.begins[behind]):
        return False
    return _is_meant(ground, form, first, behind - 1, torn=False)


def _walk(ground: Ground, form: Form, start: int, behind: int) -> int | None:
    """Number of the letter behind the form, which begins with ``start``."""
    runs = form.runs
    if not ground.may_be[start] & runs[0].may_be:
        return None
    states: set[State] = {(0, 1, False)}
    number = start
    while states:
        for run, count, torn in states:
            if (
                run == len(runs) - 1
                and _is_enough(ground, count, runs[run].times)
                and _is_whole(ground, form, start, number, torn=torn)
                and _is_meant(ground, form, start, number, torn=torn)
            ):
                return number + 1
        number += 1
        if number == behind:
            break
        states = _next(ground, form, states, number)
    return None


def _next(ground: Ground, form: Form, states: set[State], number: int) -> set[State]:
    """Where one may be after one more letter."""
    told, gap, runs = ground.may_be[number], ground.gaps[number], form.runs
    found: set[State] = set()
    crossing = gap != NONE and _may_cross(ground, number, gap)
    for run, count, torn in states:
        if told & runs[run].may_be and (gap == NONE or crossing):
            found.add((run, count + 1, torn or gap != NONE))
        if run + 1 == len(runs) or not _is_enough(ground, count, runs[run].times):
            continue
        own_gap = run in form.gaps_after
        if told & runs[run + 1].may_be and (gap == NONE or own_gap or crossing):
            found.add((run + 1, 1, torn or (gap != NONE) != own_gap))
    return found


def _is_enough(ground: Ground, count: int, times: int) -> bool:
    return count == times or (count > times and (ground.strict or count >= _STRETCHED))


def _may_cross(ground: Ground, number: int, gap: int) -> bool:
    """Whether letters on both sides of something may belong together."""
    if gap == JOINER:
        return True
    if ground.stands_alone(number) and ground.stands_alone(number - 1):
        return True
    return ground.strict and gap != APOSTROPHE


def _is_whole(ground: Ground, form: Form, start: int, last: int, *, torn: bool) -> bool:
    """Whether it begins and ends where it must; what was torn apart has to be words."""
    if (form.ends or torn) and not ground.begins[last + 1]:
        return False
    return not torn or ground.begins[start]


def _is_meant(ground: Ground, form: Form, start: int, last: int, *, torn: bool) -> bool:
    """Whether it is no number, and no row of notes or chords: ``F A C E`` is music."""
    if ground.strict:
        return True
    here = [ground.text[ground.at[number]] for number in range(start, last + 1)]
    if form.has_letters and all(each in INSTEAD for each in here):
        return False
    return not (torn and all(each in _NOTES for each in here))

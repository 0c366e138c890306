"""Whether a rule stands at a place of a folded text: letter by letter, with what was put between them.

A letter may be stretched (``riiiff``) but not shortened. What stands between letters that stand together in
the rule may be signs, or anything between letters that stand alone (``r i f f``); the whole must be words
then. A strict reader also takes doubled letters and words that were torn apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Container
from functools import cached_property
from typing import Final

from bot.safety.budget import Budget
from bot.safety.folding import APOSTROPHE, DIGIT, JOINER, NONE, SIGN, UNSPACED, Folded, Stream
from bot.safety.lookalikes import INSTEAD
from bot.safety.words import Form

_STRETCHED: Final = 3
"""No language writes a letter so many times in a row."""
_SHORT: Final = 40
"""Letters that are sooner looked at than known from all before them."""
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

State = tuple[int, int, bool, bool]
"""Number of the run, how many letters of it were met (no more are counted than matter), whether anything
stood between letters, whether it began where a word begins."""


class Ground:
    """One stream, laid out to look for rules in it."""

    def __init__(self, folded: Folded, stream: Stream, *, strict: bool) -> None:
        self.text = folded.text
        self.strict = strict
        self.cells, self.at, self.gaps, self.kinds = stream.cells, stream.at, stream.gaps, stream.kinds
        self.may_be = [cell.at_most if strict else cell.may_be for cell in stream.cells]
        self._count = len(stream.cells)
        self._crossed: dict[int, bool] = {}
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

    def may_cross(self, number: int) -> bool:
        """Whether a letter and that before it, with something between, may belong together."""
        known = self._crossed.get(number)
        if known is None:
            gap = self.gaps[number]
            known = self._crossed[number] = (
                gap == JOINER
                or (self.strict and gap != APOSTROPHE)
                or (self.stands_alone(number) and self.stands_alone(number - 1))
            )
        return known

    @cached_property
    def last_unlike_signs(self) -> list[int]:
        """For each letter the last one up to it that is nothing which stands for letters; -1: none."""
        return self._last(INSTEAD)

    @cached_property
    def last_but_notes(self) -> list[int]:
        """For each letter the last one up to it that is no note; -1: none."""
        return self._last(_NOTES)

    def _last(self, others: Container[str]) -> list[int]:
        numbers = (number if self.text[place] not in others else -1 for number, place in enumerate(self.at))
        return list(itertools.accumulate(numbers, max))

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


def find(ground: Ground, form: Form, first_run: int, last_run: int, budget: Budget) -> tuple[int, int] | None:
    """Where the form stands in these runs of the stream, from its first letter to behind its last.

    Raises ``Overrun`` where that takes more than what is left.
    """
    budget.spend(1)
    if form.starts and not ground.may_begin[first_run]:
        return None
    if form.ends and not ground.may_end[last_run]:
        return None
    first, behind = ground.first[first_run], ground.first[last_run + 1]
    if _is_plain(ground, form, first, behind):
        return first, behind
    return _walk(ground, form, range(first, ground.first[first_run + 1]), behind, budget)


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


def _walk(ground: Ground, form: Form, starts: range, behind: int, budget: Budget) -> tuple[int, int] | None:
    """The first of these letters that the form begins with, and the number of the letter behind it.

    All are walked from at once. Of those that come to the same state the first is kept: whatever is found
    later from another is found from it too.
    """
    first, last = form.runs[0], len(form.runs) - 1
    states: dict[State, int] = {}
    best: tuple[int, int] | None = None
    for number in range(starts.start, behind):
        if states:
            states = _next(ground, form, states, number)
        if number in starts and best is None and ground.may_be[number] & first.may_be:
            begun = ground.begins[number]
            if begun or not form.starts:
                states.setdefault((0, 1, False, begun), number)
        elif not states and number >= starts.stop:
            break
        budget.spend(1 + len(states))
        for (run, count, torn, _), start in states.items():
            if (
                run == last
                and (best is None or start < best[0])
                and _is_enough(ground, count, form.runs[run].times)
                and _is_whole(ground, form, start, number, torn=torn)
                and _is_meant(ground, form, start, number, torn=torn)
            ):
                best = start, number + 1
        if best is not None:
            states = {state: start for state, start in states.items() if start < best[0]}
            if not states:
                break
    return best


def _next(ground: Ground, form: Form, states: dict[State, int], number: int) -> dict[State, int]:
    """Where one may be after one more letter, and from where first."""
    told, gap, runs = ground.may_be[number], ground.gaps[number], form.runs
    found: dict[State, int] = {}
    crossing = gap != NONE and ground.may_cross(number)
    for (run, count, torn, begun), start in states.items():
        times = runs[run].times
        if told & runs[run].may_be and (gap == NONE or crossing):
            state = (run, min(count + 1, max(times + 1, _STRETCHED)), torn or gap != NONE, begun)
            found[state] = min(start, found.get(state, start))
        if run + 1 == len(runs) or not _is_enough(ground, count, times):
            continue
        own_gap = run in form.gaps_after
        if told & runs[run + 1].may_be and (gap == NONE or own_gap or crossing):
            state = (run + 1, 1, torn or (gap != NONE) != own_gap, begun)
            found[state] = min(start, found.get(state, start))
    return found


def _is_enough(ground: Ground, count: int, times: int) -> bool:
    return count == times or (count > times and (ground.strict or count >= _STRETCHED))


def _is_whole(ground: Ground, form: Form, start: int, last: int, *, torn: bool) -> bool:
    """Whether it begins and ends where it must; what was torn apart has to be words."""
    if (form.ends or torn) and not ground.begins[last + 1]:
        return False
    return not torn or ground.begins[start]


def _is_meant(ground: Ground, form: Form, start: int, last: int, *, torn: bool) -> bool:
    """Whether it is no number, and no row of notes or chords: ``F A C E`` is music."""
    if ground.strict:
        return True
    if last - start < _SHORT:
        here = [ground.text[place] for place in ground.at[start : last + 1]]
        if form.has_letters and all(each in INSTEAD for each in here):
            return False
        return not (torn and all(each in _NOTES for each in here))
    if form.has_letters and ground.last_unlike_signs[last] < start:
        return False
    return not (torn and ground.last_but_notes[last] < start)

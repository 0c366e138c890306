"""Metres: how long a bar is, in which groups it is felt, and how a four-four pattern is danced to it.

A bar of the score is a whole number of quarter notes, four sixteenth steps each. Metres in eighths are
written two bars at a time (7/8 is 2+2+3 twice over seven quarters); tempo always counts quarter notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

PATTERN_STEPS = 16
_STEPS_PER_BEAT = 4
# A beat of four steps stretched to six: its second half comes twice, as in a jig.
_STRETCHED = (0, 1, 2, 3, 2, 3)


@dataclass(frozen=True, slots=True)
class Metre:
    """A metre: its name on paper, quarter notes in a bar of the score, and the groups it is felt in.

    `groups` are lengths in steps; `cells` says which beat of a four-four pattern each group plays;
    `written_bars` is how many bars on paper one bar of the score holds.
    """

    name: str
    beats: int
    groups: tuple[int, ...]
    cells: tuple[int, ...]
    written_bars: int = 1

    @property
    def is_compound(self) -> bool:
        """Tell whether some beats have three parts, so that nothing is left to swing."""
        return any(group != _STEPS_PER_BEAT for group in self.groups)


_METRES = {
    metre.beats: metre
    for metre in (
        Metre("2/4", 2, (4, 4), (0, 1)),
        Metre("3/4", 3, (4, 4, 4), (0, 1, 2)),
        Metre("4/4", 4, (4, 4, 4, 4), (0, 1, 2, 3)),
        Metre("5/4", 5, (4, 4, 4, 4, 4), (0, 1, 1, 2, 3)),
        Metre("6/8", 6, (6, 6, 6, 6), (0, 1, 2, 3), 2),
        Metre("7/8", 7, (4, 4, 6, 4, 4, 6), (0, 1, 2, 0, 1, 3), 2),
        Metre("9/8", 9, (6, 6, 6, 6, 6, 6), (0, 1, 1, 2, 3, 3), 2),
    )
}
# What is asked for by these names is played as another metre that sounds the same, or nearly.
SPELLINGS = {metre.name: metre.beats for metre in _METRES.values()} | {
    "12/8": 6,
    "2/2": 4,
    "3/8": 3,
    "6/4": 6,
    "7/4": 7,
    "8/8": 4,
}
BEATS = tuple(_METRES)


def metre_of(beats: int) -> Metre:
    """Return the metre of a score whose bars have so many quarter notes."""
    known = _METRES.get(beats)
    return known or Metre(f"{beats}/4", beats, (4,) * beats, tuple(beat % 4 for beat in range(beats)))


@lru_cache(maxsize=16)
def source_steps(beats: int) -> tuple[int, ...]:
    """Return for each step of a bar the step of a four-four pattern that is played there."""
    metre = metre_of(beats)
    return tuple(
        cell * _STEPS_PER_BEAT + (inside if group == _STEPS_PER_BEAT else _STRETCHED[inside])
        for group, cell in zip(metre.groups, metre.cells, strict=True)
        for inside in range(group)
    )


@lru_cache(maxsize=16)
def group_starts(beats: int) -> tuple[int, ...]:
    """Return the steps of a bar on which its groups begin: where a foot would tap."""
    groups = metre_of(beats).groups
    return tuple(sum(groups[:place]) for place in range(len(groups)))


@lru_cache(maxsize=512)
def fitted(pattern: str, beats: int) -> str:
    """Return a pattern of one bar in another metre; one that was written for the metre stays as it is."""
    steps = beats * _STEPS_PER_BEAT
    if steps % len(pattern) == 0 and len(pattern) != PATTERN_STEPS:
        return pattern * (steps // len(pattern))
    if len(pattern) < PATTERN_STEPS:  # a waltz in four: its last beat comes once more
        pattern += pattern[-(PATTERN_STEPS - len(pattern)) :]
    return "".join(pattern[step] for step in source_steps(beats))

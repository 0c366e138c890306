"""How a song is built: which sections, how many bars each, and which bars each line of lyrics has."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from bot.engine.songs.lines import LyricLine, breath_lines
from bot.engine.songs.sections import manner_of

if TYPE_CHECKING:
    from bot.engine.songs.sheet import LyricSection

RING_OUT_S = 2.6  # after the last bar
_SUNG_A_SECOND, _RAPPED_A_SECOND = 4.2, 7.5
_FILLED = 0.85  # of a line's time; the rest is for breath
_FILLED_STEPS = 0.8
_EASY = 0.75
_SLOW_BAR_S = 3.2
_PLAYED_BARS = {"intro": 4, "pre-chorus": 4, "outro": 4}
_INSTRUMENTAL_FORM = ("intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and its bars, counted from its section's first."""

    line: LyricLine
    first_bar: int
    bars: int


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section before it is composed; `ordinal` counts sections of its name from 0."""

    name: str
    bars: int
    lines: tuple[PlacedLine, ...] = ()
    ordinal: int = 0

    @property
    def energy(self) -> float:
        """Return how much of the band plays, 0..1: each return of a section has a little more."""
        return min(1.0, manner_of(self.name).energy + 0.04 * min(2, self.ordinal))


@dataclass(frozen=True, slots=True)
class Pace:
    """What decides how many bars a line needs."""

    bar_s: float
    meter: int
    rapped: bool = False

    def capacity(self, bars: int) -> float:
        """Return how many syllables can be sung comfortably in some bars."""
        rate = _RAPPED_A_SECOND if self.rapped else _SUNG_A_SECOND
        return min(rate * bars * self.bar_s * _FILLED, bars * self.meter * 4 * _FILLED_STEPS)

    def usual_bars(self, lines: list[LyricLine]) -> int:
        """Return 1 where most lines fit easily into a bar, 2 otherwise."""
        share = 1.0 if self.rapped else _EASY
        return 1 if median(line.size for line in lines) <= share * self.capacity(1) else 2

    def bars_of(self, line: LyricLine, usual: int) -> int:
        """Return how many bars a line needs: the usual number or a multiple of it."""
        bars = usual
        while line.size > self.capacity(bars):
            bars += usual
        return bars


def place_lines(lines: list[LyricLine], pace: Pace, usual: int | None = None) -> list[PlacedLine]:
    """Return the lines one after the other, each with as many bars as it needs."""
    if not lines:
        return []
    usual = usual or pace.usual_bars(lines)
    placed: list[PlacedLine] = []
    bar = 0
    for line in lines:
        bars = pace.bars_of(line, usual)
        placed.append(PlacedLine(line, bar, bars))
        bar += bars
    return placed


def sung_section(name: str, lines: list[LyricLine], pace: Pace, usual: int | None = None) -> PlannedSection:
    """Return a section as long as its lines, rounded up to phrases of two bars, at least four."""
    placed = place_lines(lines, pace, usual)
    bars = placed[-1].first_bar + placed[-1].bars
    return PlannedSection(name, max(4, bars + bars % 2) if usual is None else bars, tuple(placed))


def played_section(name: str, pace: Pace) -> PlannedSection:
    """Return a section without singing: eight bars, four for an intro, half where bars are slow."""
    bars = _PLAYED_BARS.get(name, 8)
    return PlannedSection(name, bars if pace.bar_s < _SLOW_BAR_S else max(2, bars // 2))


def plan_song(lyrics: list[LyricSection], pace: Pace, *, sung: bool) -> list[PlannedSection]:
    """Return a song's sections: those of the lyrics, with an intro and an outro where they have none."""
    planned: list[PlannedSection] = []
    for section in lyrics:
        lines = breath_lines(section.lines, rapped=pace.rapped) if sung else []
        planned.append(
            sung_section(section.name, lines, pace) if lines else played_section(section.name, pace)
        )
    if not planned:
        planned = [played_section(name, pace) for name in _INSTRUMENTAL_FORM]
    if planned[0].name != "intro":
        planned.insert(0, played_section("intro", pace))
    if planned[-1].name != "outro":
        planned.append(played_section("outro", pace))
    return planned


def bars_within(length_s: float, bar_s: float) -> int:
    """Return how many bars, ringing out included, come nearest to a length; never less than two."""
    return max(2, round((length_s - RING_OUT_S) / bar_s))


def numbered(planned: list[PlannedSection]) -> list[PlannedSection]:
    """Return the sections with their ordinals set anew."""
    seen: dict[str, int] = {}
    result: list[PlannedSection] = []
    for part in planned:
        result.append(replace(part, ordinal=seen.get(part.name, 0)))
        seen[part.name] = seen.get(part.name, 0) + 1
    return result


def total_bars(planned: list[PlannedSection]) -> int:
    """Return the bars of all sections."""
    return sum(part.bars for part in planned)


def cut_to(part: PlannedSection, bars: int) -> PlannedSection:
    """Return a section of fewer bars with the lines that still fit."""
    lines = tuple(line for line in part.lines if line.first_bar + line.bars <= bars)
    return replace(part, bars=bars, lines=lines)


def longest_bars(bar_s: float, length_s: float) -> int:
    """Return how many whole bars fit into a length with the ringing out."""
    return max(2, math.floor((length_s - RING_OUT_S) / bar_s))

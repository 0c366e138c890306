"""How long, and in which sections: whole bars in a loop of 5 to 12 s, or a form for an asked length."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.engine.arrays import FRAMES_PER_S
from bot.engine.score.model import Section
from bot.engine.spec import MAX_LENGTH_S
from bot.engine.theory.metre import metre_of

SHORTEST_LOOP_S, LONGEST_LOOP_S = 5.0, 12.0
_LOOP_BARS = (1, 2, 4, 8, 16)
_MAX_TEMPO_STRETCH = 0.025
_LARGEST_LOOP_NUDGE = 0.06
_SMALL_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23)
_LONGEST_SINGLE_SECTION_BARS = 8
_SHORT_BAR_S = 1.45

# Roles and drums that rest in a section. The last section is always full, so that the loop closes.
RESTING_ROLES = {
    "intro": frozenset({"lead", "vox", "stab"}),
    "break": frozenset({"bass", "stab"}),
}
RESTING_DRUMS = {
    "intro": frozenset({"snare", "clap", "crash", "tomh", "tomm", "toml"}),
    "break": frozenset({"kick", "snare", "clap", "crash", "tomh", "tomm", "toml", "ohat"}),
}
_FORMS = {
    1: ("full",),
    2: ("full", "lift"),
    3: ("full", "lift", "full"),
    4: ("full", "lift", "break", "full"),
}
_LONG_FORM = ("intro", "full", "lift", "break", "full", "lift", "break", "full")


@dataclass(frozen=True, slots=True)
class Form:
    """Tempo, bars, sections and exact length; `frames` are columns of 10 ms."""

    bpm: float
    meter: int
    bars: int
    frames: int
    sections: tuple[Section, ...]

    @property
    def phrase_bars(self) -> int:
        """Return how many bars a melody has before it comes again."""
        return self.sections[0].bars

    def section_at(self, bar: int) -> Section:
        """Return the section a bar lies in."""
        return next(part for part in reversed(self.sections) if part.first_bar <= bar)


def is_smooth(number: int) -> bool:
    """Tell whether a number has only small prime factors, which makes its Fourier transforms fast."""
    for prime in _SMALL_PRIMES:
        while number % prime == 0:
            number //= prime
    return number == 1


def nearest_smooth(frames: float) -> int:
    """Return the smooth number of frames nearest to a wish."""
    wish = max(2, round(frames))
    distance = 0
    while True:
        for candidate in (wish + distance, wish - distance):
            if candidate > 1 and is_smooth(candidate):
                return candidate
        distance += 1


def next_smooth(frames: float) -> int:
    """Return the smallest smooth number of frames that is not below a wish."""
    candidate = max(2, math.ceil(frames - 1e-6))
    while not is_smooth(candidate):
        candidate += 1
    return candidate


def plan_form(
    bpm: float, meter: int, length_s: float | None, *, asked_bpm: bool, bars: int | None = None
) -> Form:
    """Choose bars and length.

    Without an asked length: the most bars of 1, 2, 4, 8 or 16 that last 5 to 12 s. With one: bars up to
    the length, or to the first bar line after it; a tempo nobody asked for gives way by up to 2.5 % to end
    on it. Asked `bars` are those on paper, played as they are. Raises ValueError where they last longer than
    `MAX_LENGTH_S`.
    """
    bar_s = meter * 60.0 / bpm
    if bars is not None:
        bars = math.ceil(bars / metre_of(meter).written_bars)
        if bars * bar_s > MAX_LENGTH_S:
            raise ValueError(
                f"{bars} bars last {bars * bar_s:.0f} seconds at this tempo; {MAX_LENGTH_S:g} is the most."
            )
        return Form(bpm, meter, bars, nearest_smooth(bars * bar_s * FRAMES_PER_S), sections_of(bars, bar_s))
    if length_s is None:
        bpm = _fitted_tempo(bpm, bar_s, asked_bpm=asked_bpm)
        bar_s = meter * 60.0 / bpm
        fitting = [bars for bars in _LOOP_BARS if SHORTEST_LOOP_S <= bars * bar_s <= LONGEST_LOOP_S]
        bars = fitting[-1] if fitting else max(1, round((SHORTEST_LOOP_S + LONGEST_LOOP_S) / 2.0 / bar_s))
        return Form(bpm, meter, bars, nearest_smooth(bars * bar_s * FRAMES_PER_S), sections_of(bars, bar_s))
    nearest = max(1, round(length_s / bar_s))
    if not asked_bpm and abs(nearest * bar_s / length_s - 1.0) <= _MAX_TEMPO_STRETCH:
        bars, bpm = nearest, nearest * meter * 60.0 / length_s
    else:
        bars = max(1, math.ceil(length_s / bar_s - 1e-9))
    bar_s = meter * 60.0 / bpm
    return Form(bpm, meter, bars, next_smooth(bars * bar_s * FRAMES_PER_S), sections_of(bars, bar_s))


def _fitted_tempo(bpm: float, bar_s: float, *, asked_bpm: bool) -> float:
    """Return the tempo, raised a little where four or eight bars just miss the longest loop."""
    for bars in (8, 4):
        stretch = bars * bar_s / LONGEST_LOOP_S
        if 1.0 < stretch <= 1.0 + _LARGEST_LOOP_NUDGE and not asked_bpm:
            return bpm * stretch
    return bpm


def sections_of(bars: int, bar_s: float) -> tuple[Section, ...]:
    """Return the sections of a loop of so many bars, each lasting `bar_s`."""
    if bars <= _LONGEST_SINGLE_SECTION_BARS:
        return (Section("loop", 0, bars),)
    size = 8 if bar_s < _SHORT_BAR_S else 4
    count = max(1, round(bars / size))  # what is left over belongs to the last section
    lengths = [size] * (count - 1) + [bars - size * (count - 1)]
    names = _FORMS.get(count) or tuple(_LONG_FORM[place % len(_LONG_FORM)] for place in range(count))
    if names[-1] in RESTING_ROLES:
        names = (*names[:-1], "full")
    starts = range(0, size * count, size)
    return tuple(map(Section, names, starts, lengths))

"""The tune of a line: a contour that rises and falls like a phrase, chosen by a small critic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.engine.chance import dice
from bot.engine.compose.events import Event
from bot.engine.songs.plan import PlacedLine
from bot.engine.songs.rhythm import rapped_onsets, strength_at, stress_of, sung_onsets
from bot.engine.theory.harmony import SCALES, Harmony

_LETTERS = "ABAC"
_CLOSED = "C"  # the letter that comes home
_STRONG = 0.6
_LONG_STEPS = 4
_LEGATO = 0.94
_LONGEST_NOTE_STEPS = 10
_LONGEST_RAPPED_STEPS = 2.5
_BREATH_STEPS = 2
# Where in its range a voice lies, 0 bottom to 1 top: a chorus is higher than a verse.
_HEIGHTS = {"verse": 0.36, "pre-chorus": 0.46, "chorus": 0.58, "bridge": 0.5, "intro": 0.4, "outro": 0.4}


@dataclass(frozen=True, slots=True)
class Part:
    """Who has the tune: a range in MIDI pitches, where it speaks when it raps, how odd its leaps are.

    `candidates` tunes are thrown for each line. `name` keys its chance.
    """

    low: int
    high: int
    speech: int
    candidates: int
    name: tuple[object, ...]
    weirdness: float = 0.0


@lru_cache(maxsize=256)
def _scale_pitches(tonic: int, mode: str, low: int, high: int) -> tuple[int, ...]:
    classes = {(tonic + degree) % 12 for degree in SCALES[mode]}
    return tuple(pitch for pitch in range(low, high + 1) if pitch % 12 in classes)


class Shapes:
    """Remembers the stresses of the first line of each shape, which later lines of that shape are sung to."""

    def __init__(self) -> None:
        self._stresses: dict[tuple[object, ...], list[float]] = {}

    def of(self, placed: PlacedLine, *shape: object) -> list[float]:
        """Return the stresses that a line's rhythm is made for."""
        own = [stress_of(syllable, at) for at, syllable in enumerate(placed.line.syllables)]
        return self._stresses.setdefault((*shape, len(own), placed.bars), own)


def line_events(
    placed: PlacedLine,
    place: int,
    section: str,
    part: Part,
    harmony: Harmony,
    shapes: Shapes,
    *,
    rapped: bool,
) -> list[Event]:
    """Return one event a syllable for the `place`-th line of a section; steps count from the section's start.

    Lines of the same letter (first and third, say) and the same number of syllables have the same rhythm
    and contour wherever they come, so a hook returns.
    """
    letter = _LETTERS[place % len(_LETTERS)]
    name = (*part.name, section, letter)
    stresses = shapes.of(placed, section, letter)
    onsets_of = rapped_onsets if rapped else sung_onsets
    onsets = onsets_of(stresses, placed.bars, harmony.steps, name)
    first = placed.first_bar * harmony.steps
    end = placed.bars * harmony.steps
    lengths = _lengths(onsets, end, rapped=rapped)
    if rapped:
        pitches = _spoken(onsets, part, name)
    else:
        pitches = _sung(onsets, lengths, first, section, letter, part, harmony, name)
    return [
        Event(first + onset, length, pitch, 0.72 + 0.2 * strength_at(onset, harmony.steps))
        for onset, length, pitch in zip(onsets, lengths, pitches, strict=True)
    ]


def _lengths(onsets: list[int], end: int, *, rapped: bool) -> list[float]:
    """Return each note's length: up to the next, the last one up to a breath before the line ends."""
    longest = _LONGEST_RAPPED_STEPS if rapped else _LONGEST_NOTE_STEPS
    following = [*onsets[1:], max(onsets[-1] + 1, end - _BREATH_STEPS)]
    return [min(longest, (after - onset) * _LEGATO) for onset, after in zip(onsets, following, strict=True)]


def _spoken(onsets: list[int], part: Part, name: tuple[object, ...]) -> list[int]:
    chance = dice("speech", *name, len(onsets))
    pitches = [
        part.speech + (2 if onset % 8 == 0 else 0) + chance.choice((-1, 0, 0, 0, 1)) for onset in onsets
    ]
    pitches[-1] = part.speech - 2  # the rhyme falls
    return pitches


def _sung(
    onsets: list[int],
    lengths: list[float],
    first: int,
    section: str,
    letter: str,
    part: Part,
    harmony: Harmony,
    name: tuple[object, ...],
) -> list[int]:
    scale = _scale_pitches(harmony.tonic, harmony.mode, part.low, part.high)
    anchored = [
        strength_at(onset, harmony.steps) >= _STRONG or length >= _LONG_STEPS
        for onset, length in zip(onsets, lengths, strict=True)
    ]
    anchored[-1] = True
    classes = [harmony.chord_classes(first + onset) for onset in onsets]
    best: list[int] = []
    best_value = -math.inf
    for number in range(part.candidates):
        contour = _contour(len(onsets), len(scale), section, part, (*name, number))
        pitches = [
            _settled(scale[degree], chord, scale) if anchor else scale[degree]
            for degree, anchor, chord in zip(contour, anchored, classes, strict=True)
        ]
        if letter in _CLOSED:
            home = {harmony.tonic % 12} & classes[-1] or classes[-1]
            pitches[-1] = _settled(pitches[-1], frozenset(home), scale)
        value = _judged(pitches, part)
        if value > best_value:
            best, best_value = pitches, value
    return best


def _settled(pitch: int, classes: frozenset[int], scale: tuple[int, ...]) -> int:
    """Return the nearest pitch of a chord within the range, or the pitch itself if there is none."""
    near = [
        other
        for other in range(pitch - 4, pitch + 5)
        if other % 12 in classes and scale[0] <= other <= scale[-1]
    ]
    return min(near, key=lambda other: (abs(other - pitch), other), default=pitch)


def _contour(count: int, size: int, section: str, part: Part, name: tuple[object, ...]) -> list[int]:
    """Return scale places for each note: an arch over the line with small turns on it."""
    chance = dice("contour", *name)
    height = _HEIGHTS.get(section, 0.42)
    base = (height + chance.uniform(-0.1, 0.06)) * (size - 1)
    lift = chance.uniform(1.2, 3.2) * (1.0 + part.weirdness)
    peak = chance.uniform(0.35, 0.75)
    slope = chance.uniform(-1.2, 0.6)
    places: list[int] = []
    turn = 0.0
    for note in range(count):
        along = (note + 0.5) / count
        arch = math.sin(math.pi * (along ** (math.log(0.5) / math.log(peak))))
        turn = 0.5 * turn + chance.choice((-1.0, -0.5, 0.0, 0.0, 0.5, 1.0)) * (1.0 + 2.0 * part.weirdness)
        places.append(max(0, min(size - 1, round(base + lift * arch + slope * along + turn))))
    return places


def _judged(pitches: list[int], part: Part) -> float:
    """Return how singable a tune is: mostly steps, no hammering, one climax that is not its end."""
    moves = [after - before for before, after in pairwise(pitches)] or [0]
    leaps = sum(max(0, abs(move) - (5 if part.weirdness < 0.5 else 9)) for move in moves)
    value = -abs(sum(map(abs, moves)) / len(moves) - 1.9) - 0.35 * leaps
    value -= 0.3 * sum(1 for before, after in pairwise(moves) if before == after == 0)
    value -= 0.25 * sum(1 for before, after in pairwise(moves) if abs(before) > 2 and before * after > 0)
    top = max(pitches)
    value += 0.3 if pitches.count(top) <= 2 and pitches[-1] != top else 0.0
    value -= 0.2 * max(0, 3 - len(set(pitches)))
    return value

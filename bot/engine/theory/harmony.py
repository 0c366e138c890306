"""Scales, chords and voice leading: which pitches may sound, and how a chord moves to the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.engine.score.model import Chord

if TYPE_CHECKING:
    from collections.abc import Sequence

SCALES: dict[str, tuple[int, ...]] = {
    "maj": (0, 2, 4, 5, 7, 9, 11),
    "min": (0, 2, 3, 5, 7, 8, 10),
    "dor": (0, 2, 3, 5, 7, 9, 10),
    "phr": (0, 1, 3, 5, 7, 8, 10),
    "lyd": (0, 2, 4, 6, 7, 9, 11),
    "mix": (0, 2, 4, 5, 7, 9, 10),
    "blu": (0, 3, 5, 6, 7, 10),
    "pen": (0, 2, 4, 7, 9),
    "ins": (0, 1, 5, 7, 8),
    "phd": (0, 1, 4, 5, 7, 8, 10),
    "sle": (0, 1, 3, 7, 8),
}
_MAJOR_PENTATONIC = (0, 2, 4, 7, 9)
_MINOR_PENTATONIC = (0, 3, 5, 7, 10)
PENTATONICS: dict[str, tuple[int, ...]] = {
    "maj": _MAJOR_PENTATONIC,
    "mix": _MAJOR_PENTATONIC,
    "lyd": _MAJOR_PENTATONIC,
    "min": _MINOR_PENTATONIC,
    "dor": _MINOR_PENTATONIC,
    "phr": _MINOR_PENTATONIC,
    "blu": SCALES["blu"],
}
# Which modes have a minor third is `score.MINOR_MODES`; these sound major (phrygian dominant is neither).
MAJORISH_MODES = frozenset({"maj", "lyd", "mix", "blu", "pen"})
DIATONIC_MODES = frozenset({"maj", "lyd", "mix", "min", "dor", "phr"})

_NUMERALS = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_ADDITIONS: dict[str, tuple[int, ...]] = {
    "7": (10,),
    "maj7": (11,),
    "6": (9,),
    "m7": (10,),
    "add9": (14,),
    "7b9": (10, 13),
    "7#9": (10, 15),
}
_SHAPES: dict[str, tuple[int, ...]] = {
    "13": (0, 4, 10, 14, 21),
    "maj9": (0, 4, 7, 11, 14),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "5": (0, 7),
    "ø": (0, 3, 6, 10),
    "o": (0, 3, 6),
    "o7": (0, 3, 6, 9),
}


@lru_cache(maxsize=512)
def parse_chord(symbol: str) -> Chord:
    """Read a Roman numeral ("bVImaj7", "ii9", "V13") as a chord. Raises ValueError if it is none."""
    body = symbol.lstrip("b#")
    accidental = sum(1 if sign == "#" else -1 for sign in symbol[: len(symbol) - len(body)])
    quality = body.lstrip("iIvV")
    numeral = body[: len(body) - len(quality)]
    if numeral.lower() not in _NUMERALS:
        raise ValueError(f"{symbol!r} is not a chord.")
    root = (_NUMERALS[numeral.lower()] + accidental) % 12
    third = 3 if numeral.islower() or quality.startswith("m7") else 4
    if quality in _SHAPES:
        return Chord(root, _SHAPES[quality])
    if quality == "9":
        return Chord(root, (0, third, 7, 10, 14))
    if quality and quality not in _ADDITIONS:
        raise ValueError(f"{symbol!r} is not a chord.")
    return Chord(root, (0, third, 7, *_ADDITIONS.get(quality, ())))


def parse_bar(text: str) -> list[Chord]:
    """Read one bar of a progression: a chord, or two with a slash between them."""
    return [parse_chord(symbol) for symbol in text.split("/")]


# How much a chord speaks for minor (positive) or major; power chords have no third, so the numeral decides.
_MINOR_VOTES = {"i": 3, "bVI": 1, "bIII": 1, "bVII": 1, "iv": 1, "v": 1} | {
    "I": -3,
    "IV": -1,
    "ii": -1,
    "vi": -1,
    "iii": -1,
}


def progression_is_minor(progression: Sequence[str]) -> bool:
    """Tell whether a progression sounds minor by a vote of its bars' first chords."""
    return sum(_MINOR_VOTES.get(numeral_of(bar.split("/")[0]), 0) for bar in progression) > 0


def numeral_of(symbol: str) -> str:
    """Return a chord symbol without its quality ("bVImaj7" gives "bVI")."""
    quality = symbol.lstrip("b#").lstrip("iIvV")
    return symbol[: len(symbol) - len(quality)]


@dataclass(frozen=True, slots=True)
class Harmony:
    """Key and chords of a piece on a grid of `steps` sixteenths a bar."""

    tonic: int
    mode: str
    bars: int
    steps: int
    chords: list[list[Chord]]

    @property
    def register_shift(self) -> int:
        """Return the tonic as -5..6, so that every key lies in the same register."""
        return self.tonic if self.tonic < 7 else self.tonic - 12

    def tonic_near(self, pitch: int) -> int:
        """Return the tonic's pitch within half an octave of a pitch."""
        return pitch - 6 + (self.tonic - pitch + 6) % 12

    def chord_at(self, step: int) -> Chord:
        """Return the chord that sounds at a step; the piece repeats for ever."""
        bar = self.chords[(step // self.steps) % len(self.chords)]
        return bar[(step % self.steps) * len(bar) // self.steps]

    def chord_classes(self, step: int) -> frozenset[int]:
        """Return the pitch classes of the chord at a step."""
        chord = self.chord_at(step)
        return frozenset((self.tonic + chord.root + interval) % 12 for interval in chord.intervals)

    def scale_steps(self) -> tuple[int, ...]:
        """Return the scale in semitones above the tonic."""
        return SCALES[self.mode]

    def melody_pitch(self, degree: int, step: int, home: int, *, on_chord: bool, pentatonic: bool) -> int:
        """Turn a scale degree (0 = the tonic nearest to `home`, 7 = its octave) into a MIDI pitch.

        With `on_chord` the nearest chord tone is taken instead; the tie goes down, then up.
        """
        seven = SCALES[self.mode]
        scale = PENTATONICS.get(self.mode, seven) if pentatonic else seven
        size = len(scale)
        if size < 7:
            degree = round(degree * size / 7)
        pitch = self.tonic_near(home) + scale[degree % size] + 12 * (degree // size)
        if not on_chord:
            return pitch
        classes = self.chord_classes(step)
        near = (pitch + shift for shift in (0, -1, 1, -2, 2, 3))
        return min(near, key=lambda candidate: (candidate % 12 not in classes, abs(candidate - pitch)))

    def bass_pitch(self, step: int, lowest: int = 28) -> int:
        """Return the chord's root in the octave above `lowest`."""
        return lowest + (self.tonic + self.chord_at(step).root - lowest) % 12

    def fifths(self, step: int) -> list[int]:
        """Return root, fifth and octave low down, as a distorted guitar plays them."""
        root = 40 + (self.tonic + self.chord_at(step).root - 40) % 12
        return [root, root + 7, root + 12]

    def voicing(self, step: int, previous: list[int] | None, centre: int, size: int) -> list[int]:
        """Return the chord as `size` pitches at most, in the inversion that moves least from `previous`."""
        chord = self.chord_at(step)
        intervals = chord.intervals
        if len(intervals) > size:  # the bass has the root already
            intervals = intervals[1 : size + 1] if len(intervals) > 4 else intervals[:size]
        classes = [(self.tonic + chord.root + interval) % 12 for interval in intervals]
        return min(
            (_close_position(classes, lowest) for lowest in range(centre - 9, centre + 1)),
            key=lambda pitches: (
                _movement(pitches, previous) + 0.6 * abs(sum(pitches) / len(pitches) - centre)
            ),
        )


def _close_position(classes: list[int], lowest: int) -> list[int]:
    return sorted(lowest + (pitch_class - lowest) % 12 for pitch_class in classes)


def _movement(pitches: list[int], previous: list[int] | None) -> float:
    # A second at the bottom of a voicing is mud: it costs as much as a large leap.
    crowding = sum(2.0 for low, high in pairwise(pitches) if high - low < 2)
    if not previous:
        return crowding
    return crowding + sum(min(abs(pitch - old) for old in previous) for pitch in pitches)

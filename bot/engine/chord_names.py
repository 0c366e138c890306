"""Chords in words: Roman numerals as a score's analysis has them, and names as players read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.score import MINOR_MODES, TONIC_NAMES_MAJOR, TONIC_NAMES_MINOR

if TYPE_CHECKING:
    from bot.engine.score import Chord

_NUMERALS = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
_WHOLE_SHAPES: dict[tuple[int, ...], str] = {
    (0, 7): "5",
    (0, 2, 7): "sus2",
    (0, 5, 7): "sus4",
    (0, 3, 6): "dim",
    (0, 3, 6, 9): "dim7",
    (0, 3, 6, 10): "m7b5",
    (0, 4, 10, 14, 21): "13",
}
# What stands above the triad, in semitones above the root.
_ADDITIONS: dict[tuple[int, ...], str] = {
    (): "",
    (9,): "6",
    (10,): "7",
    (11,): "maj7",
    (14,): "add9",
    (10, 14): "9",
    (11, 14): "maj9",
    (10, 13): "7b9",
    (10, 15): "7#9",
}
_TRIAD = frozenset({0, 3, 4, 7})


def numeral(chord: Chord) -> str:
    """Return a chord as a Roman numeral: small for minor, with its additions ("ii7", "bVImaj7")."""
    letters = _NUMERALS[chord.root % 12]
    name = letters.replace("I", "i").replace("V", "v") if _is_minor(chord) else letters
    return name + _suffix(chord)


def chord_name(chord: Chord, tonic: int, mode: str) -> str:
    """Return a chord by its root's name: "F#m7", "Bbmaj7"; tonic 0..11 above C."""
    names = TONIC_NAMES_MINOR if mode in MINOR_MODES else TONIC_NAMES_MAJOR
    suffix = _suffix(chord)
    minor = _is_minor(chord) and chord.intervals not in _WHOLE_SHAPES
    return names[(tonic + chord.root) % 12] + ("m" if minor else "") + suffix


def _is_minor(chord: Chord) -> bool:
    return 3 in chord.intervals and 4 not in chord.intervals


def _suffix(chord: Chord) -> str:
    whole = _WHOLE_SHAPES.get(chord.intervals)
    if whole is not None:
        return whole
    above = tuple(interval for interval in chord.intervals if interval not in _TRIAD)
    return _ADDITIONS.get(above, f"({','.join(map(str, above))})")

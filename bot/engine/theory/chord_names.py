"""Chords in words: Roman numerals as a score's analysis has them, and names as players read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.score.model import MINOR_MODES

if TYPE_CHECKING:
    from bot.engine.score.model import Chord

_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_SHARP_MAJOR_KEYS, _SHARP_MINOR_KEYS = frozenset({2, 4, 6, 7, 9, 11}), frozenset({1, 4, 6, 8, 11})
_G_SHARP = 8
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
    minor = _is_minor(chord) and chord.intervals not in _WHOLE_SHAPES
    root = _spellings(chord, tonic, mode)[(tonic + chord.root) % 12]
    return root + ("m" if minor else "") + _suffix(chord)


def _spellings(chord: Chord, tonic: int, mode: str) -> tuple[str, ...]:
    """Return note names as the key signature has them; a lowered degree is a flat, a raised one a sharp."""
    accidental = _NUMERALS[chord.root % 12][0]
    minor = mode in MINOR_MODES
    if accidental == "#":
        return _SHARPS
    if accidental == "b":
        return _SHARPS if minor and tonic == _G_SHARP else _FLATS
    return _SHARPS if tonic in (_SHARP_MINOR_KEYS if minor else _SHARP_MAJOR_KEYS) else _FLATS


def _is_minor(chord: Chord) -> bool:
    return 3 in chord.intervals and 4 not in chord.intervals


def _suffix(chord: Chord) -> str:
    whole = _WHOLE_SHAPES.get(chord.intervals)
    if whole is not None:
        return whole
    above = tuple(interval for interval in chord.intervals if interval not in _TRIAD)
    return _ADDITIONS.get(above, f"({','.join(map(str, above))})")

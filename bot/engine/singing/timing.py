"""When each sound of a line is made: vowels start on their notes, consonants come before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.engine.singing.phones import DIPHTHONGS, Syllable
from bot.engine.singing.sounds import sound_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

SING_LEAD_S = 0.4  # room before a line's first note for the consonants before its first vowel
_CONSONANTS_SHARE = 0.6  # of the time between two vowel starts, at most
_SHORTEST_VOWEL_S = 0.045
_CODA_AFTER_NOTE = 0.5  # share of the last consonants that may sound after the note's end
_DIPHTHONG_TURN = 0.55  # share of a diphthong's time on its first vowel


@dataclass(frozen=True, slots=True)
class Timed:
    """A note's place in seconds from the line's sample 0, its MIDI pitch, velocity, and its syllable."""

    start_s: float
    end_s: float
    pitch: float
    velocity: float
    syllable: Syllable


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one sound; `vowel` is the vowel it leans towards, `note` the number of its note."""

    sound: str
    start_s: float
    end_s: float
    vowel: str
    note: int


def segments_of(notes: Sequence[Timed], *, stretch: float = 1.0) -> list[Segment]:
    """Return the sounds of a line in order, without overlap; `stretch` lengthens or shortens consonants."""
    found: list[Segment] = []
    for number, note in enumerate(notes):
        following = notes[number + 1] if number + 1 < len(notes) else None
        previous = notes[number - 1] if number else None
        onset = _lengths(note.syllable.onset, stretch * _squeeze(previous, note, stretch))
        start_s = note.start_s - sum(onset)
        earliest_s = found[-1].end_s if found else 0.0
        if start_s < earliest_s:  # what is still too long is pressed together
            scale = max(0.0, note.start_s - earliest_s) / max(sum(onset), 1e-6)
            onset = [length * scale for length in onset]
            start_s = note.start_s - sum(onset)
        first_vowel = _vowel_targets(note.syllable.nucleus)[0]
        for sound, length in zip(note.syllable.onset, onset, strict=True):
            found.append(Segment(sound, start_s, start_s + length, first_vowel, number))
            start_s += length
        coda = _lengths(note.syllable.coda, stretch * _squeeze(note, following, stretch))
        end_s = note.end_s + _CODA_AFTER_NOTE * sum(coda)
        if following is not None:
            room_s = following.start_s - note.start_s
            ahead = sum(_lengths(following.syllable.onset, stretch * _squeeze(note, following, stretch)))
            end_s = min(end_s, note.start_s + room_s - ahead)
            if following.start_s - note.end_s < _LEGATO_GAP_S:
                end_s = note.start_s + room_s - ahead
        vowel_end_s = max(note.start_s + _SHORTEST_VOWEL_S, end_s - sum(coda))
        found += _nucleus(note, vowel_end_s, number)
        last_vowel = _vowel_targets(note.syllable.nucleus)[-1]
        at_s = vowel_end_s
        for sound, length in zip(note.syllable.coda, coda, strict=True):
            found.append(Segment(sound, at_s, at_s + length, last_vowel, number))
            at_s += length
    return found


_LEGATO_GAP_S = 0.12  # notes nearer than this are bound: the vowel lasts until the next consonants


def _lengths(sounds: tuple[str, ...], stretch: float) -> list[float]:
    shapes = sound_shapes()
    clustered = 1.0 if len(sounds) < 2 else 0.85
    return [shapes[sound].length_s * stretch * clustered for sound in sounds]


def _squeeze(note: Timed | None, following: Timed | None, stretch: float) -> float:
    """Return how much the consonants between two vowels must be shortened to leave the vowel its time."""
    if note is None or following is None:
        return 1.0
    wanted = sum(_lengths(note.syllable.coda, stretch)) + sum(_lengths(following.syllable.onset, stretch))
    room = _CONSONANTS_SHARE * (following.start_s - note.start_s)
    return min(1.0, room / wanted) if wanted > 0.0 else 1.0


def _vowel_targets(nucleus: str) -> tuple[str, ...]:
    return DIPHTHONGS.get(nucleus, (nucleus,))


def _nucleus(note: Timed, end_s: float, number: int) -> list[Segment]:
    targets = _vowel_targets(note.syllable.nucleus)
    if len(targets) == 1:
        return [Segment(targets[0], note.start_s, end_s, targets[0], number)]
    turn_s = note.start_s + _DIPHTHONG_TURN * (end_s - note.start_s)
    return [
        Segment(targets[0], note.start_s, turn_s, targets[0], number),
        Segment(targets[1], turn_s, end_s, targets[1], number),
    ]

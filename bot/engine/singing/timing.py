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
_LEGATO_GAP_S = 0.12  # notes nearer than this are bound: the vowel lasts until the next consonants
_DIPHTHONG_TURN = 0.646  # share of a diphthong's time on its first vowel
_HELD_SHARE = 0.25  # of a note, for a last consonant that can be sung
_LONGEST_HELD_S = 0.2
_CLUSTER = 0.85  # consonants beside others are shorter


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


@dataclass(frozen=True, slots=True)
class _Lengths:
    """How long the consonants of one note are, in seconds."""

    onset: list[float]
    coda: list[float]


def segments_of(notes: Sequence[Timed], *, stretch: float = 1.0) -> list[Segment]:
    """Return the sounds of a line in order, without overlap; `stretch` lengthens or shortens consonants."""
    lengths = _consonant_lengths(notes, stretch)
    found: list[Segment] = []
    for number, note in enumerate(notes):
        targets = DIPHTHONGS.get(note.syllable.nucleus, (note.syllable.nucleus,))
        onset, coda = lengths[number].onset, lengths[number].coda
        room_s = note.start_s - (found[-1].end_s if found else 0.0)
        onset_s = sum(onset)  # nothing where two notes are so near that no consonant fits between them
        fitting = min(1.0, max(0.0, room_s) / onset_s) if onset_s > 0.0 else 1.0
        at_s = note.start_s - fitting * onset_s
        for sound, length_s in zip(note.syllable.onset, onset, strict=True):
            found.append(Segment(sound, at_s, at_s + fitting * length_s, targets[0], number))
            at_s += fitting * length_s
        end_s = note.end_s + _CODA_AFTER_NOTE * sum(coda)
        if number + 1 < len(notes):
            consonants_s = notes[number + 1].start_s - sum(lengths[number + 1].onset)
            bound = notes[number + 1].start_s - note.end_s < _LEGATO_GAP_S
            end_s = consonants_s if bound else min(end_s, consonants_s)
        vowel_end_s = max(note.start_s + _SHORTEST_VOWEL_S, end_s - sum(coda))
        found += _nucleus(targets, note.start_s, vowel_end_s, number)
        at_s = vowel_end_s
        for sound, length_s in zip(note.syllable.coda, coda, strict=True):
            found.append(Segment(sound, at_s, at_s + length_s, targets[-1], number))
            at_s += length_s
    return found


def _consonant_lengths(notes: Sequence[Timed], stretch: float) -> list[_Lengths]:
    """Return the consonants' lengths, shortened where they would leave a vowel too little of its time."""
    wished = [
        _Lengths(_wished(note.syllable.onset, stretch), _held(note, _wished(note.syllable.coda, stretch)))
        for note in notes
    ]
    squeezes = [1.0]
    for number in range(len(notes) - 1):
        wanted_s = sum(wished[number].coda) + sum(wished[number + 1].onset)
        room_s = _CONSONANTS_SHARE * (notes[number + 1].start_s - notes[number].start_s)
        squeezes.append(min(1.0, max(0.0, room_s) / wanted_s) if wanted_s > 0.0 else 1.0)
    squeezes.append(1.0)
    first_s = sum(wished[0].onset) if wished else 0.0
    squeezes[0] = min(1.0, SING_LEAD_S / first_s) if first_s > 0.0 else 1.0
    return [
        _Lengths([before * length for length in one.onset], [after * length for length in one.coda])
        for one, before, after in zip(wished, squeezes[:-1], squeezes[1:], strict=True)
    ]


def _wished(sounds: tuple[str, ...], stretch: float) -> list[float]:
    shapes = sound_shapes()
    beside = 1.0 if len(sounds) < 2 else _CLUSTER
    return [shapes[sound].length_s * stretch * beside for sound in sounds]


def _held(note: Timed, coda: list[float]) -> list[float]:
    """Return last consonants' lengths: those that can be sung last longer on long notes."""
    least_s = min(_LONGEST_HELD_S, _HELD_SHARE * (note.end_s - note.start_s))
    return [
        max(length_s, least_s) if sound_shapes()[sound].kind in {"glide", "nasal"} else length_s
        for sound, length_s in zip(note.syllable.coda, coda, strict=True)
    ]


def _nucleus(targets: tuple[str, ...], start_s: float, end_s: float, number: int) -> list[Segment]:
    if len(targets) == 1:
        return [Segment(targets[0], start_s, end_s, targets[0], number)]
    turn_s = start_s + _DIPHTHONG_TURN * (end_s - start_s)
    return [
        Segment(targets[0], start_s, turn_s, targets[0], number),
        Segment(targets[1], turn_s, end_s, targets[1], number),
    ]

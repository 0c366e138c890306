"""What a morph's words ask for in numbers and names of keys: it stands above what the strengths reach."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.instruments import instruments
from bot.engine.songs.singers import SINGER_PREFIX, voice_table

if TYPE_CHECKING:
    from bot.engine.score.model import Note, Score, Track
    from bot.engine.words.intent import Intent

_OCTAVE = 12
_UNPITCHED_ROLE = "drums"


def near_tempo(wanted_bpm: float, bpm: float) -> float:
    """Return a tempo, doubled or halved until a tune of `bpm` is still itself at it."""
    while wanted_bpm > bpm * math.sqrt(2.0):
        wanted_bpm /= 2.0
    while wanted_bpm < bpm / math.sqrt(2.0):
        wanted_bpm *= 2.0
    return wanted_bpm


def in_asked_key(score: Score, intent: Intent) -> Score:
    """Return a score moved to the tonic that words ask for, up or down, whichever its players reach better.

    A score stays where it is when the words name no tonic, or a mode that it is not in: another mode would
    need other chords and another tune.
    """
    if intent.tonic is None or intent.mode not in {None, score.mode}:
        return score
    up = (intent.tonic - score.tonic) % _OCTAVE
    if not up:
        return score
    by = min((up, up - _OCTAVE), key=lambda way: (_out_of_reach(score, way), abs(way)))
    tracks = [track if track.role == _UNPITCHED_ROLE else _moved(track, by) for track in score.tracks]
    return replace(score, tonic=intent.tonic, key_spelling=intent.key_spelling, tracks=tracks)


def _out_of_reach(score: Score, by: int) -> int:
    """Return how many notes would lie outside of what their players reach."""
    count = 0
    for track in score.tracks:
        if track.role != _UNPITCHED_ROLE:
            low, high = _reach(track)
            count += sum(not low <= note.pitch + by <= high for note in track.sounding)
    return count


def _reach(track: Track) -> tuple[float, float]:
    if track.lines:
        return voice_table().ranges[track.instrument.removeprefix(SINGER_PREFIX)]
    instrument = instruments()[track.instrument]
    return instrument.low, instrument.high


def _moved(track: Track, by: int) -> Track:
    def higher(notes: list[Note]) -> list[Note]:
        return [replace(note, pitch=note.pitch + by) for note in notes]

    lines = [replace(line, notes=line.notes if line.rapped else higher(line.notes)) for line in track.lines]
    return replace(track, notes=higher(track.notes), lines=lines, trim=None)

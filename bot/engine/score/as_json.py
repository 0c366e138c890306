"""A score as JSON and back: what is stored with each piece, and what others may send us."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.engine.score.reading import SCORE_FORMAT, read_score, score_from_json

if TYPE_CHECKING:
    from bot.engine.score.model import Note, Score, Track

__all__ = ["SCORE_FORMAT", "read_score", "score_from_json", "score_to_json"]


def score_to_json(score: Score) -> dict[str, Any]:
    """Return plain dicts, lists, numbers and strings; notes are five-element lists to keep it small."""
    underlay = score.underlay
    return {
        "format": SCORE_FORMAT,
        "bpm": score.bpm,
        "tonic": score.tonic,
        "mode": score.mode,
        "meter": score.meter,
        "bars": score.bars,
        "swing": score.swing,
        "chords": [[[chord.root, list(chord.intervals)] for chord in bar] for bar in score.chords],
        "tracks": [_track_to_json(track) for track in score.tracks],
        "feel": asdict(score.feel),
        "seed": score.seed,
        "sections": [[part.name, part.first_bar, part.bars, part.energy] for part in score.sections],
        "ingredients": dict(score.ingredients),
        "frames": score.frames,
        "key_spelling": score.key_spelling,
        "mask": None if score.mask is None else [score.mask.mask_id, score.mask.strength],
        "loops": score.loops,
        "title": score.title,
        "tags": score.tags,
        "underlay": None
        if underlay is None
        else {"score": score_to_json(underlay.score), "start": underlay.start, "end": underlay.end},
    }


def _notes_to_json(notes: list[Note]) -> list[list[Any]]:
    return [[note.start, note.length, note.pitch, note.velocity, note.mark] for note in notes]


def _track_to_json(track: Track) -> dict[str, Any]:
    return {
        "role": track.role,
        "instrument": track.instrument,
        "notes": _notes_to_json(track.notes),
        "level_db": track.level_db,
        "weight": track.weight,
        "ingredient": track.ingredient,
        "pattern": track.pattern,
        "under_mask": track.under_mask,
        "lines": [[line.text, _notes_to_json(line.notes), line.rapped] for line in track.lines],
        "trim": None if track.trim is None else [track.trim.gain, track.trim.peak],
    }

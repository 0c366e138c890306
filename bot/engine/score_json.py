"""A score as JSON and back: what is stored with each piece, and what others may send us."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.engine.score import (
    Chord,
    Feel,
    MaskPlan,
    Note,
    Score,
    Section,
    SungLine,
    Track,
    Trim,
    Underlay,
)

SCORE_FORMAT = 2


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


def score_from_json(data: dict[str, Any]) -> Score:
    """Rebuild a score from `score_to_json`. Raises ValueError for what this version cannot read."""
    if data.get("format") != SCORE_FORMAT:
        raise ValueError(f"A score of format {data.get('format')!r} cannot be read by this version.")
    underlay = data["underlay"]
    return Score(
        bpm=data["bpm"],
        tonic=data["tonic"],
        mode=data["mode"],
        meter=data["meter"],
        bars=data["bars"],
        swing=data["swing"],
        chords=[[Chord(root, tuple(steps)) for root, steps in bar] for bar in data["chords"]],
        tracks=[_track_from_json(track) for track in data["tracks"]],
        feel=Feel(**data["feel"]),
        seed=data["seed"],
        sections=[Section(*part) for part in data["sections"]],
        ingredients=dict(data["ingredients"]),
        frames=data["frames"],
        key_spelling=data["key_spelling"],
        mask=None if data["mask"] is None else MaskPlan(*data["mask"]),
        loops=data["loops"],
        title=data["title"],
        tags=data["tags"],
        underlay=None
        if underlay is None
        else Underlay(score_from_json(underlay["score"]), underlay["start"], underlay["end"]),
    )


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


def _track_from_json(data: dict[str, Any]) -> Track:
    return Track(
        role=data["role"],
        instrument=data["instrument"],
        notes=[Note(*note) for note in data["notes"]],
        level_db=data["level_db"],
        weight=data["weight"],
        ingredient=data["ingredient"],
        pattern=data["pattern"],
        under_mask=data["under_mask"],
        lines=[
            SungLine(text, [Note(*note) for note in notes], rapped) for text, notes, rapped in data["lines"]
        ],
        trim=None if data["trim"] is None else Trim(*data["trim"]),
    )

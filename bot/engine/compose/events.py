"""Events on the sixteenth grid, and the swing that turns them into notes in beats."""

from __future__ import annotations

from dataclasses import dataclass

from bot.engine.score.model import Note

STEPS_PER_BEAT = 4
_TRIPLET_SWING = 0.27  # from here on the eighths swing, below it the sixteenths


@dataclass(slots=True)
class Event:
    """A sound on the grid: `step` and `length` in sixteenths, `delay` in sixteenths off the grid."""

    step: float
    length: float
    pitch: float
    velocity: float
    mark: str = ""
    delay: float = 0.0


def swung(step: float, swing: float) -> float:
    """Return the beat of a grid step under a swing of 0 (straight) to 0.33 (triplets)."""
    if swing >= _TRIPLET_SWING:
        beat, inside = divmod(step, 4.0)
        first_half = 0.5 + swing / 2.0
        if inside <= 2.0:
            return beat + inside / 2.0 * first_half
        return beat + first_half + (inside - 2.0) / 2.0 * (1.0 - first_half)
    half_beat, inside = divmod(step, 2.0)
    bent = inside * (1.0 + swing) if inside <= 1.0 else 1.0 + swing + (inside - 1.0) * (1.0 - swing)
    return (half_beat * 2.0 + bent) / STEPS_PER_BEAT


def to_notes(events: list[Event], swing: float) -> list[Note]:
    """Return the events as notes in order of time."""
    notes = [
        Note(
            start=round(swung(event.step, swing) + event.delay / STEPS_PER_BEAT, 5),
            length=round(event.length / STEPS_PER_BEAT, 4),
            pitch=event.pitch,
            velocity=round(max(0.05, min(1.0, event.velocity)), 3),
            mark=event.mark,
        )
        for event in events
    ]
    return sorted(notes, key=lambda note: (note.start, note.pitch, note.mark))

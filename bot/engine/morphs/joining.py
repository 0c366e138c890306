"""Parts of scores put together: sections copied, what stands before a beat, players joined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.score.model import Underlay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.score.model import Note, Score, Section, SungLine, Track

EARLY = 0.05  # beats; a note played a little before a bar line belongs after it


MAX_BENEATH = 5
"""How many scores are kept beneath one: each makes it larger, and a score may not grow for ever."""


def laid_over(base: Score, start: float, end: float | None) -> Underlay:
    """Return what keeps the samples of a score outside beats `start`..`end`.

    What was made anew within the very same stretch before is not needed again. Beneath many scores the
    earliest is let go: what lies outside its stretch is then played from its notes, not kept to the bit.
    """
    beneath = base
    while beneath.underlay is not None and _covers(start, end, beneath.underlay):
        beneath = beneath.underlay.score
    return Underlay(_shallow(beneath, MAX_BENEATH), start, end)


def _covers(start: float, end: float | None, earlier: Underlay) -> bool:
    return start <= earlier.start and (end is None or (earlier.end is not None and earlier.end <= end))


def _shallow(score: Score, most: int) -> Score:
    if score.underlay is None:
        return score
    if most <= 1:
        return replace(score, underlay=None)
    return replace(score, underlay=replace(score.underlay, score=_shallow(score.underlay.score, most - 1)))


def copied(
    tracks: Iterable[Track], sections: list[Section], models: list[Section], meter: int
) -> list[Track]:
    """Return a band (singers left out) again in new sections, each going round its model's bars."""
    found: list[Track] = []
    for track in tracks:
        if track.lines:
            continue
        notes: list[Note] = []
        for section, model in zip(sections, models, strict=True):
            notes += _round(track.notes, section, model, meter)
        if notes:
            found.append(replace(track, notes=notes))
    return found


def _round(notes: list[Note], section: Section, model: Section, meter: int) -> list[Note]:
    first, length = model.first_bar * meter, model.bars * meter
    own = [note for note in notes if first - EARLY <= note.start < first + length - EARLY]
    start, end = section.first_bar * meter, (section.first_bar + section.bars) * meter
    found: list[Note] = []
    for turn in range(start, end, length):
        moved = [replace(note, start=round(note.start - first + turn, 5)) for note in own]
        found += [note for note in moved if note.start < end - EARLY]
    return found


def shifted(line: SungLine, beats: float) -> SungLine:
    """Return a line so many beats later."""
    return replace(line, notes=[replace(note, start=round(note.start + beats, 5)) for note in line.notes])


def before(tracks: Iterable[Track], beat: float) -> list[Track]:
    """Return the tracks up to a beat; a line or note that begins before it is kept whole."""
    return [
        replace(
            track,
            notes=[note for note in track.notes if note.start < beat - EARLY],
            lines=[line for line in track.lines if line.notes and line.notes[0].start < beat - EARLY],
        )
        for track in tracks
    ]


def joined(old: list[Track], new: list[Track]) -> list[Track]:
    """Return old tracks with the new ones' notes where the player is the same, and further tracks."""
    result = list(old)
    for track in new:
        for place, other in enumerate(result):
            same = (other.role, other.instrument, other.level_db, other.weight) == (
                track.role,
                track.instrument,
                track.level_db,
                track.weight,
            )
            if same and (bool(other.lines) == bool(track.lines) or not other.sounding):
                notes = sorted(other.notes + track.notes, key=lambda n: (n.start, n.pitch, n.mark))
                lines = sorted(other.lines + track.lines, key=lambda line: line.notes[0].start)
                result[place] = replace(other, notes=notes, lines=lines)
                break
        else:
            result.append(track)
    return [track for track in result if track.sounding]

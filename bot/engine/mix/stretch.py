"""Where beats lie in samples: once around a loop, or along one stretch of a song.

A song is too long to be mixed as one period. It is mixed in stretches of whole bars, each on a period that
is longer than the stretch by a lead-in (for sounds that begin before their beat) and by the time in which
its last notes and their reverb ring out. So nothing wraps around, and stretches are added where they lie.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.engine.arrays import FRAME_SAMPLES, LONGEST_NOTE_S, SAMPLE_RATE_HZ
from bot.engine.instruments import instruments
from bot.engine.mix.grid import Grid, fast_frames
from bot.engine.mix.room import response_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.engine.score.model import Note, Score, Track

LEAD_IN_S = 0.4
ECHO_BEATS = 0.75  # a dotted eighth
_ECHOES = 3
_STRETCH_S = 17.0
_DRUM_RING_S = 2.4
_VOICE_RING_S = 1.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Notes that start in beats `begins`..`ends`, and the sample of the piece at which the period starts.

    `beats` is how long the music is without its ringing out. `loops` means that what passes the end of the
    period comes in again at its beginning.
    """

    first: int
    samples_per_beat: float
    begins: float
    ends: float
    beats: float
    loops: bool = False

    def __contains__(self, beat: float) -> bool:
        """Tell whether a note that starts at a beat is played here."""
        return self.begins <= beat < self.ends

    def place(self, beat: float) -> int:
        """Return the sample of a beat within the period."""
        return round(beat * self.samples_per_beat) - self.first


def around(score: Score, grid: Grid) -> Stretch:
    """Return a whole loop as one stretch; its beats fill its period exactly."""
    return Stretch(0, grid.samples / score.beats, -math.inf, math.inf, score.beats, loops=True)


def samples_per_beat(score: Score) -> float:
    """Return the length of a beat: of a song by its tempo, of a loop by its period."""
    if score.loops:
        return score.frames * FRAME_SAMPLES / score.beats
    return 60.0 / score.bpm * SAMPLE_RATE_HZ


def stretches(score: Score) -> list[Stretch]:
    """Return the stretches of a song, each of whole bars and about 17 s long."""
    per_beat = samples_per_beat(score)
    bars = max(1, round(_STRETCH_S * SAMPLE_RATE_HZ / (per_beat * score.meter)))
    count = max(1, math.ceil(score.bars / bars - 0.25))  # a short rest belongs to the stretch before it
    lead_in = round(LEAD_IN_S * SAMPLE_RATE_HZ)
    starts = [place * bars * score.meter for place in range(count)]
    found = [
        Stretch(round(start * per_beat) - lead_in, per_beat, start, end, min(end, score.beats) - start)
        for start, end in zip(starts, [*starts[1:], math.inf], strict=True)
    ]
    found[0] = replace(found[0], begins=-math.inf)
    return found


def song_grid(score: Score, parts: list[Stretch]) -> Grid:
    """Return the one period on which all stretches of a song are mixed: long enough for each."""
    last = max(
        (part.place(_rings_until(track, score, part)) for part in parts for track in score.tracks), default=0
    )
    echoes = _ECHOES * ECHO_BEATS * parts[0].samples_per_beat
    needed = max(0, last) + echoes + (response_s(score.feel.reverb) + LEAD_IN_S) * SAMPLE_RATE_HZ
    return Grid(fast_frames(math.ceil(needed / FRAME_SAMPLES)))


def _rings_until(track: Track, score: Score, part: Stretch) -> float:
    """Return the beat at which the last note of a track that starts in a stretch has died away."""
    beats_per_s = score.bpm / 60.0
    if track.role == "drums":
        ring_s, longest = _DRUM_RING_S, 0.0
    elif track.lines:
        ring_s, longest = _VOICE_RING_S, math.inf
    else:
        # Struck notes ring on for as long as their samples last, whatever their length.
        ring_s, longest = instruments()[track.instrument].release_s, LONGEST_NOTE_S * beats_per_s
        ring_s = max(ring_s, _DRUM_RING_S)
    ends = [
        note.start + min(note.length, longest) + ring_s * beats_per_s for note in _starting_in(track, part)
    ]
    return max(ends, default=0.0)


def _starting_in(track: Track, part: Stretch) -> Iterator[Note]:
    for line in track.lines:
        if line.notes and line.notes[0].start in part:
            yield from line.notes
    yield from (note for note in track.notes if note.start in part)

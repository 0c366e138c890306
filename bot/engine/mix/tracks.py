"""One track of the score to a mono or stereo buffer: around a loop, or for one stretch of a song."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples
from bot.engine.chance import dice
from bot.engine.instruments import hits, instruments
from bot.engine.voices import drum_hit, play_note

if TYPE_CHECKING:
    from bot.engine.mix.stretch import Stretch
    from bot.engine.score.model import Score, Track

_HIT_CURVE = 1.5  # velocity to level
_LONGEST_SLIDE = 12
_EARLIEST, _LATEST = 200, 800  # samples; 5 to 18 ms


def place_sound(buffer: Samples, sound: Samples, start: int, gain: float, *, loops: bool) -> None:
    """Add a sound at a sample. In a loop what passes the end comes in again at the beginning; elsewhere
    what lies outside of the buffer is cut off."""
    size = len(buffer)
    if not loops:
        sound = sound[max(0, -start) : max(0, size - start)]
        start = max(0, start)
    start %= size
    offset = 0
    while offset < len(sound):
        count = min(len(sound) - offset, size - start)
        buffer[start : start + count] += sound[offset : offset + count] * np.float32(gain)
        offset += count
        start = 0


def drum_buffers(track: Track, score: Score, stretch: Stretch, samples: int) -> Samples:
    """Return the drums (2, samples), each drum at its place between left and right."""
    buffers = np.zeros((2, samples), np.float32)
    for note in track.notes:
        if note.start not in stretch:
            continue
        hit = hits()[note.mark]
        sound = drum_hit(track.instrument, note.mark, score.tonic)
        level = note.velocity**_HIT_CURVE * hit.level
        angle = (hit.pan + 1.0) * math.pi / 4.0
        start = stretch.place(note.start)
        for buffer, gain in zip(buffers, (math.cos(angle), math.sin(angle)), strict=True):
            place_sound(buffer, sound, start, level * math.sqrt(2.0) * gain, loops=stretch.loops)
    return buffers


def player_buffer(track: Track, score: Score, stretch: Stretch, samples: int, *, take: int = 0) -> Samples:
    """Return a melodic track (samples,), with slides between neighbouring notes where they are marked.

    A take other than 0 is the same part played again: a few milliseconds off, never the same way twice.
    """
    seconds_per_beat = 60.0 / score.bpm
    glides = instruments()[track.instrument].glide
    buffer = np.zeros(samples, np.float32)
    previous: float | None = None
    chance = dice("take", score.seed, track.instrument, track.pattern, take)
    for note in track.notes:
        late = round(chance.uniform(_EARLIEST, _LATEST)) if take else 0
        slides = glides and note.mark == "slide" and previous is not None
        slide_from = previous if slides and abs((previous or 0.0) - note.pitch) <= _LONGEST_SLIDE else None
        previous = note.pitch
        if note.start not in stretch:
            continue
        sound = play_note(
            track.instrument, note.pitch, note.length * seconds_per_beat, note.velocity, slide_from
        )
        start = stretch.place(note.start) + late
        place_sound(buffer, sound, start, note.velocity, loops=stretch.loops)
    return buffer


def singer_buffer(track: Track, score: Score, stretch: Stretch, samples: int) -> Samples:
    """Return the sung lines (samples,) that begin in the stretch."""
    from bot.engine.singing import SING_LEAD_S, sing  # its dictionaries only where somebody sings

    lead_in = round(SING_LEAD_S * SAMPLE_RATE_HZ)
    buffer = np.zeros(samples, np.float32)
    for line in track.lines:
        if not line.notes or line.notes[0].start not in stretch:
            continue
        sound = sing(line, voice=track.instrument, bpm=score.bpm, seed=score.seed)
        start = stretch.place(line.notes[0].start) - lead_in
        place_sound(buffer, sound, start, 1.0, loops=stretch.loops)
    return buffer


def sounding_share(buffer: Samples) -> float:
    """Return the share of 10 ms frames in which a track sounds (within 20 dB of its loudest), 0.05..1."""
    frames = (
        np.square(buffer[: len(buffer) // FRAME_SAMPLES * FRAME_SAMPLES])
        .reshape(-1, FRAME_SAMPLES)
        .mean(axis=1)
    )
    return max(0.05, float((frames > 0.01 * frames.max()).mean()))

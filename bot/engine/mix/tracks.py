"""One track of the score to a mono or stereo buffer around the loop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, Samples
from bot.engine.chance import dice
from bot.engine.instruments import hits, instruments
from bot.engine.voices import drum_hit, play_note

if TYPE_CHECKING:
    from bot.engine.score import Score, Track

_HIT_CURVE = 1.5  # velocity to level
_LONGEST_SLIDE = 12
_EARLIEST, _LATEST = 200, 800  # samples; 5 to 18 ms


def place_around(buffer: Samples, sound: Samples, start: int, gain: float) -> None:
    """Add a sound to a loop at a sample; what passes the end comes in again at the beginning."""
    size = len(buffer)
    start %= size
    offset = 0
    while offset < len(sound):
        count = min(len(sound) - offset, size - start)
        buffer[start : start + count] += sound[offset : offset + count] * np.float32(gain)
        offset += count
        start = 0


def drum_buffers(track: Track, score: Score, samples: int) -> Samples:
    """Return the drums (2, samples), each drum at its place between left and right."""
    per_beat = samples / score.beats
    buffers = np.zeros((2, samples), np.float32)
    for note in track.notes:
        hit = hits()[note.mark]
        sound = drum_hit(track.instrument, note.mark, score.tonic)
        level = note.velocity**_HIT_CURVE * hit.level
        angle = (hit.pan + 1.0) * math.pi / 4.0
        start = round(note.start * per_beat)
        place_around(buffers[0], sound, start, level * math.sqrt(2.0) * math.cos(angle))
        place_around(buffers[1], sound, start, level * math.sqrt(2.0) * math.sin(angle))
    return buffers


def player_buffer(track: Track, score: Score, samples: int, *, take: int = 0) -> Samples:
    """Return a melodic track (samples,), with slides between neighbouring notes where they are marked.

    A take other than 0 is the same part played again: a few milliseconds off, never the same way twice.
    """
    per_beat = samples / score.beats
    seconds_per_beat = 60.0 / score.bpm
    glides = instruments()[track.instrument].glide
    buffer = np.zeros(samples, np.float32)
    previous: float | None = None
    chance = dice("take", score.seed, track.instrument, track.pattern, take)
    for note in track.notes:
        slides = glides and note.mark == "slide" and previous is not None
        slide_from = previous if slides and abs((previous or 0.0) - note.pitch) <= _LONGEST_SLIDE else None
        seconds = note.length * seconds_per_beat
        sound = play_note(track.instrument, note.pitch, seconds, note.velocity, slide_from)
        start = round(note.start * per_beat)
        if take:
            start += round(chance.uniform(_EARLIEST, _LATEST))
        place_around(buffer, sound, start, note.velocity)
        previous = note.pitch
    return buffer


def overdrive(buffer: Samples, amount: float) -> None:
    """Send a track through a soft-clipping amplifier, 0..1, in place."""
    peak = float(np.abs(buffer).max()) + 1e-9
    push = 1.0 + 9.0 * amount
    buffer *= np.float32(push / peak)
    np.tanh(buffer, out=buffer)
    buffer *= np.float32(0.8 * peak / math.tanh(push))


def duck(buffer: Samples, beats: int, amount: float) -> None:
    """Let a track make way for every beat, as a compressor keyed by the kick does, in place."""
    per_beat = len(buffer) / beats
    for beat in range(beats):
        start, end = round(beat * per_beat), round((beat + 1) * per_beat)
        place = np.arange(end - start, dtype=np.float32) * np.float32(1.0 / per_beat)
        dip = np.exp(place * np.float32(-1.0 / 0.16)) * (1.0 - np.exp(place * np.float32(-1.0 / 0.01)))
        buffer[start:end] *= 1.0 - np.float32(0.75 * amount) * dip


def sounding_share(buffer: Samples) -> float:
    """Return the share of 10 ms frames in which a track sounds (within 20 dB of its loudest), 0.05..1."""
    frames = (
        np.square(buffer[: len(buffer) // FRAME_SAMPLES * FRAME_SAMPLES])
        .reshape(-1, FRAME_SAMPLES)
        .mean(axis=1)
    )
    return max(0.05, float((frames > 0.01 * frames.max()).mean()))

"""What shapes a track's level before it is mixed: amplifiers, and making way for the kick and the voice."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples, as_samples

if TYPE_CHECKING:
    from bot.engine.mix.stretch import Stretch
    from bot.engine.score.model import Score, Track

_PART = 1 << 16
_VOICE_EARLY_S, _VOICE_LATE_S = 0.15, 0.3
_VOICE_RAMP_S = 0.15
_KICK_DIP_S, _KICK_ATTACK_S = 0.075, 0.004


def peak_of(buffer: Samples) -> float:
    """Return the largest absolute sample."""
    return max(float(buffer.max()), -float(buffer.min()))


def overdrive(buffer: Samples, amount: float, peak: float) -> None:
    """Send a track through a soft-clipping amplifier, 0..1, in place; `peak` is its loudest sample."""
    push = 1.0 + 9.0 * amount
    peak += 1e-9
    buffer *= np.float32(push / peak)
    np.tanh(buffer, out=buffer)
    buffer *= np.float32(0.8 * peak / math.tanh(push))


def duck(buffer: Samples, stretch: Stretch, amount: float) -> None:
    """Let a track make way for every beat, as a compressor keyed by the kick does, in place."""
    for start in range(0, len(buffer), _PART):
        part = buffer[start : start + _PART]
        place = (np.arange(start, start + len(part)) + stretch.first) * (1.0 / stretch.samples_per_beat)
        place = as_samples(place - np.floor(place))
        dip = np.exp(place * np.float32(-1.0 / 0.16)) * (1.0 - np.exp(place * np.float32(-1.0 / 0.01)))
        part *= 1.0 - np.float32(0.75 * amount) * dip


@lru_cache(maxsize=1)
def _kick_dip() -> Samples:
    """Return how much a bass gives way after a kick, 1 = fully."""
    time = np.arange(round(6 * _KICK_DIP_S * SAMPLE_RATE_HZ), dtype=np.float32) / np.float32(SAMPLE_RATE_HZ)
    rise = np.minimum(1.0, time / np.float32(_KICK_ATTACK_S))
    return as_samples(rise * np.exp(time * np.float32(-1.0 / _KICK_DIP_S)))


def under_kick(buffer: Samples, drums: list[Track], stretch: Stretch, depth_db: float) -> None:
    """Take a bass down for the moment of each kick, in place, so that the two do not fight for the lows."""
    depth = 1.0 - 10.0 ** (depth_db / 20.0)
    dips = np.zeros(len(buffer), np.float32)
    shape = _kick_dip()
    for note in (note for track in drums for note in track.notes if note.mark == "kick"):
        start = stretch.place(note.start)
        _deepest(dips, shape, note.velocity * depth, start, loops=stretch.loops)
    np.subtract(np.float32(1.0), dips, out=dips)
    buffer *= dips


def _deepest(dips: Samples, shape: Samples, depth: float, start: int, *, loops: bool) -> None:
    """Lay a dip over others: at each moment the deepest counts."""
    size = len(dips)
    if loops:
        start %= size
    shape = shape[max(0, -start) :][:size]
    start = max(0, start)
    head = shape[: max(0, size - start)]
    np.maximum(dips[start : start + len(head)], head * np.float32(depth), out=dips[start : start + len(head)])
    if loops and len(head) < len(shape):
        rest = shape[len(head) :]
        np.maximum(dips[: len(rest)], rest * np.float32(depth), out=dips[: len(rest)])


def under_voice(buffer: Samples, score: Score, stretch: Stretch, depth_db: float) -> None:
    """Take a track down while somebody sings, in place, with soft ramps."""
    singer = score.singer
    if singer is None:
        return
    early, late = (round(s * SAMPLE_RATE_HZ) for s in (_VOICE_EARLY_S, _VOICE_LATE_S))
    ramp = round(_VOICE_RAMP_S * SAMPLE_RATE_HZ)
    sung: list[tuple[int, int]] = []
    for line in singer.lines:
        if not line.notes:
            continue
        start = stretch.place(line.notes[0].start) - early
        end = stretch.place(max(note.start + note.length for note in line.notes)) + late
        if sung and start <= sung[-1][1] + ramp:
            sung[-1] = (sung[-1][0], max(end, sung[-1][1]))
        elif end > -ramp and start < len(buffer) + ramp:
            sung.append((start, end))
    low = 10.0 ** (depth_db / 20.0)
    for start, end in sung:
        first, last = max(0, start - ramp), min(len(buffer), end + ramp)
        if last <= first:
            continue
        place = np.arange(first, last)
        way = np.minimum((place - (start - ramp)) / ramp, ((end + ramp) - place) / ramp)
        buffer[first:last] *= as_samples(1.0 + (low - 1.0) * np.clip(way, 0.0, 1.0))

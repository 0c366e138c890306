"""Hearing a recording as a musician would play along: exact tempo, where bars begin, key, a chord a bar."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ
from bot.engine.listen.chords import METER, key_and_chords
from bot.engine.listen.frames import mono_of
from bot.engine.listen.pitches import CHROMAS_PER_S, chromas_of
from bot.engine.listen.pulse import ONSETS_PER_S, Onsets, beat_phase_s, onsets_of, refined_tempo, tempo_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.engine.arrays import Floats
    from bot.engine.score.model import Chord

_FREE_BPM = 100.0  # a grid for music without a pulse
_SHORTEST_S = 2.0  # less is heard as if silence followed
_NEAR_ONSET = 3  # hundredths of a second around a beat


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is heard: tempo, the first bar line, four-four time, key, one chord a bar, and each bar's level.

    `tonic` is 0..11 above C, `mode` "maj" or "min"; chords have their roots above the tonic. `levels` are
    root mean squares of whole bars. `has_pulse` is False where the grid is only a convention.
    """

    bpm: float
    first_beat_s: float
    meter: int
    tonic: int
    mode: str
    chords: list[Chord]
    levels: list[float]
    has_pulse: bool = True

    @property
    def bar_s(self) -> float:
        """Return the length of a bar."""
        return self.meter * 60.0 / self.bpm

    @property
    def bars(self) -> int:
        """Return the number of whole bars, at least one."""
        return len(self.chords)

    def bar_time_s(self, bar: int) -> float:
        """Return when a bar begins."""
        return self.first_beat_s + bar * self.bar_s


def hear(audio: Floats, *, sample_rate: int = SAMPLE_RATE_HZ) -> Hearing:
    """Hear audio (samples,) or (samples, channels) of a few seconds to some minutes. Never raises."""
    mono = mono_of(audio)
    if len(mono) < _SHORTEST_S * sample_rate:
        mono = np.pad(mono, (0, int(_SHORTEST_S * sample_rate) - len(mono)))
    onsets = onsets_of(mono, sample_rate)
    coarse = tempo_of(onsets.all)
    bpm = refined_tempo(onsets.all, coarse) if coarse else _FREE_BPM
    chromas = chromas_of(mono, sample_rate)
    phase_s = beat_phase_s(onsets, bpm) if coarse else 0.0
    length_s = len(mono) / sample_rate
    first_s = _first_bar_line(onsets, chromas.chords, bpm, phase_s, length_s) if coarse else 0.0
    bar_s = METER * 60.0 / bpm
    bars = max(1, int((length_s - first_s) / bar_s + 0.02))
    tonic, mode, chords = key_and_chords(chromas, bpm, first_s, bars)
    levels = [
        _level(
            mono[
                int((first_s + bar * bar_s) * sample_rate) : int((first_s + (bar + 1) * bar_s) * sample_rate)
            ]
        )
        for bar in range(bars)
    ]
    return Hearing(bpm, first_s, METER, tonic, mode, chords, levels, coarse is not None)


def _level(part: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.square(part).mean())) if len(part) else 0.0


def _first_bar_line(
    onsets: Onsets, chromas: NDArray[np.float64], bpm: float, phase_s: float, length_s: float
) -> float:
    """Return the first bar line: where chords change and low drums fall, not where the backbeat does."""
    beat_s = 60.0 / bpm
    # A recording that begins on its first beat has its onset before the first frame.
    if beat_s - phase_s < 0.04:
        phase_s -= beat_s
    count = int((length_s - phase_s) / beat_s)
    if count < 2 * METER:
        return max(0.0, phase_s)
    low, high = (_at_beats(curve, phase_s, beat_s, count) for curve in (onsets.low, onsets.high))
    change = _changes(chromas, phase_s, beat_s, count)
    votes = np.zeros(METER)
    for place in range(METER):
        here = np.arange(count) % METER == place
        after = np.arange(count) % METER == (place + 1) % METER
        votes[place] = (
            1.5 * change[here].mean() / (change.mean() + 1e-9)
            + 0.6 * low[here].mean() / (low.mean() + 1e-9)
            + 0.25 * (high[after].mean() - high[here].mean()) / (high.mean() + 1e-9)
        )
    # Half of all recordings begin on a bar line; of equals, that one.
    votes[0] += 0.15
    return max(0.0, phase_s + int(votes.argmax()) * beat_s)


def _at_beats(curve: NDArray[np.float64], phase_s: float, beat_s: float, count: int) -> NDArray[np.float64]:
    places = np.round((phase_s + np.arange(count) * beat_s) * ONSETS_PER_S - 0.5).astype(int)
    return np.array(
        [
            curve[max(0, place - _NEAR_ONSET) : max(1, place + _NEAR_ONSET + 1)].max(initial=0.0)
            for place in places
        ]
    )


def _changes(chromas: NDArray[np.float64], phase_s: float, beat_s: float, count: int) -> NDArray[np.float64]:
    """Return how different the pitch classes after each beat are from those before it, 0..1."""
    edges = np.clip(
        np.round((phase_s + np.arange(-1, count + 1) * beat_s) * CHROMAS_PER_S).astype(int), 0, len(chromas)
    )
    beats = np.array([chromas[a : max(a + 1, b)].sum(axis=0) for a, b in pairwise(edges)])
    beats = np.sqrt(beats)
    beats /= np.linalg.norm(beats, axis=1, keepdims=True) + 1e-9
    return 1.0 - np.sum(beats[1:] * beats[:-1], axis=1)

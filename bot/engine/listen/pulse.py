"""The pulse: when sounds begin, how fast they come round, and exactly where the beats lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.listen.frames import magnitude_blocks, resampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.engine.arrays import Samples

SLOWEST_BPM, FASTEST_BPM = 50.0, 210.0
_RATE_HZ, _WINDOW, _HOP = 22_050, 1024, 220
ONSETS_PER_S = _RATE_HZ / _HOP
_BANDS = 24
_LOW_BANDS = 6  # up to about 190 Hz: kicks and basses
_TEMPO_STEP = 0.25
_USUAL_BPM, _USUAL_OCTAVES = 118.0, 0.9
# Multiples of a beat at which a steady pulse repeats itself, and what each is worth.
_PULSE_LAGS = ((1.0, 1.0), (2.0, 0.9), (4.0, 0.8), (0.5, 0.35), (8.0, 0.6))
_CLEAR_PULSE = 0.06
# The search for the exact tempo: half width and step, as shares of the tempo, coarse then fine.
_REFINEMENTS = ((0.012, 0.0004), (0.0008, 0.00002))
_HARMONICS = ((1, 1.0), (2, 0.7), (4, 0.5))
_FOLD_BINS = 96
_ATTACK_S = 0.007  # a window hears an attack before it is centred on it


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """How much new sound begins at each hundredth of a second: in all bands, in low and in high ones."""

    all: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def onsets_of(mono: Samples, sample_rate_hz: int) -> Onsets:
    """Return the onsets of a recording, `ONSETS_PER_S` values a second."""
    signal = resampled(mono, sample_rate_hz, _RATE_HZ)
    edges = np.unique(np.round(np.geomspace(2, _WINDOW // 2, _BANDS + 1)).astype(int))
    bands = np.concatenate(
        [np.add.reduceat(block, edges[:-1], axis=1) for block in magnitude_blocks(signal, _WINDOW, _HOP)]
    ).astype(np.float64)
    level = np.log1p(100.0 * bands / (float(bands.max()) + 1e-9))
    rise = np.maximum(0.0, np.diff(level, axis=0))
    return Onsets(
        _sharpened(rise.mean(axis=1)),
        _sharpened(rise[:, :_LOW_BANDS].mean(axis=1)),
        _sharpened(rise[:, _LOW_BANDS:].mean(axis=1)),
    )


def _sharpened(rise: NDArray[np.float64]) -> NDArray[np.float64]:
    window = np.hanning(40)
    return np.maximum(0.0, rise - np.convolve(rise, window / window.sum(), "same"))


def tempo_of(onsets: NDArray[np.float64]) -> float | None:
    """Return the tempo to a quarter of a beat a minute, or None where no pulse is clear."""
    centred = onsets - onsets.mean()
    count = len(centred)
    spectrum = np.abs(np.fft.rfft(centred, 2 * count)) ** 2
    repeats = np.fft.irfft(spectrum)[:count] / np.arange(count, 0, -1)
    if repeats[0] <= 0.0:
        return None
    tempos = np.arange(SLOWEST_BPM, FASTEST_BPM + 0.01, _TEMPO_STEP)
    score = np.zeros(len(tempos))
    weight = np.zeros(len(tempos))
    for multiple, worth in _PULSE_LAGS:
        lag = 60.0 * ONSETS_PER_S / tempos * multiple
        heard = lag < count * 0.75
        score += np.where(heard, worth * np.interp(lag, np.arange(count), repeats), 0.0)
        weight += np.where(heard, worth, 0.0)
    score = score / np.maximum(weight, 1e-9)
    preferred = score * np.exp(-0.5 * (np.log2(tempos / _USUAL_BPM) / _USUAL_OCTAVES) ** 2)
    best = int(preferred.argmax())
    return float(tempos[best]) if score[best] > _CLEAR_PULSE * repeats[0] else None


def refined_tempo(onsets: NDArray[np.float64], bpm: float) -> float:
    """Return the tempo whose beat grid fits all onsets best: exact to a few hundredths of a percent."""
    times = np.arange(len(onsets)) / ONSETS_PER_S
    centred = onsets - onsets.mean()
    for width, step in _REFINEMENTS:
        tempos = bpm * (1.0 + np.arange(-width, width + step / 2.0, step))
        bpm = float(tempos[int(np.argmax([_coherence(centred, times, tempo) for tempo in tempos]))])
    return bpm


def _coherence(onsets: NDArray[np.float64], times: NDArray[np.float64], bpm: float) -> float:
    turns = times * (-2j * np.pi * bpm / 60.0)
    wave = np.exp(turns)
    value, power, harmonic = 0.0, wave, 1
    for wanted, worth in _HARMONICS:
        while harmonic < wanted:
            power, harmonic = power * power, harmonic * 2
        value += worth * abs(complex(np.dot(onsets, power)))
    return value


def beat_phase_s(onsets: Onsets, bpm: float) -> float:
    """Return the time of the first beat: where in a beat's period most begins, low sounds counted twice."""
    period_s = 60.0 / bpm
    curve = onsets.all + onsets.low
    times = (np.arange(len(curve)) + 0.5) / ONSETS_PER_S
    place = (times % period_s) / period_s * _FOLD_BINS
    folded = np.bincount(place.astype(int) % _FOLD_BINS, weights=curve, minlength=_FOLD_BINS)
    near = np.array([0.25, 0.6, 1.0, 0.6, 0.25])
    smooth = np.convolve(np.concatenate([folded[-2:], folded, folded[:2]]), near, "valid")
    best = int(smooth.argmax())
    around = [(best + shift) % _FOLD_BINS for shift in (-1, 0, 1)]
    before, peak, after = (float(smooth[at]) for at in around)
    bend = before - 2.0 * peak + after
    shift = 0.5 * (before - after) / bend if bend else 0.0
    return (((best + 0.5 + shift) / _FOLD_BINS) * period_s + _ATTACK_S) % period_s

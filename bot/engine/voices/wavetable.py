"""A wavetable oscillator whose low-pass filter is baked into the tables.

Each table has one period at 22 cut-offs, half an octave apart in harmonics; a filter sweep is then a
choice of table, so a swept 24 dB/octave filter costs two look-ups a sample.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from bot.engine.arrays import Floats, Samples, as_samples
from bot.engine.voices.shapes import phase

_PERIOD = 4096
_LEVELS = 22
_HARMONICS = 1024
_REFERENCE_LEVEL = 12
_TOP_HZ = 17_000.0


def _harmonics(kind: str) -> Floats:
    number = np.arange(1, _HARMONICS + 1)
    odd = number % 2
    match kind:
        case "saw":
            return 1.0 / number
        case "square":
            return odd / number
        case "pulse":
            return np.abs(np.sin(np.pi * number * 0.25)) / number * 1.4
        case "triangle":
            return odd / number**2.0
        case "hollow":
            return odd / number**1.3
        case "sine":
            return (number == 1).astype(np.float64)
        case _:
            raise ValueError(f"There is no wave called {kind!r}.")


@lru_cache(maxsize=24)
def _table(kind: str, resonance: float) -> Samples:
    """Return the levels of one wave, one after the other, each a period long."""
    number = np.arange(1, _HARMONICS + 1)
    amplitudes = _harmonics(kind)
    table = np.empty((_LEVELS, _PERIOD), np.float32)
    for level in range(_LEVELS):
        cutoff = 2.0 ** (level / 2.0 - 0.5)
        gain = 1.0 / np.sqrt(1.0 + (number / cutoff) ** 8)
        gain += 1.2 * resonance * np.exp(-(((np.log2(number) - math.log2(max(cutoff, 0.7))) / 0.22) ** 2))
        spectrum = np.zeros(_PERIOD // 2 + 1, np.complex128)
        spectrum[1 : _HARMONICS + 1] = -1j * amplitudes * gain * (_PERIOD / 2)
        table[level] = np.fft.irfft(spectrum, _PERIOD)
    table /= np.abs(table[_REFERENCE_LEVEL]).max()
    return table.ravel()


def oscillator(
    kind: str,
    frequency_hz: float | Floats,
    count: int,
    cutoff_hz: float | Floats,
    *,
    resonance: float = 0.0,
    cents: float = 0.0,
    start: float = 0.0,
) -> Samples:
    """Return a filtered wave; frequency and cut-off may be fixed or one value a sample."""
    cycles = phase(frequency_hz, count, cents=cents, start=start)
    index = ((cycles - np.floor(cycles)) * _PERIOD).astype(np.int32)
    base = float(frequency_hz) if isinstance(frequency_hz, (int, float)) else float(np.mean(frequency_hz))
    table = _table(kind, round(resonance, 1))
    height = 2.0 * (np.log2(np.minimum(cutoff_hz, _TOP_HZ) / base) + 0.5)
    level = np.clip(height, 0.0, _LEVELS - 1.001)
    if np.ndim(level) == 0:
        lower = int(level)
        share = np.float32(float(level) - lower)
        return as_samples(
            table[lower * _PERIOD + index] * (1 - share) + table[(lower + 1) * _PERIOD + index] * share
        )
    floor = level.astype(np.int32)
    blend = as_samples(level - floor)
    offset = floor * _PERIOD + index
    return as_samples(table[offset] * (1 - blend) + table[offset + _PERIOD] * blend)

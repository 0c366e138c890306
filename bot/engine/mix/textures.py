"""Rain, wind, waves and vinyl: noise with a random-phase spectrum, so that it loops without a seam."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples, as_samples
from bot.engine.chance import whole_hash

if TYPE_CHECKING:
    from bot.engine.mix.grid import Grid

# Level against the music at an amount of 1.
_LEVELS = {"rain": 0.26, "vinyl": 0.24, "wind": 0.26, "waves": 0.34}
_SWELLING = frozenset({"wind", "waves"})
_DROPS_PER_S, _DROP_SAMPLES = 60, 800
_CLICKS_PER_S, _CLICK_SAMPLES = 12, 30


def texture(kind: str, amount: float, grid: Grid, seed: int) -> Samples:
    """Return a texture (2, samples) to be scaled by the level of the music. Raises KeyError if unknown."""
    chance = np.random.Generator(np.random.PCG64(whole_hash("texture", kind, seed)))
    bins = len(grid.frequency_hz)
    colour = _colour(kind, grid.frequency_hz)
    bed = np.empty((2, grid.samples), np.float32)
    for channel in bed:
        spectrum = np.empty(bins, np.complex64)
        spectrum.real = chance.standard_normal(bins, dtype=np.float32)
        spectrum.imag = chance.standard_normal(bins, dtype=np.float32)
        spectrum *= colour
        spectrum[0] = 0.0
        channel[:] = np.fft.irfft(spectrum, grid.samples)
    bed /= np.float32(np.sqrt(np.vdot(bed, bed) / bed.size))
    seconds = grid.samples / SAMPLE_RATE_HZ
    if kind in _SWELLING:
        turns = max(1, round(seconds / 5.0))
        swell = np.sin(np.linspace(0.0, 2.0 * np.pi * turns, grid.samples, endpoint=False, dtype=np.float32))
        bed *= 0.55 + 0.45 * swell
    if kind == "rain":
        _add_drops(bed, int(seconds * _DROPS_PER_S), chance)
    if kind == "vinyl":
        bed *= 0.3
        _add_clicks(bed, int(seconds * _CLICKS_PER_S), chance)
    bed *= np.float32(0.5 * amount * _LEVELS[kind])
    return bed


def _colour(kind: str, frequency_hz: Samples) -> Samples:
    match kind:
        case "rain":
            curve = 1.0 / ((1.0 + (400.0 / (frequency_hz + 1.0)) ** 2) * (1.0 + (frequency_hz / 9000.0) ** 2))
        case "wind":
            curve = (frequency_hz > 60.0) / (1.0 + (frequency_hz / 350.0) ** 2)
        case "waves":
            curve = (frequency_hz > 80.0) / (1.0 + (frequency_hz / 900.0) ** 1.5)
        case _:
            curve = 1.0 / (
                (1.0 + (900.0 / (frequency_hz + 1.0)) ** 2) * (1.0 + (frequency_hz / 12000.0) ** 2)
            )
    return as_samples(curve)


def _integer(chance: np.random.Generator, below: int) -> int:
    return int(chance.random() * below)


def _add_drops(bed: Samples, count: int, chance: np.random.Generator) -> None:
    place = np.arange(_DROP_SAMPLES, dtype=np.float32)
    fall = np.exp(-place / 90.0)
    for _ in range(count):
        start, side = _integer(chance, bed.shape[1] - _DROP_SAMPLES), _integer(chance, 2)
        pitch_hz, level = chance.uniform(1500.0, 5500.0), chance.uniform(0.5, 3.0)
        drop = fall * np.sin(place * np.float32(2.0 * np.pi * pitch_hz / SAMPLE_RATE_HZ))
        bed[side, start : start + _DROP_SAMPLES] += drop * np.float32(level)


def _add_clicks(bed: Samples, count: int, chance: np.random.Generator) -> None:
    click = np.exp(-np.arange(_CLICK_SAMPLES, dtype=np.float32) / 5.0)
    for _ in range(count):
        start, pan = _integer(chance, bed.shape[1] - _CLICK_SAMPLES), chance.uniform(0.2, 0.8)
        level = chance.choice((-1.0, 1.0)) * chance.uniform(2.0, 8.0)
        bed[0, start : start + _CLICK_SAMPLES] += click * np.float32(level * pan)
        bed[1, start : start + _CLICK_SAMPLES] += click * np.float32(level * (1.0 - pan))

"""The frequency grid of one loop: every curve of the mixing desk on the bins of its Fourier transform.

A loop is mixed as one period: filters, reverb and width are gains on its spectrum, so they wrap around
and the seam is exact by construction.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples, Spectrum, as_samples
from bot.engine.loudness import k_weighting

_K_POINTS = 4096
_PART_BINS = 1 << 15
_DEEP_BELOW_HZ, _DEEP_WEIGHT = 75.0, 2.25
_WIDTH_SEED, _WIDTH_POINTS = 11, 64
_WIDTH_RADIANS = 1.75
_WIDTH_FROM_HZ = 130.0
_FAST_PRIMES = (2, 3, 5, 7)


def fast_frames(frames: int) -> int:
    """Return the next number of frames whose Fourier transform is fast: one without large prime factors."""
    while not _is_fast(frames):
        frames += 1
    return frames


def _is_fast(number: int) -> bool:
    for prime in _FAST_PRIMES:
        while number % prime == 0:
            number //= prime
    return number == 1


class Grid:
    """Frequencies and curves for `frames` columns of 10 ms."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self.samples = frames * FRAME_SAMPLES
        self.frequency_hz: Samples = np.arange(self.samples // 2 + 1, dtype=np.float32)
        self.frequency_hz *= np.float32(SAMPLE_RATE_HZ / self.samples)
        bins = len(self.frequency_hz)
        # Work goes on in parts that stay in the processor's cache and need no large temporaries.
        self.parts = [slice(start, min(start + _PART_BINS, bins)) for start in range(0, bins, _PART_BINS)]

    @cached_property
    def k_weighting(self) -> Samples:
        """Return the loudness weighting, interpolated from a coarse grid: the curve is smooth."""
        coarse = np.geomspace(1.0, SAMPLE_RATE_HZ / 2, _K_POINTS)
        weights = k_weighting(coarse)
        curve = np.empty_like(self.frequency_hz)
        for part in self.parts:
            curve[part] = np.interp(self.frequency_hz[part], coarse, weights)
        return curve

    def balance_power(self, spectrum: Spectrum) -> float:
        """Return the mean power of a channel by which tracks are balanced: K-weighted, the deep bass more.

        K hears little below 60 Hz; by K alone a sub bass would be turned up until it swallowed the rest.
        """
        energy = 0.0
        for part in self.parts:
            weighted = spectrum[part] * self._balance_weighting[part]
            energy += float(np.square(weighted.real).sum() + np.square(weighted.imag).sum())
        return 2.0 * energy / self.samples**2

    @cached_property
    def _balance_weighting(self) -> Samples:
        curve = np.maximum(self.k_weighting, np.float32(1.0))
        for part in self.parts:
            ratio = self.frequency_hz[part] / np.float32(_DEEP_BELOW_HZ)
            curve[part] *= 1.0 + np.float32(_DEEP_WEIGHT - 1.0) / (1.0 + (ratio * ratio) ** 2)
        return curve

    def deep_shelf(self, gain_db: float) -> Samples:
        """Return a low shelf for the bins from the lowest: the gain below 60 Hz, none above 250 Hz."""
        low = self.frequency_hz[: int(np.searchsorted(self.frequency_hz, _DEEP_BELOW_HZ * 8.0))]
        ratio = low / np.float32(_DEEP_BELOW_HZ * 1.2)
        return as_samples(1.0 + np.float32(10.0 ** (gain_db / 20.0) - 1.0) / (1.0 + (ratio * ratio) ** 2))

    @cached_property
    def width(self) -> Spectrum:
        """Return unit phasors with a smooth random phase: applied to the left and, mirrored, to the right
        they spread a mono source without changing its tone."""
        chance = np.random.Generator(np.random.PCG64(_WIDTH_SEED))
        turns = chance.uniform(-_WIDTH_RADIANS, _WIDTH_RADIANS, _WIDTH_POINTS)
        phasors = np.empty(len(self.frequency_hz), np.complex64)
        for part in self.parts:
            frequency_hz = self.frequency_hz[part]
            places = np.log2(frequency_hz / np.float32(60.0) + np.float32(1.0)) * np.float32(5.0)
            phase = as_samples(np.interp(places, np.arange(_WIDTH_POINTS), turns))
            phase *= frequency_hz / (frequency_hz + np.float32(_WIDTH_FROM_HZ))
            phasors.real[part], phasors.imag[part] = np.cos(phase), np.sin(phase)
        return phasors

    def delay(self, samples: int) -> Spectrum:
        """Return the phasors of a delay around the loop."""
        phasors = np.empty(len(self.frequency_hz), np.complex64)
        for part in self.parts:
            # Whole turns are taken off in integers: a float32 angle of thousands of turns would be coarse.
            turns = np.arange(part.start, part.stop) * samples % self.samples
            angle = as_samples(turns * (-2.0 * np.pi / self.samples))
            phasors.real[part], phasors.imag[part] = np.cos(angle), np.sin(angle)
        return phasors

    def band(self, low_cut_hz: float, high_cut_hz: float, part: slice) -> Samples:
        """Return a soft band on a part of the bins: 24 dB/octave below the low cut and above the high cut."""
        frequency_hz = self.frequency_hz[part]
        below = (np.float32(low_cut_hz) / (frequency_hz + np.float32(0.1))) ** 2
        above = (frequency_hz / np.float32(high_cut_hz)) ** 2
        return as_samples(1.0 / ((1.0 + below * below) * (1.0 + above * above)))

    def tilt(self, amount: float) -> Samples | None:
        """Return a brightness tilt around 1 kHz, or None for none: 0.3 lifts by 1.8 dB an octave."""
        if abs(amount) < 0.005:
            return None
        ratio = np.clip((self.frequency_hz + np.float32(50.0)) / np.float32(1000.0), 0.05, 20.0)
        return np.exp2(np.log2(ratio) * np.float32(amount))

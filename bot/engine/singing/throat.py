"""The vocal tract as spectra: resonators in cascade (Klatt 1980), one spectrum every 5 ms."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Floats, Samples, Spectrum
from bot.engine.singing.gestures import VOICE_RATE_HZ, Gestures

if TYPE_CHECKING:
    from bot.engine.singing.sounds import Peaks, VoiceShape

SIZE = 512  # of transforms, at the voice's rate
BINS = SIZE // 2 + 1
_BANDWIDTHS_HZ = (63.6, 76.0, 99.5)
_NASAL_WIDENING = 1.2
_UPPER_HZ = (3500.0, 4500.0, 5500.0, 6500.0, 7500.0, 8500.0, 9500.0)
_UPPER_BANDWIDTH = 0.082  # of the formant's frequency
_NASAL_POLE_HZ, _NASAL_ZERO_HZ, _NASAL_BANDWIDTH_HZ = 270.0, 450.0, 100.0


@lru_cache(maxsize=1)
def frequencies_hz() -> Samples:
    """Return the frequency of each bin."""
    return (np.arange(BINS) * (VOICE_RATE_HZ / SIZE)).astype(np.float32)


@lru_cache(maxsize=1)
def _delays() -> tuple[Spectrum, Spectrum]:
    once = np.exp(-2j * np.pi * np.arange(BINS) / SIZE)
    return once.astype(np.complex64), (once * once).astype(np.complex64)


def resonance(centre_hz: Floats, bandwidth_hz: Floats) -> Spectrum:
    """Return the inverse of resonators' responses, (resonators, bins): 1 at 0 Hz, small at the centre."""
    radius = np.exp(-np.pi * bandwidth_hz / VOICE_RATE_HZ)
    first = (2.0 * radius * np.cos(2.0 * np.pi * centre_hz / VOICE_RATE_HZ)).astype(np.float32)
    second = (-radius * radius).astype(np.float32)
    once, twice = _delays()
    response = 1.0 - first[:, None] * once - second[:, None] * twice
    return response / (1.0 - first - second)[:, None]


@lru_cache(maxsize=8)
def _above(tract: float) -> Spectrum:
    centres = np.array([hz * tract for hz in _UPPER_HZ if hz * tract < VOICE_RATE_HZ / 2 - 300.0])
    return np.prod(resonance(centres, _UPPER_BANDWIDTH * centres), axis=0)


def tract_spectra(made: Gestures, voice: VoiceShape) -> Spectrum:
    """Return the response of the throat and mouth, (frames, bins)."""
    inverse = np.repeat(_above(voice.tract)[None], len(made.voice), axis=0)
    for place, bandwidth in enumerate(_BANDWIDTHS_HZ):
        widths = bandwidth * voice.tract * (1.0 + _NASAL_WIDENING * made.nasal)
        inverse *= resonance(made.formants[:, place], widths)
    if made.nasal.any():
        pole = np.full_like(made.nasal, _NASAL_POLE_HZ)
        zero = pole + (_NASAL_ZERO_HZ - _NASAL_POLE_HZ) * made.nasal
        width = np.full_like(made.nasal, _NASAL_BANDWIDTH_HZ)
        inverse *= resonance(pole, width) / resonance(zero, width)
    return np.reciprocal(inverse)


def noise_shape(peaks: Peaks, bins: int) -> Samples:
    """Return the spectrum of friction: a sum of bells."""
    frequency = np.linspace(0.0, VOICE_RATE_HZ / 2, bins)
    bells = [level * np.exp(-(((frequency - centre) / width) ** 2)) for centre, width, level in peaks]
    return np.sum(bells, axis=0).astype(np.float32)

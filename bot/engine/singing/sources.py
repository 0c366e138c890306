"""What makes the sound: pulses of the vocal cords and noise, shaped and laid over each other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Floats, Samples, Spectrum
from bot.engine.singing.gestures import HOP, VOICE_RATE_HZ, Gestures
from bot.engine.singing.throat import BINS, SIZE, frequencies_hz, noise_shape

if TYPE_CHECKING:
    from bot.engine.singing.sounds import VoiceShape

_STEPS = 32  # places between two samples where a pulse may stand
_NOISE_SIZE = SIZE // 2
_SILENT = 1e-4
_PULSES_AT_ONCE = 256  # a long held note has thousands, of 2 KB each


@lru_cache(maxsize=1)
def _between_samples() -> Spectrum:
    shift = np.arange(_STEPS)[:, None] / _STEPS
    return np.exp(-2j * np.pi * shift * np.arange(BINS) / SIZE).astype(np.complex64)


@lru_cache(maxsize=8)
def glottal_spectrum(voice: VoiceShape) -> Samples:
    """Return the pulse's spectrum as it leaves the lips: rising to the glottal frequency, then falling."""
    frequency = frequencies_hz()
    rising = frequency / voice.glottal_hz
    return (rising / (1.0 + rising**2) / np.sqrt(1.0 + (frequency / voice.tilt_hz) ** 2)).astype(np.float32)


def pulses(pitch_hz: Floats, made: Gestures, tract: Spectrum, voice: VoiceShape, count: int) -> Samples:
    """Return the voiced part, `count` samples: the tract's answer to each opening of the vocal cords."""
    turns = np.concatenate([[0.0], np.cumsum(pitch_hz[:-1] * HOP / VOICE_RATE_HZ)])
    at = np.interp(np.arange(1, int(turns[-1])), turns, np.arange(len(turns)) * float(HOP))
    frame = np.minimum((at / HOP).astype(int), len(made.voice) - 1)
    heard = made.voice[frame] > _SILENT
    at, frame = at[heard], frame[heard]
    level = np.interp(at / HOP, np.arange(len(made.voice)), made.voice)
    # Each pulse carries its period's worth of energy, so that high notes are no louder than low ones.
    level = (level / np.sqrt(np.interp(at / HOP, np.arange(len(pitch_hz)), pitch_hz) / 150.0)).astype(
        np.float32
    )
    place = np.floor(at).astype(int)
    step = ((at - place) * _STEPS).astype(int)
    lips = glottal_spectrum(voice)
    sound = np.zeros(count + SIZE, np.float32)
    for first in range(0, len(place), _PULSES_AT_ONCE):
        part = slice(first, first + _PULSES_AT_ONCE)
        spectra = tract[frame[part]] * _between_samples()[step[part]]
        spectra *= lips * level[part, None]
        shapes = np.fft.irfft(spectra, SIZE)
        for start, shape in zip(place[part].tolist(), shapes, strict=True):
            sound[start : start + SIZE] += shape
    return sound[:count]


def hiss(made: Gestures, tract: Spectrum, voice: VoiceShape, count: int, seed: int) -> Samples:
    """Return the noise: friction at its place, and breath through the whole tract."""
    chance = np.random.Generator(np.random.PCG64(seed))
    frames = len(made.voice)
    bins = _NOISE_SIZE // 2 + 1
    gain = np.abs(tract[:, ::2]) * (made.breath + voice.breath * made.voice)[:, None]
    gain *= np.float32(_BREATH_LEVEL) * glottal_noise(bins)
    for peaks, level in made.friction.items():
        gain += np.float32(_FRICTION_LEVEL) * level[:, None] * noise_shape(peaks, bins)
    drawn = chance.standard_normal((2, frames, bins), dtype=np.float32)
    spectra = (drawn[0] + 1j * drawn[1]) * gain
    waves = np.fft.irfft(spectra, _NOISE_SIZE)[:, : 2 * HOP]
    # Halves of a sine: neighbouring frames are independent, so their powers add up to one.
    waves *= np.sin(np.pi * (np.arange(2 * HOP) + 0.5) / (2 * HOP)).astype(np.float32)
    sound = np.zeros((frames + 1, HOP), np.float32)
    sound[:-1] += waves[:, :HOP]
    sound[1:] += waves[:, HOP:]
    return sound.ravel()[:count]


_BREATH_LEVEL = 0.5
_FRICTION_LEVEL = 1.0


def glottal_noise(bins: int) -> Samples:
    """Return the spectrum of breath at the vocal cords: little below 500 Hz."""
    frequency = np.linspace(0.0, VOICE_RATE_HZ / 2, bins)
    return (frequency / (frequency + 500.0)).astype(np.float32)

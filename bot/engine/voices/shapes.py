"""Building blocks of synthesis: phases, envelopes, noise, soft band limits."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Floats, Samples, as_samples

TAU = 2.0 * math.pi


def samples_of(seconds: float) -> int:
    """Return a duration in whole samples."""
    return round(seconds * SAMPLE_RATE_HZ)


def times(count: int) -> Samples:
    """Return the time of each sample in seconds."""
    return np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE_HZ)


def decay(count: int, seconds: float) -> Samples:
    """Return an exponential decay that falls to 1/e in `seconds`."""
    return np.exp(np.arange(count, dtype=np.float32) * np.float32(-1.0 / (SAMPLE_RATE_HZ * seconds)))


def phase(frequency_hz: float | Floats, count: int, *, cents: float = 0.0, start: float = 0.0) -> Floats:
    """Return a phase in cycles, float64, for a fixed or a moving frequency."""
    factor = 2.0 ** (cents / 1200.0) / SAMPLE_RATE_HZ
    if isinstance(frequency_hz, (int, float)):
        return start + np.arange(count) * (frequency_hz * factor)
    return start + np.cumsum(frequency_hz * factor)


def sine(frequency_hz: float | Floats, count: int, *, cents: float = 0.0) -> Samples:
    """Return a sine wave."""
    return as_samples(np.sin(TAU * phase(frequency_hz, count, cents=cents)))


def envelope(
    count: int, gate: int, *, attack_s: float, decay_s: float, sustain: float, release_s: float
) -> Samples:
    """Return an ADSR envelope over `count` samples of which `gate` are held."""
    time = times(count)
    held = np.minimum(1.0, time / max(attack_s, 1e-4))
    held = held * (sustain + (1.0 - sustain) * np.exp(-np.maximum(0.0, time - attack_s) / max(decay_s, 1e-3)))
    if gate < count:
        tail = decay(count - gate, max(release_s / 3.0, 1e-3))
        held[gate:] = held[max(0, gate - 1)] * tail
    return as_samples(held)


@lru_cache(maxsize=16)
def noise(count: int, seed: int = 0) -> Samples:
    """Return white noise that is the same for the same seed; the caller must not write to it."""
    made = np.random.Generator(np.random.PCG64(seed)).standard_normal(count, dtype=np.float32)
    made.flags.writeable = False
    return made


def band(signal: Floats, low_hz: float, high_hz: float) -> Samples:
    """Return a signal limited to a band with soft edges."""
    spectrum = np.fft.rfft(signal)
    frequency = np.fft.rfftfreq(len(signal), 1.0 / SAMPLE_RATE_HZ) + 1e-3
    gain = 1.0 / ((1.0 + (low_hz / frequency) ** 6) * (1.0 + (frequency / high_hz) ** 6))
    return as_samples(np.fft.irfft(spectrum * gain, len(signal)))


def vibrato(
    frequency_hz: float | Floats, count: int, *, rate_hz: float, depth: float, delay_s: float
) -> Floats:
    """Return a frequency with vibrato that sets in after a delay."""
    time = times(count)
    return frequency_hz * (
        1.0 + depth * np.sin(TAU * rate_hz * time) * np.clip((time - delay_s) / 0.25, 0.0, 1.0)
    )


def peak_normalised(signal: Floats) -> Samples:
    """Return a signal whose largest sample is 1 (silence stays silence)."""
    peak = float(np.abs(signal).max(initial=0.0))
    return as_samples(signal / peak) if peak > 0.0 else as_samples(signal)

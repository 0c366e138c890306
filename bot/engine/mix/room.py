"""The reverb: two-band decaying noise, different for left and right."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples

_SEED = 7
_LONGEST_S = 5.0
_SPLIT_HZ = 2200.0
_HIGH_DECAY = 0.45  # highs die this much faster
_HIGH_LEVEL = 0.6
_PRE_DELAY_S, _RISE_S = 0.008, 0.012
_DECAY_60_DB = 6.9078  # natural logarithm of 1000


def reverb_time_s(amount: float) -> float:
    """Return the time to fall by 60 dB for a reverb amount of 0..1."""
    return 0.5 + 3.2 * amount


def response_s(amount: float) -> float:
    """Return the length of the impulse response for a reverb amount of 0..1."""
    return min(reverb_time_s(amount) * 1.3, _LONGEST_S)


@lru_cache(maxsize=1)
def _bands() -> tuple[Samples, Samples]:
    count = int(_LONGEST_S * SAMPLE_RATE_HZ)
    raw = np.random.Generator(np.random.PCG64(_SEED)).standard_normal((2, count), dtype=np.float32)
    frequency = np.fft.rfftfreq(count, 1.0 / SAMPLE_RATE_HZ).astype(np.float32)
    low = np.fft.irfft(np.fft.rfft(raw, axis=1) / (1.0 + (frequency / _SPLIT_HZ) ** 2), count, axis=1)
    low = low.astype(np.float32)
    return low, raw - low


def impulse_response(amount: float, samples: int, side: int) -> Samples:
    """Return one side's impulse response of unit energy, at most `samples` long, for an amount of 0..1."""
    reverb_s = reverb_time_s(amount)
    length = min(samples, int(response_s(amount) * SAMPLE_RATE_HZ))
    low, high = (part[side, :length] for part in _bands())
    time = np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE_HZ)
    response = low * np.exp(time * np.float32(-_DECAY_60_DB / reverb_s))
    response += high * (
        np.float32(_HIGH_LEVEL) * np.exp(time * np.float32(-_DECAY_60_DB / (reverb_s * _HIGH_DECAY)))
    )
    rise = int(_RISE_S * SAMPLE_RATE_HZ)
    response[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)
    response[: int(_PRE_DELAY_S * SAMPLE_RATE_HZ)] = 0.0
    return response / np.float32(np.sqrt(np.vdot(response, response)))

"""Array types of the engine, and its one sample rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 44_100
FRAME_SAMPLES = 441  # one picture column, 10 ms

Samples = NDArray[np.float32]  # (samples,) or (samples, channels), -1..1
Floats = NDArray[np.floating[Any]]
Spectrum = NDArray[np.complexfloating[Any, Any]]


def as_samples(values: Floats) -> Samples:
    """Return values as float32, without a copy where they already are."""
    return np.asarray(values, dtype=np.float32)


def midi_to_hz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch; 69 is 440 Hz."""
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)

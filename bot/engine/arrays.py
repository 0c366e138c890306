"""Array types of the engine, and its one sample rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 44_100
FRAME_SAMPLES = 441  # one picture column, 10 ms
FRAMES_PER_S = SAMPLE_RATE_HZ // FRAME_SAMPLES
LONGEST_NOTE_S = 9.0  # what is held for longer dies away

Samples = NDArray[np.float32]  # (samples,) or (samples, channels), -1..1
Floats = NDArray[np.floating[Any]]
Spectrum = NDArray[np.complexfloating[Any, Any]]


def as_samples(values: Floats) -> Samples:
    """Return values as float32, without a copy where they already are."""
    return np.asarray(values, dtype=np.float32)


def channels_mean(audio: Floats) -> Floats:
    """Return the mean of the channels of (samples, channels); (samples,) stays as it is.

    A sum of two has the bits of numpy's mean, which takes ten times as long along so short an axis.
    """
    if audio.ndim == 1:
        return audio
    if audio.shape[1] != 2:
        return audio.mean(axis=1)
    return (audio[:, 0] + audio[:, 1]) * audio.dtype.type(0.5)


def spectrum_of(signal: Samples, size: int | None = None) -> Spectrum:
    """Return the transform of real signals along the last axis, in single precision, padded to a size.

    numpy 2 works out a forward transform of float32 in double precision unless it is normalised: twice the
    time and five times the memory. So it is asked to normalise, and that is taken back.
    """
    spectrum = np.fft.rfft(signal, size, norm="forward")
    spectrum *= np.float32(size or signal.shape[-1])
    return spectrum


def resampled_period(signal: Samples, count: int, size: int | None = None) -> Samples:
    """Return a signal as `count` samples over the same time, its spectrum cut or filled with silence.

    It is taken for one period of a loop; `size` pads it with silence first, so that `count` are those of the
    padded length.
    """
    size = size or len(signal)
    spectrum = spectrum_of(signal, size)
    kept = np.zeros(count // 2 + 1, np.complex64)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    return as_samples(np.fft.irfft(kept, count)) * np.float32(count / size)


def midi_to_hz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch; 69 is 440 Hz."""
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)

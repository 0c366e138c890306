"""Pitch classes: how strong each of the twelve is at every tenth of a second, and the key they speak for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.listen.frames import magnitude_blocks, resampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.engine.arrays import Samples

_RATE_HZ, _WINDOW, _HOP = 11_025, 8192, 1102
CHROMAS_PER_S = _RATE_HZ / _HOP
_LOW_HZ, _HIGH_HZ, _BASS_HZ = 55.0, 1200.0, 220.0
_LASTING_FRAMES = 7
_CLEAR_KEY = 0.35

# Krumhansl and Kessler's probe-tone profiles.
_MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def chromas_of(mono: Samples, sample_rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (frames, 12) of all and of bass pitch classes, C first, from spectral peaks that last.

    Drums come and go within a few frames; a median over seven of them leaves what is held.
    """
    signal = resampled(mono, sample_rate_hz, _RATE_HZ)
    frequency = np.fft.rfftfreq(_WINDOW, 1.0 / _RATE_HZ)
    wanted = (frequency > _LOW_HZ) & (frequency < _HIGH_HZ)
    magnitude = np.concatenate([block[:, wanted] for block in magnitude_blocks(signal, _WINDOW, _HOP)])
    edge = _LASTING_FRAMES // 2
    padded = np.pad(magnitude, ((edge, edge), (0, 0)), mode="edge")
    pitch = 69.0 + 12.0 * np.log2(frequency[wanted][1:-1] / 440.0)
    weights = _class_weights(pitch)
    low = frequency[wanted][1:-1] < _BASS_HZ
    whole: list[NDArray[np.float64]] = []
    bass: list[NDArray[np.float64]] = []
    for first in range(0, len(magnitude), 64):
        part = padded[first : first + 64 + 2 * edge]
        if len(part) < _LASTING_FRAMES:
            break
        windows = np.lib.stride_tricks.sliding_window_view(part, _LASTING_FRAMES, axis=0)
        lasting = np.median(windows, axis=2)
        inner = lasting[:, 1:-1]
        peaks = inner * ((inner > lasting[:, :-2]) & (inner >= lasting[:, 2:]))
        whole.append(peaks @ weights)
        bass.append(peaks[:, low] @ weights[low])
    return np.concatenate(whole), np.concatenate(bass)


def _class_weights(pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    nearest = np.round(pitch)
    weights = np.zeros((len(pitch), 12))
    weights[np.arange(len(pitch)), nearest.astype(int) % 12] = np.exp(-(((pitch - nearest) / 0.25) ** 2))
    return weights


def mean_classes(chromas: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean strength of each pitch class, every frame counted alike."""
    return (chromas / (chromas.sum(axis=1, keepdims=True) + 1e-9)).mean(axis=0)


def key_scores(classes: NDArray[np.float64]) -> list[tuple[float, int, str]]:
    """Return (how well it fits, tonic, "maj" or "min") for all keys, best first; none where all is equal."""
    if float(np.std(classes)) < 1e-6:
        return []
    found = [
        (float(np.corrcoef(np.roll(profile, tonic), classes)[0, 1]), tonic, mode)
        for mode, profile in (("maj", _MAJOR_PROFILE), ("min", _MINOR_PROFILE))
        for tonic in range(12)
    ]
    return sorted(found, reverse=True)


def clear_key(classes: NDArray[np.float64]) -> tuple[int, str] | None:
    """Return the key, or None where none is clear."""
    scores = key_scores(classes)
    if not scores or scores[0][0] <= _CLEAR_KEY:
        return None
    return scores[0][1], scores[0][2]

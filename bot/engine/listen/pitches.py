"""Pitch classes: how strong each of the twelve is at every tenth of a second, and the key they speak for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.listen.frames import magnitude_blocks, resampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.engine.arrays import Samples

_RATE_HZ, _WINDOW, _HOP = 11_025, 8192, 1102
CHROMAS_PER_S = _RATE_HZ / _HOP
_KEY_BAND_HZ = (55.0, 1200.0)
# Overtones above this band make minor thirds sound major.
_CHORD_BAND_HZ = (80.0, 700.0)
_BASS_BAND_HZ = (55.0, 160.0)
_LASTING_FRAMES = 7
_CLEAR_KEY = 0.35

# Krumhansl and Kessler's probe-tone profiles.
_MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True, slots=True, eq=False)
class Chromas:
    """Pitch classes (frames, 12), C first: all of them, those that tell chords apart, and the bass's."""

    all: NDArray[np.float64]
    chords: NDArray[np.float64]
    bass: NDArray[np.float64]


def chromas_of(mono: Samples, sample_rate_hz: int) -> Chromas:
    """Return the pitch classes of spectral peaks that last.

    Drums come and go within a few frames; a median over seven of them leaves what is held.
    """
    signal = resampled(mono, sample_rate_hz, _RATE_HZ)
    frequency = np.fft.rfftfreq(_WINDOW, 1.0 / _RATE_HZ)
    wanted = (frequency > _KEY_BAND_HZ[0]) & (frequency < _KEY_BAND_HZ[1])
    magnitude = np.concatenate([block[:, wanted] for block in magnitude_blocks(signal, _WINDOW, _HOP)])
    edge = _LASTING_FRAMES // 2
    padded = np.pad(magnitude, ((edge, edge), (0, 0)), mode="edge")
    pitch = 69.0 + 12.0 * np.log2(frequency[wanted][1:-1] / 440.0)
    inner_hz = frequency[wanted][1:-1]
    weights = _class_weights(pitch)
    bands = [
        weights * ((inner_hz > low) & (inner_hz < high))[:, None]
        for low, high in (_KEY_BAND_HZ, _CHORD_BAND_HZ, _BASS_BAND_HZ)
    ]
    found: tuple[list[NDArray[np.float64]], ...] = ([], [], [])
    for first in range(0, len(magnitude), 64):
        part = padded[first : first + 64 + 2 * edge]
        if len(part) < _LASTING_FRAMES:
            break
        windows = np.lib.stride_tricks.sliding_window_view(part, _LASTING_FRAMES, axis=0)
        lasting = np.median(windows, axis=2)
        inner = lasting[:, 1:-1]
        peaks = inner * ((inner > lasting[:, :-2]) & (inner >= lasting[:, 2:]))
        for parts, band in zip(found, bands, strict=True):
            parts.append(peaks @ band)
    return Chromas(*(np.concatenate(parts) for parts in found))


def _class_weights(pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    nearest = np.round(pitch)
    weights = np.zeros((len(pitch), 12))
    weights[np.arange(len(pitch)), nearest.astype(int) % 12] = np.exp(-(((pitch - nearest) / 0.25) ** 2))
    return weights


def mean_classes(chromas: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean strength of each pitch class, every frame counted alike."""
    return (chromas / (chromas.sum(axis=1, keepdims=True) + 1e-9)).mean(axis=0)


def clear_key(classes: NDArray[np.float64]) -> tuple[int, str] | None:
    """Return tonic (0..11 above C) and "maj" or "min", or None where no key is clear."""
    if float(np.std(classes)) < 1e-6:
        return None
    found = [
        (float(np.corrcoef(np.roll(profile, tonic), classes)[0, 1]), tonic, mode)
        for mode, profile in (("maj", _MAJOR_PROFILE), ("min", _MINOR_PROFILE))
        for tonic in range(12)
    ]
    clearness, tonic, mode = max(found)
    return (tonic, mode) if clearness > _CLEAR_KEY else None

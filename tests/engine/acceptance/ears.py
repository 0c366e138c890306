"""Detectors and meters that are not ours: librosa for tempo, key and pitch, pyloudnorm for loudness.

They are imported where they are used: the rest of the suite does not wait for them.
"""

from __future__ import annotations

import importlib
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.engine.arrays import as_samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.engine.arrays import Samples

HALF_RATE_HZ = 22_050
_HOP = 256
_TEMPOGRAM_FRAMES = 689  # 8 s
_TEMPOGRAM_STEP = 8  # the mean of windows 11 ms apart is that of windows 93 ms apart, for a tenth of the work
_TEMPI_BPM = np.arange(50.0, 230.0, 0.25)
# How often each step above the tonic sounds: J. Albrecht, D. Shanahan, Music Perception 31 (2013).
_PROFILES = {
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}
_LOWEST_HZ = 65.4  # C2: what lies below is one note's fundamental at a time
_OCTAVES = 5


@cache
def _library(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def half_rate(audio: Samples) -> Samples:
    """Return (samples / 2,) mono at 22,050 Hz of (samples, 2)."""
    mono = audio[:, 0] + audio[:, 1]  # numpy's mean of two takes ten times as long
    return as_samples((mono[: len(mono) // 2 * 2 : 2] + mono[1::2]) * np.float32(0.25))


def tempo_bpm(loop: Samples) -> float:
    """Return the tempo of a loop (samples, 2), played twice.

    The autocorrelation of librosa's onset strength is blind to slower multiples, its Fourier transform to
    quicker ones; the product of both tempograms, under librosa's own preference for 120, is neither.
    """
    librosa = _library("librosa")
    rate = {"sr": HALF_RATE_HZ, "hop_length": _HOP}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        onsets = librosa.onset.onset_strength(y=np.tile(half_rate(loop), 2), **rate)
        repeats = _tempogram(librosa, onsets).mean(axis=1)
        waves = librosa.stft(onsets, n_fft=_TEMPOGRAM_FRAMES, hop_length=_TEMPOGRAM_STEP, center=True)
        waves = np.abs(waves).mean(axis=1)
    at_repeats = librosa.tempo_frequencies(_TEMPOGRAM_FRAMES, **rate)
    at_waves = librosa.fourier_tempo_frequencies(win_length=_TEMPOGRAM_FRAMES, **rate)
    repeating = _at_tempi(at_repeats[:0:-1], repeats[:0:-1])
    waving = _at_tempi(at_waves, waves)
    usual = np.exp(-0.5 * np.log2(_TEMPI_BPM / 120.0) ** 2)
    return float(_TEMPI_BPM[(repeating * waving * usual).argmax()])


def _tempogram(librosa: Any, onsets: Any) -> Any:
    """Return librosa's tempogram (lags, windows), which has no step of its own."""
    padded = np.pad(onsets, _TEMPOGRAM_FRAMES // 2, mode="linear_ramp")
    windows = librosa.util.frame(padded, frame_length=_TEMPOGRAM_FRAMES, hop_length=_TEMPOGRAM_STEP)
    shape = librosa.filters.get_window("hann", _TEMPOGRAM_FRAMES)[:, None]
    return librosa.util.normalize(librosa.autocorrelate(windows * shape, axis=0), axis=0)


def _at_tempi(frequencies: Any, strengths: Any) -> NDArray[np.float64]:
    interpolated: Any = np.interp
    return interpolated(_TEMPI_BPM, frequencies, strengths).clip(0.0)


def is_tempo(found_bpm: float, truth_bpm: float) -> bool:
    """Tell whether a tempo is another's within 3 %, octaves allowed."""
    return min(abs(found_bpm * octave / truth_bpm - 1.0) for octave in (0.5, 1.0, 2.0)) < 0.03


def chroma(audio: Samples) -> NDArray[np.float64]:
    """Return how much of each of the twelve pitch classes sounds, by librosa's constant-Q transform."""
    librosa = _library("librosa")
    given = {"sr": HALF_RATE_HZ, "fmin": _LOWEST_HZ, "n_octaves": _OCTAVES}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return librosa.feature.chroma_cqt(y=half_rate(audio), **given).mean(axis=1)


def key(chroma: NDArray[np.float64]) -> tuple[int, str]:
    """Return the tonic (0..11 above C) and "major" or "minor" that fits the pitch classes best."""

    def fit(candidate: tuple[int, str]) -> float:
        tonic, mode = candidate
        return float(np.corrcoef(np.roll(_PROFILES[mode], tonic), chroma)[0, 1])

    return max(((tonic, mode) for mode in _PROFILES for tonic in range(12)), key=fit)


def is_related(found: tuple[int, str], asked: tuple[int, str]) -> bool:
    """Tell whether a key is the asked one, its relative, or a fifth from it."""
    (tonic, mode), (asked_tonic, asked_mode) = found, asked
    if mode == asked_mode:
        return (tonic - asked_tonic) % 12 in {0, 5, 7}
    return (tonic - asked_tonic) % 12 == (9 if asked_mode == "major" else 3)


def loudness_lufs(audio: Samples) -> float:
    """Return pyloudnorm's integrated loudness of (samples, 2) at 44,100 Hz."""
    return float(_library("pyloudnorm").Meter(44_100).integrated_loudness(audio.astype(np.float64)))


def fundamental_hz(voice: Samples, expected_hz: float) -> float:
    """Return the median of librosa's YIN, a fifth around at most, of a mono piece at 44,100 Hz."""
    pitches = _library("librosa").yin(
        voice, fmin=expected_hz / 1.5, fmax=expected_hz * 1.5, sr=44_100, frame_length=4096
    )
    return float(np.median(pitches))

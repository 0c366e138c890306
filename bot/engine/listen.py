"""Listening: tempo and key of any recording, our own or another host's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Floats, Samples, as_samples, spectrum_of
from bot.engine.score import key_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLOWEST_BPM, FASTEST_BPM = 50.0, 210.0
_LONGEST_S, _SHORTEST_S = 90.0, 2.0
_ONSET_RATE_HZ, _ONSET_WINDOW, _ONSET_HOP = 22_050, 1024, 220
_ONSETS_PER_S = _ONSET_RATE_HZ / _ONSET_HOP
_ONSET_BANDS = 24
_TEMPO_STEP = 0.25
_USUAL_BPM, _USUAL_OCTAVES = 118.0, 0.9
# Multiples of a beat at which a steady pulse repeats itself, and what each is worth.
_PULSE_LAGS = ((1.0, 1.0), (2.0, 0.9), (4.0, 0.8), (0.5, 0.35), (8.0, 0.6))
_CLEAR_PULSE = 0.06
_CHROMA_RATE_HZ, _CHROMA_WINDOW, _CHROMA_HOP = 11_025, 8192, 1102
_CHROMA_LOW_HZ, _CHROMA_HIGH_HZ = 55.0, 1200.0
_HARMONIC_FRAMES = 7
_CLEAR_KEY = 0.35
_SILENT_PEAK = 1e-4
_BLOCK = 64

# Krumhansl and Kessler's probe-tone profiles.
_MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True, slots=True)
class Heard:
    """What could be heard: tempo and key, each None where there is none to be made out."""

    bpm: float | None
    key: str | None


def listen(audio: Floats, *, sample_rate: int = SAMPLE_RATE_HZ) -> Heard:
    """Return tempo and key of audio (samples,) or (samples, channels) in -1..1.

    At most the first 90 s are heard. Silence, noise, clips under 2 s and free rhythm give None rather
    than a guess. The tempo lies within 50..210 and may be half or double of what a person taps.
    """
    mono = as_samples(audio.mean(axis=1) if audio.ndim > 1 else audio)[: int(_LONGEST_S * sample_rate)]
    mono = np.nan_to_num(mono, nan=0.0, posinf=0.0, neginf=0.0)
    if len(mono) < _SHORTEST_S * sample_rate or float(np.abs(mono).max()) < _SILENT_PEAK:
        return Heard(None, None)
    return Heard(_tempo(onset_strength(mono, sample_rate)), _key(chroma(mono, sample_rate)))


def _resampled(signal: Samples, rate_hz: int, wanted_hz: int) -> Samples:
    size = 1 << (len(signal) - 1).bit_length()  # zero-padded: a fast transform for any length
    count = round(size * wanted_hz / rate_hz)
    spectrum = spectrum_of(signal, size)
    kept = np.zeros(count // 2 + 1, np.complex64)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    resampled = as_samples(np.fft.irfft(kept, count)) * np.float32(count / size)
    return resampled[: round(len(signal) * wanted_hz / rate_hz)]


def _magnitudes(signal: Samples, window: int, hop: int) -> Samples:
    padded = np.pad(signal, (window // 2, window))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    shape = as_samples(np.hanning(window))
    blocks = [np.abs(spectrum_of(frames[at : at + _BLOCK] * shape)) for at in range(0, len(frames), _BLOCK)]
    return as_samples(np.concatenate(blocks))


def onset_strength(mono: Samples, sample_rate_hz: int) -> NDArray[np.float64]:
    """Return how much new sound begins at each hundredth of a second."""
    magnitude = _magnitudes(_resampled(mono, sample_rate_hz, _ONSET_RATE_HZ), _ONSET_WINDOW, _ONSET_HOP)
    edges = np.unique(np.round(np.geomspace(2, _ONSET_WINDOW // 2, _ONSET_BANDS + 1)).astype(int))
    bands = np.add.reduceat(magnitude, edges[:-1], axis=1)
    level = np.log1p(100.0 * bands / (float(bands.max()) + 1e-9))
    rise = np.maximum(0.0, np.diff(level, axis=0)).mean(axis=1)
    window = np.hanning(40)
    return np.maximum(0.0, rise - np.convolve(rise, window / window.sum(), "same"))


def _tempo(onsets: NDArray[np.float64]) -> float | None:
    centred = onsets - onsets.mean()
    count = len(centred)
    spectrum = np.abs(np.fft.rfft(centred, 2 * count)) ** 2
    repeats = np.fft.irfft(spectrum)[:count] / np.arange(count, 0, -1)
    if repeats[0] <= 0.0:
        return None
    tempos = np.arange(SLOWEST_BPM, FASTEST_BPM + 0.01, _TEMPO_STEP)
    score = np.zeros(len(tempos))
    weight = np.zeros(len(tempos))
    for multiple, worth in _PULSE_LAGS:
        lag = 60.0 * _ONSETS_PER_S / tempos * multiple
        heard = lag < count * 0.75
        score += np.where(heard, worth * np.interp(lag, np.arange(count), repeats), 0.0)
        weight += np.where(heard, worth, 0.0)
    score = score / np.maximum(weight, 1e-9)
    preferred = score * np.exp(-0.5 * (np.log2(tempos / _USUAL_BPM) / _USUAL_OCTAVES) ** 2)
    best = int(preferred.argmax())
    return float(tempos[best]) if score[best] > _CLEAR_PULSE * repeats[0] else None


def chroma(mono: Samples, sample_rate_hz: int) -> NDArray[np.float64]:
    """Return the strength of each pitch class, C first, from spectral peaks that last."""
    magnitude = _magnitudes(_resampled(mono, sample_rate_hz, _CHROMA_RATE_HZ), _CHROMA_WINDOW, _CHROMA_HOP)
    frequency = np.fft.rfftfreq(_CHROMA_WINDOW, 1.0 / _CHROMA_RATE_HZ)
    wanted = (frequency > _CHROMA_LOW_HZ) & (frequency < _CHROMA_HIGH_HZ)
    magnitude = magnitude[:, wanted]
    edge = _HARMONIC_FRAMES // 2
    padded = np.pad(magnitude, ((edge, edge), (0, 0)), mode="edge")
    lasting = np.median(np.lib.stride_tricks.sliding_window_view(padded, _HARMONIC_FRAMES, axis=0), axis=2)
    inner = lasting[:, 1:-1]
    peaks = inner * ((inner > lasting[:, :-2]) & (inner >= lasting[:, 2:]))
    pitch = 69.0 + 12.0 * np.log2(frequency[wanted][1:-1] / 440.0)
    nearest = np.round(pitch)
    tuned = np.exp(-(((pitch - nearest) / 0.25) ** 2))
    weights = np.zeros((len(pitch), 12))
    weights[np.arange(len(pitch)), nearest.astype(int) % 12] = tuned
    by_frame = np.einsum("fp,pc->fc", peaks, weights)
    return (by_frame / (by_frame.sum(axis=1, keepdims=True) + 1e-9)).mean(axis=0)


def _key(classes: NDArray[np.float64]) -> str | None:
    if float(np.std(classes)) < 1e-6:
        return None
    found = [
        (float(np.corrcoef(np.roll(profile, tonic), classes)[0, 1]), tonic, mode)
        for mode, profile in (("maj", _MAJOR_PROFILE), ("min", _MINOR_PROFILE))
        for tonic in range(12)
    ]
    clearness, tonic, mode = max(found)
    return key_name(tonic, mode) if clearness > _CLEAR_KEY else None

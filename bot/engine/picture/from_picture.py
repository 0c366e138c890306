"""A spectrogram picture back to sound, by the method of Griffin and Lim (1984) with momentum.

The picture holds how strong each band is, not its phase. Phases are first guessed from the peaks of each
column (Beauregard, Harish and Wyse 2015), then found by going to and fro between sound and spectrum, keeping
the strengths each time; the momentum is that of Perraudin, Balazs and Sondergaard (2013). All is done at
20 kHz, of which the picture's 10 kHz are the top, with the window unpadded.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import (
    SAMPLE_RATE_HZ,
    Floats,
    Samples,
    Spectrum,
    as_samples,
    resampled_period,
    spectrum_of,
)
from bot.engine.picture.spectrogram import (
    EXIF_MAX_VALUE,
    HOP,
    MEL_ROWS,
    PADDED,
    POWER,
    RATE_HZ,
    WINDOW,
    mel_corners_hz,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

_ROUNDS = 26
_MOMENTUM = 0.48
_OVERLAP = WINDOW // HOP
_LOUDEST = 0.7  # peak of the sound, where the picture does not say how loud it was


def audio_from_picture(picture: Image.Image) -> Samples:
    """Return the sound of a spectrogram picture, (samples,) mono at 44.1 kHz, 10 ms a column.

    The picture must be 512 rows high; its level is that of its EXIF tag, or a peak of 0.7 without one.
    Raises ValueError for other heights and for no columns.
    """
    grey = np.asarray(picture.convert("L"), np.float32)
    if grey.shape[0] != MEL_ROWS or not grey.size:
        raise ValueError(f"A spectrogram picture has {MEL_ROWS} rows, not {grey.shape[0]}.")
    largest = float(picture.getexif().get(EXIF_MAX_VALUE, 0.0))
    mel = ((255.0 - grey[::-1]) / 255.0) ** (1.0 / POWER) * np.float32(largest or 1.0)
    sound = _with_phases(_strengths(as_samples(mel)))
    if not largest:
        sound *= np.float32(_LOUDEST / max(float(np.abs(sound).max()), 1e-9))
    return resampled_period(sound, round(len(sound) * SAMPLE_RATE_HZ / RATE_HZ))


def _strengths(mel: Samples) -> Samples:
    """Return (columns, bins) magnitudes of the unpadded window from (512, columns) of mel."""
    corners = mel_corners_hz()
    # A row sums the padded transform's bins under its triangle, half its foot wide.
    widths = (corners[2:] - corners[:-2]) / 2.0 / (RATE_HZ / PADDED)
    bins_hz = np.linspace(0.0, RATE_HZ / 2.0, WINDOW // 2 + 1)
    place = np.interp(bins_hz, corners[1:-1], np.arange(MEL_ROWS))
    below = np.minimum(place.astype(np.intp), MEL_ROWS - 2)
    share = as_samples(place - below)[:, None]
    level = mel / as_samples(widths * (SAMPLE_RATE_HZ / RATE_HZ))[:, None]
    return as_samples(np.ascontiguousarray((level[below] * (1 - share) + level[below + 1] * share).T))


def _with_phases(strengths: Samples) -> Samples:
    """Return the sound (columns * 200,) at 20 kHz whose spectra come nearest to the given strengths."""
    columns = len(strengths)
    spectra = _guessed(strengths)
    before: Spectrum = np.zeros_like(spectra)
    window, weight = _window(), _overlapped(np.broadcast_to(_window() ** 2, (columns, WINDOW)))
    np.maximum(weight, np.float32(1e-3), out=weight)
    for _ in range(_ROUNDS):
        spectra *= strengths
        sound = _overlapped(np.fft.irfft(spectra, WINDOW, axis=1) * window) / weight
        windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP][:columns]
        found = spectrum_of(windows * window)
        spectra = found - np.float32(_MOMENTUM) * before
        spectra /= np.abs(spectra) + np.float32(1e-9)
        before = found
    spectra *= strengths
    sound = _overlapped(np.fft.irfft(spectra, WINDOW, axis=1) * window) / weight
    return sound[WINDOW // 2 : WINDOW // 2 + columns * HOP]


def _guessed(strengths: Samples) -> Spectrum:
    """Return unit phasors that go on from column to column at the frequency of the nearest peak."""
    middle = strengths[:, 1:-1]
    peaks = np.zeros(strengths.shape, np.bool_)
    peaks[:, 1:-1] = (middle > strengths[:, :-2]) & (middle >= strengths[:, 2:])
    phase: Floats = np.zeros(len(strengths[0]), np.float64)
    guessed: Spectrum = np.empty(strengths.shape, np.complex64)
    for column in range(len(strengths)):
        places = np.flatnonzero(peaks[column])
        if len(places):
            phase = _a_column_later(phase, strengths[column], places)
        guessed[column].real, guessed[column].imag = np.cos(phase), np.sin(phase)
    return guessed


def _a_column_later(phase: Floats, strength: Samples, peaks: NDArray[np.intp]) -> Floats:
    """Return the phase of each bin 10 ms later: a peak's goes on, those around it keep to it."""
    before, at, after = (strength[peaks + step] for step in (-1, 0, 1))
    offset = 0.5 * (before - after) / (before - 2.0 * at + after - 1e-12)
    carried = phase[peaks] + 2.0 * np.pi * HOP / WINDOW * (peaks + offset)
    place = np.arange(len(phase))
    nearest = np.searchsorted((peaks[1:] + peaks[:-1] + 1) // 2, place, side="right")
    # Neighbours of a peak under a window that is centred swing against each other.
    return np.asarray(carried[nearest] + np.pi * ((place - peaks[nearest]) % 2), np.float64)


@lru_cache(maxsize=1)
def _window() -> Samples:
    return as_samples(np.hanning(WINDOW + 1)[:-1])


def _overlapped(frames: Floats) -> Samples:
    """Return frames (columns, 2000) added up where they lie, 200 samples apart."""
    columns = len(frames)
    parts = frames.reshape(columns, _OVERLAP, HOP)
    total = np.zeros((columns + _OVERLAP, HOP), np.float32)
    for step in range(_OVERLAP):
        total[step : step + columns] += parts[:, step]
    return total.reshape(-1)

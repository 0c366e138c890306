"""Whether there is music in a sound at all: silence, a stuck value and bare noise are refused.

Stationary noise is told from music by two properties that Gaussian noise has and music lacks: the
level of each band moves from frame to frame exactly as much as chance makes it, and the averaged
spectrum is smooth. Both are measured against what chance gives, so neither depends on the noise's
colour or loudness. Over white, pink, brown and filtered noise the two come to 0.9-1.1 and 1.5-6;
over music of twenty genres to 1.3-3.7 and 10-50.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.audio.sound import SAMPLE_RATE_HZ, Audio
from bot.engine.arrays import spectrum_of
from bot.errors import UnusableAudio

SILENCE_DB = -60.0
_LEVEL_STRIDE = 4
"""Every fourth sample tells a level as well as all of them."""
_LEVEL_WINDOW = SAMPLE_RATE_HZ // 10 // _LEVEL_STRIDE
_FRAME = 2048
_MAX_FRAMES = 250
_BAND_EDGES = np.unique(np.geomspace(10, 820, 25).astype(int))
"""FFT bins of 21.5 Hz: 24 bands from 215 Hz to 17.7 kHz."""
_RESTLESS_MEDIAN, _RESTLESS_MOST, _PEAKY_MEDIAN = 1.2, 1.6, 6.0


def refuse_useless(audio: Audio) -> None:
    """Raise ``UnusableAudio`` (silent, noise) where nobody would call it music."""
    if loudest_db(audio) < SILENCE_DB:
        raise UnusableAudio("silent")
    if is_noise(audio):
        raise UnusableAudio("noise")


def loudest_db(audio: Audio) -> float:
    """The level of the loudest tenth of a second, in dB of full scale; a constant offset is no sound."""
    some = audio[::_LEVEL_STRIDE]
    moving = some - some.mean(axis=0, dtype=np.float64).astype(np.float32)
    whole = len(moving) // _LEVEL_WINDOW * _LEVEL_WINDOW
    windows = moving[:whole].reshape(-1, _LEVEL_WINDOW * 2)
    power = np.einsum("ws,ws->w", windows, windows) / (_LEVEL_WINDOW * 2)
    return float(10 * np.log10(power.max() + 1e-20))


def is_noise(audio: Audio) -> bool:
    """Whether this is stationary noise and nothing else."""
    # The louder side, not the sum: sides of opposite phase would cancel.
    side = audio[:, int(np.argmax(np.abs(audio).sum(axis=0)))]
    frames = len(side) // _FRAME
    starts = np.linspace(0, frames - 1, min(frames, _MAX_FRAMES)).astype(int) * _FRAME
    windows = side[starts[:, None] + np.arange(_FRAME)] * np.hanning(_FRAME).astype(np.float32)
    power = np.abs(spectrum_of(windows))[:, _BAND_EDGES[0] : _BAND_EDGES[-1]] ** 2
    restless, peaky = _restlessness(power), _peakiness(power)
    return bool(
        np.median(restless) < _RESTLESS_MEDIAN
        and restless.max() < _RESTLESS_MOST
        and np.median(peaky) < _PEAKY_MEDIAN
    )


def _bands(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., bins) -> (..., bands), summed."""
    return np.add.reduceat(power, _BAND_EDGES[:-1] - _BAND_EDGES[0], axis=-1)


def _restlessness(power: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much each band's level moves from frame to frame, as a multiple of what chance gives."""
    level_db = 10 * np.log10(_bands(power).astype(np.float64) + 1e-12)
    moved_db = np.sqrt(np.mean(np.diff(level_db, axis=0) ** 2, axis=0) / 2)
    # A sum of k exponential variables has a relative deviation of 1/sqrt(k); Hann correlates 1.9 bins.
    return moved_db / (10 / np.log(10) * np.sqrt(1.9 / np.diff(_BAND_EDGES)))


def _peakiness(power: NDArray[np.float32]) -> NDArray[np.float64]:
    """How far each band's highest bin stands out of its mean, in deviations of the average."""
    widths = np.diff(_BAND_EDGES)
    spectrum = power.mean(axis=0)
    share = spectrum / np.repeat(_bands(spectrum) / widths + 1e-20, widths)
    highest = np.maximum.reduceat(share, _BAND_EDGES[:-1] - _BAND_EDGES[0])
    return (highest - 1.0).astype(np.float64) * np.sqrt(len(power))

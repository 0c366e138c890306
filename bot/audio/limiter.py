"""A transparent look-ahead limiter on true peaks."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bot.audio.sound import Audio, as_audio

_REACH = 660
"""Samples (15 ms) over which the gain moves: longer than a period of most bass notes."""
_TAPS = 32
_PHASES = 4
"""Fourfold oversampling, as ITU-R BS.1770-4, annex 2."""


def limiting(peaks: NDArray[np.float32], *, ceiling: float) -> NDArray[np.float32]:
    """The gain (samples,) that brings true ``peaks`` to ``ceiling`` or under it (linear, 1 = full scale).

    It falls and rises along a smooth curve that is at most the needed gain everywhere: no sample is
    ever clipped.
    """
    needed = as_audio(np.float32(ceiling) / np.maximum(peaks, np.float32(ceiling)))
    if needed.min() >= 1.0:
        return needed
    return _smooth(_lowest_within(needed, _REACH), _REACH)


def true_peaks(audio: Audio) -> NDArray[np.float32]:
    """The highest magnitude at and around each sample of either side, between the samples included."""
    peaks = np.abs(audio).max(axis=1)
    for channel in audio.T:
        for kernel in _kernels():
            between = np.abs(np.convolve(channel, kernel, mode="same"))
            np.maximum(peaks, between, out=peaks)
            # "same" places the value half a sample to one side of where it belongs: count it for both.
            np.maximum(peaks[1:], between[:-1], out=peaks[1:])
            np.maximum(peaks[:-1], between[1:], out=peaks[:-1])
    return peaks


@cache
def _kernels() -> list[NDArray[np.float32]]:
    """Windowed-sinc interpolators for the positions between two samples."""
    positions = np.arange(_TAPS) - _TAPS // 2
    kernels: list[NDArray[np.float32]] = []
    for phase in range(1, _PHASES):
        offset = positions + phase / _PHASES
        kernel = np.sinc(offset) * np.cos(np.pi * offset / (_TAPS + 2)) ** 2
        kernels.append((kernel / kernel.sum()).astype(np.float32))
    return kernels


def _lowest_within(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """The minimum over ``reach`` values to either side (van Herk's two running minima)."""
    width = 2 * reach + 1
    count = len(values)
    blocks = -(-(count + 2 * reach) // width)
    padded = np.ones(blocks * width, np.float32)
    padded[reach : reach + count] = values
    grid = padded.reshape(blocks, width)
    forward = np.minimum.accumulate(grid, axis=1).ravel()
    backward = np.minimum.accumulate(grid[:, ::-1], axis=1)[:, ::-1].ravel()
    return np.minimum(backward[:count], forward[width - 1 : width - 1 + count])


def _smooth(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """A triangular average over ``reach`` values to either side: never above the held minimum's reach."""
    half = reach // 2
    width = 2 * half + 1
    smooth = values.astype(np.float64)
    for _ in range(2):
        padded = np.concatenate([np.full(half, smooth[0]), smooth, np.full(half, smooth[-1])])
        total = np.concatenate([[0.0], np.cumsum(padded)])
        smooth = (total[width:] - total[:-width]) / width
    return smooth.astype(np.float32)

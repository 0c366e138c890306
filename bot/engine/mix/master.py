"""Mastering: glue, loudness and a true-peak ceiling, solved on a coarse grid and applied once.

All gains are curves over blocks of 21 samples (0.5 ms). The limiter takes the smallest gain within its
reach and smooths it, so it is always down before the peak arrives; everything wraps around the loop.
"""

from __future__ import annotations

import math

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, SAMPLE_RATE_HZ, Floats, Samples, as_samples, spectrum_of
from bot.engine.loudness import gated_loudness, true_peak
from bot.engine.mix.grid import Grid, fast_frames

TARGET_LUFS = -14.0
CEILING_DBTP = -1.25  # the promise is -1; meters differ, and lossy codecs overshoot
_SAMPLE_CEILING_DB = -1.55  # leaves room for what lies between the samples
BLOCK_SAMPLES = 21
_BLOCKS_PER_FRAME = FRAME_SAMPLES // BLOCK_SAMPLES
_REACH_BLOCKS = 20
_ROUNDS = 8
_GLUE_OVER_DB = 3.0  # above the mean level
_GLUE_RATIO = 0.5
_GLUE_FRAMES = 9
_GLUED_LU = 0.2
_PIECE_SAMPLES = 1800 * FRAME_SAMPLES  # looked at or changed at once
_MARGIN_SAMPLES = 30 * FRAME_SAMPLES


def master(mix: Samples, powers: Floats, *, glued: bool = False) -> list[Floats]:
    """Bring a mix to -14 LUFS and below -1 dBTP, in place; return the gain curves that did it.

    `mix` is (2, samples), a multiple of 441 long; `powers` is its K-weighted power (both channels summed)
    in each block of 21 samples. The curves, to be applied one after the other by `apply_curve`, have one
    gain a block. What is `glued` is a sum of mastered parts: it is not compressed again, and may stay a
    fifth of a decibel quieter rather than be limited twice. Digital silence is left as it is.
    """
    peaks = _block_peaks(mix)
    if float(peaks.max()) < 1e-7:
        return []
    glue = np.ones(len(powers)) if glued else _glue_curve(powers)
    peaks, powers = peaks * glue, powers * glue**2
    ceiling_db = _SAMPLE_CEILING_DB
    target = min(TARGET_LUFS, max(TARGET_LUFS - _GLUED_LU, _loudness(powers))) if glued else TARGET_LUFS
    curves: list[Floats] = [glue * _solve(peaks, powers, 10.0 ** (ceiling_db / 20.0), target)]
    apply_curve(mix, curves[0])
    while True:
        over_db = 20.0 * math.log10(true_peak(mix.T, circular=True)) - CEILING_DBTP
        if not over_db > 0.0:  # what is no number is no reason to go on for ever: `check_sound` refuses it
            return curves
        ceiling_db -= over_db + 0.05
        before = np.prod(curves, axis=0)
        curves.append(glue * _solve(peaks, powers, 10.0 ** (ceiling_db / 20.0), target) / before)
        apply_curve(mix, curves[-1])


def block_powers(mix: Samples) -> Floats:
    """Return the K-weighted power of each mastering block of a mix (2, samples), both channels summed.

    Worked out in pieces, around the loop; an end that has rung out does not mind.
    """
    samples = mix.shape[1]
    powers = np.zeros(samples // BLOCK_SAMPLES)
    for start in range(0, samples, _PIECE_SAMPLES):
        count = min(_PIECE_SAMPLES, samples - start)
        grid = Grid(fast_frames((count + 2 * _MARGIN_SAMPLES) // FRAME_SAMPLES))
        for channel in mix:
            around = _around(channel, start - _MARGIN_SAMPLES, start + count + _MARGIN_SAMPLES)
            spectrum = spectrum_of(around, grid.samples)
            spectrum *= grid.k_weighting
            weighted = np.fft.irfft(spectrum, grid.samples)[_MARGIN_SAMPLES : _MARGIN_SAMPLES + count]
            first = start // BLOCK_SAMPLES
            powers[first : first + count // BLOCK_SAMPLES] += (
                np.square(weighted, out=weighted).reshape(-1, BLOCK_SAMPLES).mean(axis=1)
            )
    return powers


def _around(channel: Samples, first: int, last: int) -> Samples:
    """Return samples `first`..`last` of a channel that goes round and round."""
    size = len(channel)
    turns = range(first // size, -(-last // size))
    return np.concatenate([channel[max(first - n * size, 0) : max(last - n * size, 0)] for n in turns])


def _block_peaks(mix: Samples) -> Floats:
    """Return the largest absolute sample of each block."""
    peaks = np.zeros(mix.shape[1] // BLOCK_SAMPLES, np.float32)
    step = _PIECE_SAMPLES // BLOCK_SAMPLES
    for start in range(0, len(peaks), step):
        part = peaks[start : start + step]
        for channel in mix:
            piece = channel[start * BLOCK_SAMPLES : (start + len(part)) * BLOCK_SAMPLES]
            np.maximum(part, np.abs(piece).reshape(-1, BLOCK_SAMPLES).max(axis=1), out=part)
    return peaks


def _glue_curve(powers: Floats) -> Samples:
    """Return a slow 2:1 compression of frames well above the mean."""
    frames = powers.reshape(-1, _BLOCKS_PER_FRAME).mean(axis=1)
    level_db = 10.0 * np.log10(frames / max(float(frames.mean()), 1e-12) + 1e-9)
    reduction_db = -_GLUE_RATIO * np.maximum(0.0, level_db - _GLUE_OVER_DB)
    smooth = _smooth_around(reduction_db, np.ones(_GLUE_FRAMES) / _GLUE_FRAMES)
    places = (np.arange(len(powers)) + 0.5) / _BLOCKS_PER_FRAME - 0.5
    wrapped = np.interp(places, np.arange(len(smooth)), smooth, period=len(smooth))
    return as_samples(10.0 ** (wrapped / 20.0))


def _smooth_around(curve: Floats, kernel: Floats) -> Floats:
    edge = len(kernel) // 2
    return np.convolve(np.pad(curve, edge, mode="wrap"), kernel, mode="valid")


def _limit_curve(peaks: Floats, ceiling: float) -> Floats:
    """Return the gain that keeps every block's peak under the ceiling, without corners."""
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    if float(needed.min()) >= 1.0:
        return needed
    reach = min(_REACH_BLOCKS, (len(peaks) - 1) // 2)
    lowest = _lowest_within(needed, reach)
    window = np.hanning(2 * reach + 1)
    return _smooth_around(lowest, window / window.sum())


def _lowest_within(curve: Floats, reach: int) -> Floats:
    """Return the smallest value within `reach` to both sides, around the loop."""
    width = 2 * reach + 1
    lowest = np.pad(curve, reach, mode="wrap")
    covered = 1
    while covered < width:  # windows that double until they are wide enough
        step = min(covered, width - covered)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        covered += step
    return lowest


def _solve(peaks: Floats, powers: Floats, ceiling: float, target: float) -> Floats:
    """Return the gain curve, limiter included, that brings the loop to a loudness."""
    static = 10.0 ** ((target - _loudness(powers)) / 20.0)
    curve = static * _limit_curve(peaks * static, ceiling)
    for _ in range(_ROUNDS):
        miss = target - _loudness(powers * curve**2)
        if abs(miss) < 0.02:
            break
        static *= 10.0 ** (1.3 * miss / 20.0)
        curve = static * _limit_curve(peaks * static, ceiling)
    return curve


def _loudness(powers: Floats) -> float:
    """Return the gated loudness of block powers: 400 ms windows every 100 ms."""
    blocks_per_hop = SAMPLE_RATE_HZ // 10 // BLOCK_SAMPLES
    hops = len(powers) // blocks_per_hop
    hop_powers = powers[: hops * blocks_per_hop].reshape(hops, -1).mean(axis=1)
    if hops < 4:
        return gated_loudness(powers.mean(keepdims=True))
    total = np.concatenate([[0.0], np.cumsum(hop_powers)])
    return gated_loudness((total[4:] - total[:-4]) / 4.0)


def apply_curves(mix: Samples, curves: list[Floats]) -> None:
    """Apply the curves that `master` returned to a part of what it mastered, (2, samples), in place."""
    for curve in curves:
        apply_curve(mix, curve)


def apply_curve(mix: Samples, gain: Floats) -> None:
    """Apply a block curve to (2, samples), in place: straight lines between block edges.

    An edge takes the smaller of its neighbours, so no peak slips through.
    """
    edges = np.minimum(gain, np.roll(gain, 1))
    start, step = as_samples(edges), as_samples(np.roll(edges, -1) - edges)
    ramp = np.arange(BLOCK_SAMPLES, dtype=np.float32) / BLOCK_SAMPLES
    blocks = _PIECE_SAMPLES // BLOCK_SAMPLES
    for first in range(0, len(gain), blocks):
        part = slice(first, first + blocks)
        curve = (start[part, None] + step[part, None] * ramp).reshape(-1)
        for channel in mix:
            channel[first * BLOCK_SAMPLES : first * BLOCK_SAMPLES + len(curve)] *= curve

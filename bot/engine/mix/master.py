"""Mastering: glue, loudness and a true-peak ceiling, solved on a coarse grid and applied once.

All gains are curves over blocks of 21 samples (0.5 ms). The limiter takes the smallest gain within its
reach and smooths it, so it is always down before the peak arrives; everything wraps around the loop.
"""

from __future__ import annotations

import math

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, SAMPLE_RATE_HZ, Floats, Samples, as_samples
from bot.engine.loudness import gated_loudness, true_peak

TARGET_LUFS = -14.0
CEILING_DBTP = -1.1  # the promise is -1; meters differ by a few hundredths
_SAMPLE_CEILING_DB = -1.45  # leaves room for what lies between the samples
BLOCK_SAMPLES = 21
_BLOCKS_PER_FRAME = FRAME_SAMPLES // BLOCK_SAMPLES
_REACH_BLOCKS = 20
_ROUNDS = 8
_GLUE_OVER_DB = 3.0  # above the mean level
_GLUE_RATIO = 0.5
_GLUE_FRAMES = 9


def master(mix: Samples, powers: Floats) -> Samples:
    """Return a mastered loop (samples, 2) at -14 LUFS and below -1 dBTP.

    `mix` is (2, samples), a multiple of 441 long; `powers` is its K-weighted power (both channels summed)
    in each block of 21 samples. Digital silence is returned as it is.
    """
    peaks = np.maximum(*(np.abs(channel).reshape(-1, BLOCK_SAMPLES).max(axis=1) for channel in mix))
    if float(peaks.max()) < 1e-7:
        return np.ascontiguousarray(mix.T)
    glue = _glue_curve(powers)
    peaks, powers = peaks * glue, powers * glue**2
    ceiling_db = _SAMPLE_CEILING_DB
    while True:
        curve = glue * _solve(peaks, powers, 10.0 ** (ceiling_db / 20.0))
        finished = _apply(mix, curve)
        over_db = 20.0 * math.log10(true_peak(finished, circular=True)) - CEILING_DBTP
        if not over_db > 0.0:  # what is no number is no reason to go on for ever: `check_sound` refuses it
            return finished
        ceiling_db -= over_db + 0.05


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


def _solve(peaks: Floats, powers: Floats, ceiling: float) -> Floats:
    """Return the gain curve, limiter included, that brings the loop to a loudness."""
    static = 10.0 ** ((TARGET_LUFS - _loudness(powers)) / 20.0)
    curve = static * _limit_curve(peaks * static, ceiling)
    for _ in range(_ROUNDS):
        miss = TARGET_LUFS - _loudness(powers * curve**2)
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


def _apply(mix: Samples, gain: Floats) -> Samples:
    """Return (samples, 2): the music with a block curve applied, straight lines between block centres.

    Ramps run from block edge to block edge; an edge takes the smaller neighbour, so no peak slips through.
    """
    edges = np.minimum(gain, np.roll(gain, 1))
    ramp = np.arange(BLOCK_SAMPLES, dtype=np.float32) / BLOCK_SAMPLES
    start, step = as_samples(edges), as_samples(np.roll(edges, -1) - edges)
    curve = (start[:, None] + step[:, None] * ramp).reshape(-1)
    finished = np.empty(mix.shape[::-1], np.float32)
    for place, channel in enumerate(mix):
        np.multiply(channel, curve, out=finished[:, place])
    return finished

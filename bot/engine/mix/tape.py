"""Old tape: a narrow band, and slow wow by a moving delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples, Spectrum, as_samples

if TYPE_CHECKING:
    from bot.engine.mix.grid import Grid

AUDIBLE_LOFI = 0.05
_WARBLE_HZ = 0.55
_WARBLE_S = 0.0016
_CHUNK = 1 << 17
_LOWEST_HZ, _HIGHEST_HZ, _HIGHEST_WORN_HZ = 45.0, 14_000.0, 3800.0


def narrow(spectrum: Spectrum, grid: Grid, amount: float) -> None:
    """Cut a spectrum (channels, bins) in place to a tape's band: 45 Hz up to 14 kHz, or 3.8 kHz at 1."""
    top_hz = np.float32(_HIGHEST_HZ * (1.0 - amount) + _HIGHEST_WORN_HZ * amount)
    for part in grid.parts:
        above = (grid.frequency_hz[part] / top_hz) ** 2
        below = (np.float32(_LOWEST_HZ) / (grid.frequency_hz[part] + np.float32(0.1))) ** 2
        spectrum[:, part] /= (1.0 + above * above * above) * (1.0 + below * below)


def warble(mix: Samples, amount: float, first: int, last: int, *, loops: bool) -> None:
    """Delay samples `first`..`last` of (2, samples) by a tape's slow wow, in place.

    Around a loop the wow fits a whole number of times. It reads only what lies before, so the work goes on
    from the end to the beginning.
    """
    samples = mix.shape[1]
    turns = max(1, round(samples / SAMPLE_RATE_HZ * _WARBLE_HZ)) / samples
    if not loops:
        turns = _WARBLE_HZ / SAMPLE_RATE_HZ
    reach = int(2.0 * SAMPLE_RATE_HZ * _WARBLE_S * amount) + 2
    # What the last chunk to be written reads from before the loop's beginning is its end, still undelayed;
    # before a range of a song lies other music.
    history = mix[:, samples - reach :].copy() if loops else np.zeros((2, reach), np.float32)
    for start in reversed(range(first, last, _CHUNK)):
        place = np.arange(start, min(start + _CHUNK, last))
        delay = SAMPLE_RATE_HZ * _WARBLE_S * amount * (1.0 + np.sin(place * (2.0 * np.pi * turns)))
        whole = delay.astype(np.int64)
        share = as_samples(delay - whole)
        index = place - whole - start + reach
        for channel, before in zip(mix, history, strict=True):
            missing = max(0, reach - (start - first))
            source = np.concatenate(
                [before[reach - missing :], channel[start - reach + missing : start + len(place)]]
            )
            channel[place] = source[index] * (1 - share) + source[index - 1] * share

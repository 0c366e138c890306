"""How far a note is off its pitch, by the centres of its partials."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SKIPPED_S = 0.05  # the noise of the attack
_SEARCH_CENTS, _SPAN_CENTS = 70.0, 45.0
_ROUNDS = 6


def cents_off(
    sound: NDArray[np.floating], hz: float, *, rate_hz: int = 44_100, partials: tuple[int, ...] = (1, 2)
) -> float:
    """Return how many cents a note is off a frequency, each partial weighted by its strength.

    A partial is where the middle of its power lies, so vibrato and several players count with their mean.
    """
    steady = sound[int(_SKIPPED_S * rate_hz) :].astype(np.float64)
    size = 1 << int(np.ceil(np.log2(len(steady) * 2)))
    power = np.abs(np.fft.rfft(steady * np.hanning(len(steady)), size)) ** 2
    found: list[float] = []
    weights: list[float] = []
    for partial in partials:
        centre = hz * partial
        if centre > 0.45 * rate_hz:
            break
        bin_hz = rate_hz / size
        low, high = (int(centre * 2 ** (cents / 1200) / bin_hz) for cents in (-_SEARCH_CENTS, _SEARCH_CENTS))
        highest = low + int(power[low : high + 1].argmax())
        place = 1200 * np.log2(max(highest, 1) * bin_hz / centre)
        for _ in range(_ROUNDS):
            low, high = (
                int(centre * 2 ** ((place + cents) / 1200) / bin_hz) for cents in (-_SPAN_CENTS, _SPAN_CENTS)
            )
            bins = np.arange(low, high + 1)
            level = np.maximum(power[bins] - 2 * np.median(power[bins]), 0.0)
            if not level.sum():
                break
            place = float((1200 * np.log2(bins * bin_hz / centre) * level).sum() / level.sum())
        found.append(float(place))
        weights.append(float(np.sqrt(power[highest])))
    return float(np.average(found, weights=weights))

"""Recordings in short frames: resampled and transformed in pieces, so that minutes need little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Samples, as_samples, channels_mean, resampled_period, spectrum_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 64
_PIECE_S, _MARGIN_S = 20, 1


def mono_of(audio: Samples) -> Samples:
    """Return audio (samples,) or (samples, channels) as one channel, broken numbers as silence."""
    return np.nan_to_num(as_samples(channels_mean(audio)), nan=0.0, posinf=0.0, neginf=0.0)


def resampled(signal: Samples, rate_hz: int, wanted_hz: int) -> Samples:
    """Return a signal at another rate, piece by piece; the pieces overlap so that no joint is heard."""
    piece, margin = _PIECE_S * rate_hz, _MARGIN_S * rate_hz
    parts: list[Samples] = []
    for start in range(0, max(1, len(signal)), piece):
        first = max(0, start - margin)
        whole = _resampled_piece(signal[first : start + piece + margin], rate_hz, wanted_hz)
        before = (start - first) * wanted_hz // rate_hz
        size = min(_PIECE_S * wanted_hz, round((len(signal) - start) * wanted_hz / rate_hz))
        parts.append(whole[before : before + size])
    return np.concatenate(parts)


def _resampled_piece(signal: Samples, rate_hz: int, wanted_hz: int) -> Samples:
    size = 1 << max(0, len(signal) - 1).bit_length()  # zero-padded: a fast transform for any length
    return resampled_period(signal, round(size * wanted_hz / rate_hz), size)


def magnitude_blocks(signal: Samples, window: int, hop: int) -> Iterator[Samples]:
    """Yield the magnitudes (frames, bins) of Hann windows centred on every hop-th sample, some at a time."""
    padded = np.pad(signal, (window // 2, window))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    shape = as_samples(np.hanning(window))
    for at in range(0, len(frames), _BLOCK):
        yield as_samples(np.abs(spectrum_of(frames[at : at + _BLOCK] * shape)))

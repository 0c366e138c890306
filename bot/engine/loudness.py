"""Loudness and true peak after ITU-R BS.1770-4, with numpy alone.

The K-weighting is applied as the exact frequency response of the standard's two filters, in pieces of
half a minute with a run-in, so a long recording needs no more memory than a short one.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples, as_samples, spectrum_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.engine.arrays import Floats

SILENCE_LUFS = -120.0
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
_OFFSET_LU = -0.691
_BLOCK_S, _HOP_S = 0.4, 0.1
_PIECE_S, _RUN_IN_S = 30.0, 0.5
_PEAK_TAPS = 24
_OVERSAMPLING = 4
_CANDIDATE_LEVEL = 0.6  # a peak between samples has a neighbour at least this high
_PEAK_PIECE = 1 << 18  # samples looked through at once
_CANDIDATES_AT_ONCE = 3000  # products small enough not to wake the linear algebra library's threads

# The analogue filters behind the standard's 48 kHz coefficients: (frequency, quality).
_SHELF_HZ, _SHELF_Q, _SHELF_DB = 1681.974450955533, 0.7071752369554196, 3.999843853973347
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773


def k_weighting(frequency_hz: Floats, sample_rate_hz: int = SAMPLE_RATE_HZ) -> Samples:
    """Return the magnitude of the standard's K-weighting filters at each frequency."""
    z = np.exp(-2j * np.pi * np.asarray(frequency_hz, dtype=np.float64) / sample_rate_hz)
    gain = 10.0 ** (_SHELF_DB / 20.0)
    half = gain**0.4996667741545416
    k = math.tan(math.pi * _SHELF_HZ / sample_rate_hz)
    scale = 1.0 + k / _SHELF_Q + k * k
    shelf = (gain + half * k / _SHELF_Q + k * k) + 2.0 * (k * k - gain) * z
    shelf = shelf + (gain - half * k / _SHELF_Q + k * k) * z * z
    response = shelf / (scale + 2.0 * (k * k - 1.0) * z + (1.0 - k / _SHELF_Q + k * k) * z * z)
    k = math.tan(math.pi * _HIGH_PASS_HZ / sample_rate_hz)
    scale = 1.0 + k / _HIGH_PASS_Q + k * k
    low = 1.0 + 2.0 * (k * k - 1.0) / scale * z + (1.0 - k / _HIGH_PASS_Q + k * k) / scale * z * z
    return as_samples(np.abs(response * (1.0 - z) ** 2 / low))


@lru_cache(maxsize=4)
def _k_curve(size: int, sample_rate_hz: int) -> Samples:
    return k_weighting(np.fft.rfftfreq(size, 1.0 / sample_rate_hz), sample_rate_hz)


def _as_stereo(audio: Floats) -> Samples:
    """Return (samples, channels) float32. Raises ValueError for anything but one or two channels."""
    table = as_samples(audio[:, None] if audio.ndim == 1 else audio)
    if table.ndim != 2 or table.shape[1] not in {1, 2}:
        raise ValueError("Audio must be (samples,) or (samples, channels) with one or two channels.")
    return table


def _hop_powers(audio: Samples, sample_rate_hz: int, *, circular: bool) -> NDArray[np.float64]:
    """Return the K-weighted power of each 100 ms, summed over channels."""
    hop = round(_HOP_S * sample_rate_hz)
    run_in = round(_RUN_IN_S * sample_rate_hz)
    piece = round(_PIECE_S / _HOP_S) * hop
    powers: list[NDArray[np.float64]] = []
    for start in range(0, len(audio), piece):
        before = np.zeros((run_in, audio.shape[1]), np.float32)
        if start == 0 and circular:
            before = np.resize(audio[::-1], before.shape)[::-1]
        elif start:
            before = audio[start - run_in : start]
        part = np.concatenate([before, audio[start : start + piece]])
        size = _fast_size(len(part) + run_in)
        weighted = np.fft.irfft(spectrum_of(part.T, size) * _k_curve(size, sample_rate_hz), size)
        power = (weighted[:, run_in : len(part)] ** 2).sum(axis=0, dtype=np.float64)
        whole = len(power) // hop * hop
        powers.append(power[:whole].reshape(-1, hop).mean(axis=1))
    return np.concatenate(powers) if powers else np.zeros(0)


def _fast_size(size: int) -> int:
    """Return a size of at least `size` with a fast Fourier transform: 2, 3 or 5 times a power of two."""
    power = 1 << (max(size, 2) - 1).bit_length()
    return min(candidate for candidate in (power, power * 5 // 8, power * 3 // 4) if candidate >= size)


def gated_loudness(block_powers: Floats) -> float:
    """Return the integrated loudness of 400 ms block powers by the standard's two gates, in LUFS."""
    audible = block_powers[block_powers > 10.0 ** ((ABSOLUTE_GATE_LUFS - _OFFSET_LU) / 10.0)]
    if not len(audible):
        return SILENCE_LUFS
    gate = float(audible.mean()) * 10.0 ** (RELATIVE_GATE_LU / 10.0)
    return _OFFSET_LU + 10.0 * math.log10(float(audible[audible > gate].mean()))


def integrated_lufs(audio: Floats, *, sample_rate_hz: int = SAMPLE_RATE_HZ, circular: bool = False) -> float:
    """Return the integrated loudness in LUFS; silence is -120.

    `audio` is (samples,), or (samples, 1 or 2), in -1..1. `circular` measures a loop that never stops.
    Shorter audio than one block of 400 ms is measured as one block. Raises ValueError for other shapes.
    """
    table = _as_stereo(audio)
    blocks_per_hop = round(_BLOCK_S / _HOP_S)
    shortest = round(_BLOCK_S * sample_rate_hz)
    if not len(table):
        return SILENCE_LUFS
    if len(table) < shortest:
        table = np.concatenate([table, np.zeros((shortest - len(table), table.shape[1]), np.float32)])
    powers = _hop_powers(table, sample_rate_hz, circular=circular)
    if circular:
        powers = np.concatenate([powers, powers[: blocks_per_hop - 1]])
    total = np.concatenate([[0.0], np.cumsum(powers)])
    return gated_loudness((total[blocks_per_hop:] - total[:-blocks_per_hop]) / blocks_per_hop)


@lru_cache(maxsize=1)
def _peak_filters() -> Samples:
    """Return the taps that read a signal between two samples, one column for each quarter."""
    place = np.arange(_PEAK_TAPS) - (_PEAK_TAPS / 2 - 1)
    columns = [
        np.sinc(place - quarter / _OVERSAMPLING)
        * np.cos(np.pi * (place - quarter / _OVERSAMPLING) / (_PEAK_TAPS + 2)) ** 2
        for quarter in range(1, _OVERSAMPLING)
    ]
    return as_samples(np.stack(columns, axis=1))


def _peak_candidates(padded: Samples, level: float) -> NDArray[np.intp]:
    """Return where windows of taps begin whose two middle samples reach a level."""
    middle = _PEAK_TAPS // 2 - 1
    count = len(padded) - 2 * middle - 1
    found: list[NDArray[np.intp]] = []
    for first in range(0, count, _PEAK_PIECE):
        piece = np.abs(padded[middle + first : middle + min(first + _PEAK_PIECE, count) + 1])
        found.append(np.flatnonzero(np.maximum(piece[:-1], piece[1:]) >= level) + first)
    return np.concatenate(found)


def true_peak(audio: Floats, *, circular: bool = False) -> float:
    """Return the largest absolute value between and at the samples, by fourfold oversampling."""
    table = _as_stereo(audio)
    if not len(table):
        return 0.0
    largest = max(float(table.max()), -float(table.min()))
    edge = _PEAK_TAPS // 2
    for channel in table.T:
        ends = (channel[-edge:], channel[:edge]) if circular and len(channel) > edge else (None, None)
        for first in range(0, len(channel), _PEAK_PIECE):
            piece = _with_neighbours(channel, first, edge, *ends)
            largest = max(largest, _piece_peak(piece, _CANDIDATE_LEVEL * largest))
    return largest


def _with_neighbours(
    channel: Samples, first: int, edge: int, before: Samples | None, after: Samples | None
) -> Samples:
    """Return a piece of a channel with `edge` samples to both sides; what lies beyond its ends is given."""
    nothing = np.zeros(edge, np.float32)
    last = first + _PEAK_PIECE
    parts = [channel[max(0, first - edge) : last + edge]]
    if first == 0:
        parts.insert(0, nothing if before is None else before)
    if (missing := last + edge - len(channel)) > 0:
        parts.append((nothing if after is None else after)[: min(missing, edge)])
    return np.concatenate(parts)


def _piece_peak(padded: Samples, level: float) -> float:
    """Return the largest value between samples, looked for where the samples reach a level."""
    starts = _peak_candidates(padded, level)
    largest = 0.0
    for first in range(0, len(starts), _CANDIDATES_AT_ONCE):
        window = starts[first : first + _CANDIDATES_AT_ONCE, None] + np.arange(_PEAK_TAPS)
        window = np.minimum(window, len(padded) - 1)
        largest = max(largest, float(np.abs(padded[window] @ _peak_filters()).max()))
    return largest


def true_peak_db(audio: Floats, *, circular: bool = False) -> float:
    """Return the true peak in dBTP; silence is -120. Shapes as in `integrated_lufs`."""
    return 20.0 * math.log10(max(true_peak(audio, circular=circular), 1e-6))

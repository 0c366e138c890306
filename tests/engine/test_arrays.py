"""The engine's transform: numpy's, in single precision."""

from __future__ import annotations

import tracemalloc

import numpy as np

from bot.engine.arrays import spectrum_of


def test_a_transform_is_numpys_in_single_precision() -> None:
    """Padded or cut to a size, along the last axis, it agrees with double precision to its last digits."""
    signal = np.random.default_rng(1).standard_normal((2, 4410), dtype=np.float32)
    for size in (None, 4096, 8000):
        exact = np.fft.rfft(signal.astype(np.float64), size)
        found = spectrum_of(signal, size)
        assert found.dtype == np.complex64
        assert np.abs(found - exact).max() < 1e-6 * np.abs(exact).max()


def test_a_transform_needs_no_room_for_double_precision() -> None:
    """Nothing but the result is allocated: a minute of music has a bound on its memory."""
    signal = np.zeros(441_000, np.float32)
    spectrum_of(signal)
    tracemalloc.start()
    try:
        result = spectrum_of(signal)
        assert tracemalloc.get_traced_memory()[1] < 1.2 * result.nbytes
    finally:
        tracemalloc.stop()

"""The mix of a loop: wide, mono in the lows, not buried under them, its tails wrapped."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.support import riff

FULL_BANDS = ("techno", "trap 140 bpm in F minor", "pop song", "rock band", "bossa nova guitar")


def power_by_bin(audio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the frequencies of a riff's bins, and the power of its middle and its sides (2, bins)."""
    left, right = np.fft.rfft(audio.T.astype(np.float64))
    power = np.abs(np.stack([left + right, left - right])) ** 2
    return np.fft.rfftfreq(len(audio), 1 / 44_100), power


@pytest.mark.parametrize("prompt", FULL_BANDS)
def test_a_full_band_is_wide_on_mono_lows(prompt: str) -> None:
    """The sides correlate by 0.3 to 0.9 and are equally loud; below 120 Hz there is no side."""
    audio = riff(prompt, seed=3, denoising=1.0).audio
    assert 0.3 <= float(np.corrcoef(audio.T).min()) <= 0.9
    left_db, right_db = 10 * np.log10(np.square(audio.astype(np.float64)).mean(axis=0))
    assert abs(left_db - right_db) < 2.0
    frequency, (middle, side) = power_by_bin(audio)
    low = frequency < 120
    assert side[low].sum() < 0.01 * middle[low].sum()


@pytest.mark.parametrize("prompt", FULL_BANDS)
def test_the_deep_lows_do_not_fill_the_mix(prompt: str) -> None:
    """Less than 35 % of the energy lies below 60 Hz."""
    frequency, power = power_by_bin(riff(prompt, seed=3, denoising=1.0).audio)
    assert power[:, frequency < 60].sum() < 0.35 * power.sum()


def test_reverb_wraps_around_the_loop() -> None:
    """What rings at the end of a loop rings on at its beginning: no step in level at the seam."""
    audio = riff("ambient drone in space", seed=1).audio
    twice = np.concatenate([audio[-4410:], audio[:4410]]).astype(np.float64)
    before, after = np.sqrt(np.square(twice.reshape(2, -1)).mean(axis=1))
    assert 0.5 < before / after < 2.0

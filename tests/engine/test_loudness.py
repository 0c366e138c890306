"""Loudness and true peak against the figures of the standards."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.engine.mix.master import master

RATE_HZ = 48_000


def sine(
    frequency_hz: float, level_db: float, seconds: float, rate_hz: int = RATE_HZ, phase: float = 0.0
) -> np.ndarray:
    """Return a sine whose peak is at a level."""
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * frequency_hz * time + phase)).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_full_scale_tone_on_one_channel_reads_minus_three(rate_hz: int) -> None:
    """BS.1770-4: a 997 Hz sine at 0 dBFS on one channel is -3.01 LKFS."""
    assert integrated_lufs(sine(997, 0, 5, rate_hz), sample_rate_hz=rate_hz) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("level_db", [-23.0, -33.0])
def test_a_stereo_tone_reads_its_level(level_db: float) -> None:
    """EBU Tech 3341, cases 1 and 2: a stereo 1 kHz sine at a level reads that level."""
    tone = sine(1000, level_db, 20)
    assert integrated_lufs(np.stack([tone, tone], axis=1), sample_rate_hz=RATE_HZ) == pytest.approx(
        level_db, abs=0.1
    )


def test_quiet_parts_are_gated_out() -> None:
    """EBU Tech 3341, case 3: quiet stretches before and after do not count."""
    parts = [sine(1000, -36, 10), sine(1000, -23, 60), sine(1000, -36, 10)]
    tone = np.concatenate(parts)
    assert integrated_lufs(np.stack([tone, tone], axis=1), sample_rate_hz=RATE_HZ) == pytest.approx(
        -23.0, abs=0.1
    )


def test_pieces_agree_with_the_whole() -> None:
    """A recording longer than one piece reads as the same recording that is shorter."""
    noise = np.random.default_rng(1).standard_normal(10 * RATE_HZ).astype(np.float32) * 0.1
    long = integrated_lufs(np.tile(noise, 7), sample_rate_hz=RATE_HZ)
    assert long == pytest.approx(integrated_lufs(noise, sample_rate_hz=RATE_HZ), abs=0.02)


@pytest.mark.parametrize("audio", [np.zeros(0), np.zeros(100), np.zeros((50_000, 2))])
def test_silence_has_a_number_too(audio: np.ndarray) -> None:
    """Silence and nothing at all read -120."""
    assert integrated_lufs(audio) == -120.0
    assert true_peak_db(audio) == -120.0


def test_peaks_between_samples_are_found() -> None:
    """EBU Tech 3341, case 16: a quarter-rate sine sampled at 45 degrees peaks 3 dB above its samples."""
    tone = sine(RATE_HZ / 4, -6, 0.5, phase=np.pi / 4)
    assert 20 * np.log10(np.abs(tone).max()) == pytest.approx(-9.0, abs=0.05)
    assert true_peak_db(tone, circular=True) == pytest.approx(-6.0, abs=0.2)


def test_three_channels_are_refused() -> None:
    """Only mono and stereo are measured."""
    with pytest.raises(ValueError, match="one or two channels"):
        integrated_lufs(np.zeros((100, 3)))


def test_mastering_ends_for_broken_numbers() -> None:
    """A mix that holds what is no number is handed on, to be refused, rather than mastered for ever."""
    mix = np.full((2, 44_100), 0.1, np.float32)
    mix[0, 1000] = np.nan
    with np.errstate(all="ignore"):
        assert np.isnan(master(mix, np.full(2100, 0.01))).any()

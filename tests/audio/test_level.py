"""Loudness and peaks, measured by FFmpeg."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.audio.level import CEILING_DB, TARGET_LUFS, TOLERANCE_LU, level
from bot.audio.limiter import limiting, true_peaks
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio
from bot.engine.loudness import integrated_lufs, true_peak_db
from tests.audio.meters import ebu_r128
from tests.audio.sounds import noise, plucks, seconds, sine, stereo

ROUNDING = 0.051
REACHED_BY_GAIN_DB = 12.7
"""Peaks this far over the loudness end 1.3 dB under full scale at -14 LUFS. A bass tone is further."""


def test_our_meter_agrees_with_ffmpeg(riff_audio: Audio) -> None:
    """On music and on a tone, loudness and true peak are the same within FFmpeg's rounding and 0.1."""
    for audio in (riff_audio, sine(997.0, 5.0, 0.1), plucks(), noise()):
        told = ebu_r128(audio)
        assert integrated_lufs(audio) == pytest.approx(told.lufs, abs=ROUNDING + 0.05)
        assert true_peak_db(audio) == pytest.approx(told.true_peak_db, abs=ROUNDING + 0.1)


def test_what_is_at_its_level_stays_the_same_array(riff_audio: Audio) -> None:
    """Our engine masters itself: not a bit is changed."""
    assert level(riff_audio).audio is riff_audio


@pytest.mark.parametrize("gain_db", [-40.0, -12.0, -3.0, 6.0, 20.0])
def test_quiet_and_loud_music_comes_to_the_same_level(riff_audio: Audio, gain_db: float) -> None:
    """A host's clip at any level is delivered at -14 LUFS under -1 dBTP."""
    told = ebu_r128(level(as_audio(riff_audio * 10 ** (gain_db / 20))).audio)
    assert told.lufs == pytest.approx(TARGET_LUFS, abs=TOLERANCE_LU)
    assert told.true_peak_db <= CEILING_DB + ROUNDING


def test_a_mere_change_of_gain_leaves_the_music_alone(riff_audio: Audio) -> None:
    """Where no peak is in the way, levelling is one multiplication."""
    made = level(as_audio(riff_audio * np.float32(0.25))).audio
    assert float(np.abs(made - riff_audio * (made.std() / riff_audio.std())).max()) < 2e-3


def test_peaky_music_is_limited_without_clipping() -> None:
    """Drums that stick out 18 dB still come to -14 LUFS, and no wave is cut flat."""
    made = level(as_audio(plucks(peak=0.9) * 0.3)).audio
    told = ebu_r128(made)
    assert told.lufs == pytest.approx(TARGET_LUFS, abs=TOLERANCE_LU)
    assert told.true_peak_db <= CEILING_DB + ROUNDING
    flat = np.diff(made[:, 0]) == 0
    assert not (flat & (np.abs(made[1:, 0]) > 0.5)).any()


def test_very_sparse_sound_keeps_its_peaks_and_stays_quieter() -> None:
    """Twelve decibels of limiting are the most: single clicks are not blown up to a roar."""
    clicks = np.zeros(5 * SAMPLE_RATE_HZ)
    clicks[:: SAMPLE_RATE_HZ // 2] = 0.5
    made = level(stereo(clicks))
    assert made.true_peak_db <= CEILING_DB
    assert made.lufs < TARGET_LUFS


def test_a_constant_offset_is_removed() -> None:
    """It costs headroom and clicks at both ends."""
    made = level(as_audio(plucks() + np.float32(0.2))).audio
    assert float(np.abs(made.mean(axis=0)).max()) < 1e-3


def test_peaks_between_the_samples_are_seen() -> None:
    """A tone at a quarter of the rate, sampled beside its crests, is 3 dB higher than its samples."""
    hidden = stereo(0.5 * np.sin(np.pi / 2 * np.arange(4000) + np.pi / 4) * np.hanning(4000))
    assert float(np.abs(hidden).max()) < 0.36
    assert float(true_peaks(hidden).max()) == pytest.approx(0.5, rel=0.01)


def test_the_limiter_never_asks_for_less_than_needed() -> None:
    """The gain brings every peak to the ceiling, and far from peaks it is one."""
    peaks = np.full(20_000, 0.1, np.float32)
    peaks[[0, 5000, 5200, 19_999]] = [2.0, 1.5, 3.0, 1.1]
    gain = limiting(peaks, ceiling=0.8)
    assert (peaks * gain <= 0.8 * (1 + 1e-6)).all()
    assert gain[12_000] == 1.0


@st.composite
def sounds(draw: st.DrawFn) -> Audio:
    """Tones, noise and beats at any gain, on one or both sides, with an offset."""
    duration_s = draw(st.floats(0.5, 3.0))
    time_s = seconds(duration_s)
    hz, beat_hz = draw(st.floats(30, 15_000)), draw(st.floats(0.5, 12))
    decay = draw(st.floats(0.0, 30.0))
    grain = np.random.default_rng(draw(st.integers(0, 99))).standard_normal(len(time_s))
    voice = np.sin(2 * np.pi * hz * time_s) + draw(st.floats(0, 1)) * grain
    mono = voice * np.exp(-decay * (time_s % (1 / beat_hz)))
    sides = np.stack([mono, mono * draw(st.floats(-1, 1))], axis=1)
    return as_audio(sides * 10 ** draw(st.floats(-2.5, 0.8)) + draw(st.floats(-0.3, 0.3)))


@settings(max_examples=40, deadline=None)
@given(audio=sounds())
def test_nothing_leaves_too_loud(audio: Audio) -> None:
    """Any sound: peaks under the ceiling, never over the target, on it where gain alone can reach it."""
    made = level(audio)
    assert np.isfinite(made.audio).all()
    assert made.true_peak_db <= CEILING_DB
    assert made.lufs <= TARGET_LUFS + TOLERANCE_LU
    moving = audio - audio.mean(axis=0)
    if true_peak_db(moving) - integrated_lufs(moving) < REACHED_BY_GAIN_DB:
        assert made.lufs >= TARGET_LUFS - TOLERANCE_LU
    again = level(made.audio)
    assert again.lufs == pytest.approx(made.lufs, abs=0.1) or made.lufs < TARGET_LUFS - TOLERANCE_LU

"""Going round and being cut: length, beat and seam."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.audio.fit import fit
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio
from tests.audio.sounds import plucks, sine


def onsets_s(audio: Audio) -> NDArray[np.float64]:
    """When each pluck of :func:`plucks` begins: a loud sample after 100 ms without one."""
    loud = np.flatnonzero(np.abs(audio[:, 0]) > 0.1)
    first = np.concatenate([[True], np.diff(loud) > SAMPLE_RATE_HZ // 10])
    return loud[first] / SAMPLE_RATE_HZ


@pytest.mark.parametrize("length_s", [None, 10.0, 9.0, 11.0, 8.2])
def test_a_clip_of_about_the_asked_length_is_left_alone(length_s: float | None) -> None:
    """Our engine ends on a bar line near the asked length; its loop is not touched."""
    audio = plucks(duration_s=10.0)
    assert fit(audio, length_s=length_s, tempo=lambda: 120.0) is audio


@pytest.mark.parametrize("length_s", [13.0, 30.0, 60.0])
@pytest.mark.parametrize("bpm", [None, 93.75, 120.0])
def test_a_short_clip_goes_round_to_the_exact_length(length_s: float, bpm: float | None) -> None:
    """To the millisecond, with or without a known tempo."""
    made = fit(plucks(duration_s=5.12), length_s=length_s, tempo=lambda: bpm)
    assert len(made) / SAMPLE_RATE_HZ == pytest.approx(length_s, abs=0.001)


@pytest.mark.parametrize("bpm", [80.0, 93.75, 120.0, 137.3])
@pytest.mark.parametrize("duration_s", [5.12, 8.0, 11.3])
def test_the_beat_goes_on_across_the_seams(bpm: float, duration_s: float) -> None:
    """Every onset of the long clip lies on the beat of the short one, none is missing."""
    made = fit(plucks(bpm, duration_s), length_s=30.0, tempo=lambda: bpm)
    beats = onsets_s(made) * bpm / 60
    assert np.abs(beats - np.round(beats)).max() < 0.02 * bpm / 60
    # The last beat fades away.
    assert set(range(int(30 * bpm / 60) - 1)) <= set(np.round(beats).astype(int).tolist())


def test_bars_stay_bars_where_the_clip_holds_enough_of_them() -> None:
    """Ten beats and a bit go round after eight: the accent stays on every fourth beat."""
    made = fit(plucks(120.0, 5.2), length_s=20.0, tempo=lambda: 120.0)
    for onset_s in onsets_s(made)[1:-2]:
        beat = round(onset_s * 2)
        after = made[int(onset_s * SAMPLE_RATE_HZ) :, 0][: SAMPLE_RATE_HZ // 20]
        hz = np.abs(np.fft.rfft(after, SAMPLE_RATE_HZ)).argmax()
        assert hz == pytest.approx(660 if beat % 4 == 0 else 440, abs=40)


def test_no_click_at_the_seams(riff_audio: Audio) -> None:
    """No step between samples is larger than the clip's own, and the level holds through the crossfade."""
    clip = riff_audio[: round(5.12 * SAMPLE_RATE_HZ)]
    made = fit(clip, length_s=30.0, tempo=lambda: 96.0)
    own = np.abs(np.diff(clip, axis=0)).max()
    assert np.abs(np.diff(made, axis=0)).max() <= own * 1.05
    tenths = made[: len(made) // 4410 * 4410].reshape(-1, 4410 * 2).std(axis=1)[:-8]
    quietest_of_clip = clip[: len(clip) // 4410 * 4410].reshape(-1, 4410 * 2).std(axis=1).min()
    assert tenths.min() > 0.4 * quietest_of_clip


def test_the_clip_itself_is_heard_first_and_unchanged(riff_audio: Audio) -> None:
    """Until the first crossfade the samples are the clip's own, within one step of 24 bits."""
    clip = riff_audio[: round(5.12 * SAMPLE_RATE_HZ)]
    made = fit(clip, length_s=30.0, tempo=lambda: 96.0)
    assert np.abs(made[: 2 * SAMPLE_RATE_HZ] - clip[: 2 * SAMPLE_RATE_HZ]).max() < 2**-23


def test_loud_clips_do_not_overflow_in_the_crossfade() -> None:
    """Levelling comes later: until then peaks may lie over full scale, and add up."""
    made = fit(as_audio(sine(100.0, 5.0, 1.0) * 4), length_s=20.0, tempo=lambda: None)
    assert np.abs(made).max() <= 8.0
    assert np.abs(np.diff(made, axis=0)).max() < 0.2


def test_a_long_clip_is_cut_and_fades_out() -> None:
    """Ten seconds asked of a host that made thirty: ten seconds, ending in silence."""
    made = fit(sine(440.0, 30.0), length_s=10.0, tempo=lambda: 120.0)
    assert len(made) == 10 * SAMPLE_RATE_HZ
    assert np.abs(made[-200:]).max() < 0.01
    assert np.abs(made[: 9 * SAMPLE_RATE_HZ]).max() > 0.49


def test_a_clip_shorter_than_a_beat_still_goes_round() -> None:
    """Degenerate, but it must end and be as long as asked."""
    made = fit(sine(440.0, 0.3), length_s=3.0, tempo=lambda: 60.0)
    assert len(made) == 3 * SAMPLE_RATE_HZ

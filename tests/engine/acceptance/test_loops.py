"""Every loop: level, length, no seam."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.engine.picture.spectrogram import mel_spectrogram
from tests.audio.meters import ebu_r128
from tests.engine.acceptance import ears
from tests.engine.support import TWELVE_PROMPTS, riff


@pytest.mark.parametrize("prompt", TWELVE_PROMPTS)
def test_every_riff_is_fit_to_be_played(prompt: str) -> None:
    """Level, peak, seam, length and DC are as promised."""
    made = riff(prompt, seed=1)
    audio = made.audio
    assert audio.dtype == np.float32
    assert audio.shape[1] == 2
    assert len(audio) == made.score.frames * 441
    assert 4.95 <= made.duration_s <= 12.1
    assert made.duration_s == pytest.approx(made.score.beats * 60 / made.score.bpm, rel=0.01)
    assert integrated_lufs(audio) == pytest.approx(-14.0, abs=0.3)
    assert integrated_lufs(audio, circular=True) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_db(audio) <= -1.0
    assert true_peak_db(audio, circular=True) <= -1.0
    assert np.abs(audio[0] - audio[-1]).max() < np.abs(np.diff(audio, axis=0)).max()
    assert np.abs(audio.mean(axis=0)).max() < 1e-3


@pytest.mark.parametrize("prompt", TWELVE_PROMPTS)
def test_other_meters_agree_on_level_and_peak(prompt: str) -> None:
    """Integrated loudness is -14 +-0.3 LUFS and the true peak at most -1 dBTP, by meters not ours."""
    audio = riff(prompt, seed=1).audio
    assert ears.loudness_lufs(audio) == pytest.approx(-14.0, abs=0.3)
    assert ebu_r128(audio).true_peak_db <= -1.0


@pytest.mark.parametrize("prompt", TWELVE_PROMPTS)
def test_nothing_sets_in_where_the_loop_closes(prompt: str) -> None:
    """Played three times over, the two seams are no stronger onsets than the loop has inside."""
    made = riff(prompt, seed=1)
    columns = made.score.frames
    mel = mel_spectrogram(np.tile(made.audio, (3, 1)))
    rise = np.maximum(0.0, np.diff(np.log(mel + 1e-3 * mel.max()), axis=1)).sum(axis=0)
    inside = rise[columns + 20 : 2 * columns - 20].max()
    for seam in (columns, 2 * columns):
        assert rise[seam - 2 : seam + 2].max() <= 1.05 * inside

"""The finished riff: as long as asked, searched as told, understood out loud, and never silence."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bot.engine import RiffSpec, UnmusicalResultError, make_riff
from bot.engine.loudness import integrated_lufs
from bot.engine.piece import check_sound
from tests.engine.support import riff


def test_asked_lengths_are_really_played() -> None:
    """Half a minute is half a minute of music: loud throughout, in several sections, and a loop too."""
    made = riff("funky synth solo", length_s=30.0, seed=2)
    assert 30.0 <= made.duration_s <= 32.6
    assert len(made.score.sections) > 1
    seconds = made.audio[: int(made.duration_s) * 44_100].reshape(int(made.duration_s), -1)
    assert np.sqrt((seconds**2).mean(axis=1)).min() > 0.01
    assert integrated_lufs(made.audio) == pytest.approx(-14.0, abs=0.3)
    assert np.abs(made.audio[0] - made.audio[-1]).max() < np.abs(np.diff(made.audio, axis=0)).max()


def test_progress_tells_each_step_of_the_search() -> None:
    """Steps come in order up to the total, each once, and the last when the sound is there."""
    told: list[tuple[int, int]] = []
    make_riff(
        RiffSpec(prompt_a="pop", num_inference_steps=17, seed=1),
        progress=lambda step, total: told.append((step, total)),
    )
    assert told == [(step, 17) for step in range(1, 18)]


def test_more_steps_change_the_melody_only() -> None:
    """Steps search for melodies: tempo, key, chords and beat stay."""
    few, many = (riff("pop", num_inference_steps=steps, denoising=1.0, seed=9).score for steps in (1, 60))
    assert (few.bpm, few.key, few.chords) == (many.bpm, many.key, many.chords)
    assert few.tracks[0] == many.tracks[0]
    assert few.tracks != many.tracks


def test_what_was_understood_is_told() -> None:
    """The answer names tempo, key, genres with shares, instruments and unknown words, and is JSON."""
    understood = riff("trap 140 bpm in F minor, xyzzyx", "jazz piano", alpha=0.25, seed=1).understood
    assert (understood.bpm, understood.key) == (140.0, "F minor")
    assert understood.genres == {"trap": 0.75, "jazz": 0.25}
    assert "piano" in understood.instruments
    assert understood.ignored == ["xyzzyx"]
    assert json.loads(json.dumps(understood.to_json()))["key"] == "F minor"


@pytest.mark.parametrize(
    ("audio", "problem"),
    [
        (np.zeros((44_100, 2), np.float32), "silent"),
        (np.random.default_rng(1).standard_normal((88_200, 2)).astype(np.float32) * 0.2, "noise"),
        (np.full((44_100, 2), np.nan, np.float32), "no sound"),
    ],
)
def test_silence_noise_and_broken_numbers_are_never_delivered(audio: np.ndarray, problem: str) -> None:
    """The last look at a render raises for what is no music."""
    with pytest.raises(UnmusicalResultError, match=problem):
        check_sound(audio)


@pytest.mark.parametrize(
    "prompt", ["🎺🎻", "\u202eright to left", "@everyone **bold**", "no drums no bass no piano", "x"]
)
def test_odd_prompts_are_played(prompt: str) -> None:
    """Emoji, direction marks, markup and refusals of everything still give music."""
    made = riff(prompt, seed=3, num_inference_steps=2)
    assert integrated_lufs(made.audio) == pytest.approx(-14.0, abs=0.3)

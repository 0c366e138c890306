"""The finished riff: repeatable, blended lawfully, loud enough, without clicks, as long as it says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bot.engine import RiffSpec, UnmusicalResultError, make_riff
from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.engine.piece import check_sound
from tests.engine.support import (
    TWELVE_PROMPTS,
    centroid_hz,
    distance,
    features,
    riff,
    same_music,
)


def test_the_same_request_gives_the_same_bits() -> None:
    """Made twice, score, samples and picture are equal; another seed gives other music."""
    spec = RiffSpec(prompt_a="funky synth solo", prompt_b="90's rap", seed=5)
    first, again = make_riff(spec), make_riff(spec)
    assert same_music(first, again)
    assert first.picture_bytes() == again.picture_bytes()
    other = make_riff(RiffSpec(prompt_a="funky synth solo", prompt_b="90's rap", seed=6))
    assert not np.array_equal(other.audio[:40_000], first.audio[:40_000])


def test_alpha_ends_are_the_prompts_alone() -> None:
    """Alpha 0 is A alone and alpha 1 is B alone, to the last bit, seed image included."""
    assert same_music(riff("bossa nova", "trap", alpha=0.0, seed=5), riff("bossa nova", seed=5))
    assert same_music(riff("bossa nova", "trap", alpha=1.0, seed=5), riff("trap", seed=5))


def test_denoising_ends_are_seed_and_prompt() -> None:
    """Denoising 0 does not hear the prompt, denoising 1 does not see the seed image, to the last bit."""
    seed_alone = riff("death metal", denoising=0.0, seed=5, seed_image_id="marim")
    assert same_music(seed_alone, riff("lullaby 80 bpm in C", denoising=0.0, seed=5, seed_image_id="marim"))
    prompt_alone = riff("trap", denoising=1.0, seed=5, seed_image_id="marim")
    assert same_music(prompt_alone, riff("trap", denoising=1.0, seed=5, seed_image_id="agile"))


@pytest.mark.parametrize(("a", "b"), [("church bells on sunday", "death metal"), ("ambient drone", "techno")])
def test_alpha_moves_the_sound_from_a_to_b(a: str, b: str) -> None:
    """In features of the sound, every step of alpha is further from A and nearer to B."""
    way = [features(riff(a, b, alpha=alpha, denoising=1.0, seed=5)) for alpha in (0.0, 0.25, 0.5, 0.75, 1.0)]
    from_a = [distance(way[0], point) for point in way]
    to_b = [distance(way[-1], point) for point in way]
    assert from_a == sorted(from_a)
    assert to_b == sorted(to_b, reverse=True)


def test_denoising_moves_the_sound_from_seed_to_prompt() -> None:
    """In features of the sound, every step of denoising is further from the seed and nearer to the prompt."""
    way = [
        features(riff("gregorian chant", denoising=denoising, seed=5, seed_image_id="agile"))
        for denoising in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    from_seed = [distance(way[0], point) for point in way]
    to_prompt = [distance(way[-1], point) for point in way]
    assert from_seed == sorted(from_seed)
    assert to_prompt == sorted(to_prompt, reverse=True)


@pytest.mark.parametrize("prompt", TWELVE_PROMPTS)
def test_every_riff_is_fit_to_be_played(prompt: str) -> None:
    """Level, peak, seam, length and DC are as promised."""
    made = riff(prompt, seed=1)
    audio = made.audio
    assert audio.dtype == np.float32
    assert audio.shape[1] == 2
    assert len(audio) == made.score.frames * 441
    assert 4.95 <= made.duration_s <= 12.1
    assert integrated_lufs(audio) == pytest.approx(-14.0, abs=0.3)
    assert integrated_lufs(audio, circular=True) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_db(audio) <= -1.0
    assert true_peak_db(audio, circular=True) <= -1.0
    assert np.abs(audio[0] - audio[-1]).max() < np.abs(np.diff(audio, axis=0)).max()
    assert np.abs(audio.mean(axis=0)).max() < 1e-3


def test_prompts_are_told_apart_by_ear() -> None:
    """Over twelve prompts and three seeds, the nearest riff is one of the same prompt nine times in ten."""
    points = [
        features(make_riff(RiffSpec(prompt_a=prompt, denoising=1.0, seed=seed, num_inference_steps=10)))
        for seed in (1, 18, 35)
        for prompt in TWELVE_PROMPTS
    ]
    table = np.array([[distance(one, other) for other in points] for one in points])
    np.fill_diagonal(table, np.inf)
    right = [int(nearest) % 12 == place % 12 for place, nearest in enumerate(table.argmin(axis=1))]
    assert np.mean(right) >= 0.9


def test_dark_and_bright_sound_so() -> None:
    """The spectrum's centre rises from lo-fi over techno to chiptune."""
    lofi, techno, chip = (
        centroid_hz(riff(prompt, denoising=1.0, seed=5))
        for prompt in ("lofi hip hop", "techno", "bright chiptune")
    )
    assert lofi < techno < chip


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

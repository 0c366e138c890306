"""What independent ears hear: tempo, key, loudness, colour, and which prompt it was."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.engine import Piece, RiffSpec, Score, make_riff
from bot.engine.mix import mixdown
from bot.engine.score.model import TONIC_NAMES_MAJOR
from bot.engine.styles.templates import Template, genres
from bot.engine.theory.harmony import SCALES
from tests.engine.acceptance import ears
from tests.engine.support import TWELVE_PROMPTS, centroid_hz, distance, features, riff

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = 4
LOOP_S = 4.0  # less to go by than in a riff of usual length, at a third of its cost
PATIENCE_S = 300  # a hundred riffs each, and librosa compiles itself once
TWENTY_FOUR_PROMPTS = (
    *TWELVE_PROMPTS,
    "reggae dub",
    "string quartet, sad",
    "drum and bass",
    "country banjo",
    "salsa with trumpets",
    "house",
    "guzheng and dizi",
    "synthwave",
    "punk rock",
    "music box lullaby",
    "flamenco",
    "afrobeat",
)
KEYS = tuple(
    ((tonic * 7) % 12, mode) for tonic, mode in zip(range(24), cycle(("major", "minor")), strict=False)
)


def has_a_beat(genre: Template) -> bool:
    """Tell whether people nod to it: four beats, a kick, and a backbeat."""
    return genre.meter == 4 and "kick" in genre.drums and bool({"snare", "clap", "rim"} & set(genre.drums))


BEATS = sorted(name for name, genre in genres().items() if has_a_beat(genre))


def short_riff(prompt: str, seed: int) -> Piece:
    """Return a riff of a few seconds that is the prompt's alone."""
    return make_riff(
        RiffSpec(prompt_a=prompt, denoising=1.0, seed=seed, num_inference_steps=STEPS, length_s=LOOP_S)
    )


@cache
def heard(genre: str, asked: tuple[int, str]) -> tuple[Score, float]:
    """Return the score of a genre's riff in a key, and the tempo that is heard in it."""
    prompt = f"{genres()[genre].label} in {TONIC_NAMES_MAJOR[asked[0]]} {asked[1]}"
    made = short_riff(prompt, seed=3)
    return made.score, ears.tempo_bpm(made.audio)


@pytest.mark.timeout(PATIENCE_S)
def test_the_tempo_is_heard_in_nineteen_of_twenty_beats() -> None:
    """Over all genres with a beat, the detected tempo is the score's within 3 %, octaves allowed."""
    missed = [
        f"{genre}: {score.bpm:.1f}, heard {bpm:.1f}"
        for genre, (score, bpm) in ((genre, heard(genre, key)) for genre, key in zip(BEATS, cycle(KEYS)))
        if not ears.is_tempo(bpm, score.bpm)
    ]
    assert len(missed) <= 0.05 * len(BEATS), missed


ASKED = list(zip(BEATS, cycle(KEYS), strict=False))[::3]


@cache
def pitches_heard(genre: str, asked: tuple[int, str]) -> NDArray[np.float64]:
    """Return the pitch classes of a genre's riff in a key, played without its drums."""
    score, _ = heard(genre, asked)
    return ears.chroma(
        mixdown(replace(score, tracks=[each for each in score.tracks if each.role != "drums"]))
    )


def test_the_asked_key_is_heard_in_nine_of_ten() -> None:
    """Without drums, the key that fits best is the asked one, its relative or a fifth away."""
    found = {genre: (ears.key(pitches_heard(genre, asked)), asked) for genre, asked in ASKED}
    missed = {genre: keys for genre, keys in found.items() if not ears.is_related(*keys)}
    assert len(missed) <= 0.1 * len(ASKED), missed


def test_what_sounds_is_in_the_scale() -> None:
    """Without drums, seven tenths of what sounds are in the score's scale; by chance it were 58 of 100."""
    shares: list[float] = []
    for genre, asked in ASKED:
        score, _ = heard(genre, asked)
        sounding = pitches_heard(genre, asked)
        inside = sum(sounding[(score.tonic + step) % 12] for step in SCALES[score.mode])
        shares.append(float(inside / sounding.sum()))
    assert np.mean(shares) >= 0.7


@pytest.mark.timeout(PATIENCE_S)
def test_prompts_are_told_apart_by_ear() -> None:
    """Over 24 prompts and three seeds, the nearest riff is of the same prompt 19 times in 20."""
    count = len(TWENTY_FOUR_PROMPTS)
    points = [features(short_riff(prompt, seed)) for seed in (1, 18, 35) for prompt in TWENTY_FOUR_PROMPTS]
    table = np.array([[distance(one, other) for other in points] for one in points])
    np.fill_diagonal(table, np.inf)
    wrong = [
        f"{TWENTY_FOUR_PROMPTS[place % count]} for {TWENTY_FOUR_PROMPTS[int(nearest) % count]}"
        for place, nearest in enumerate(table.argmin(axis=1))
        if int(nearest) % count != place % count
    ]
    assert len(wrong) <= 0.05 * len(points), wrong


def test_dark_and_bright_sound_so() -> None:
    """The spectrum's centre rises from lo-fi and dark ambient over techno to chiptune."""
    lofi, dark, techno, bright = (
        centroid_hz(riff(prompt, denoising=1.0, seed=5))
        for prompt in ("lofi hip hop", "dark ambient", "techno", "bright chiptune")
    )
    assert max(lofi, dark) < techno < bright

"""The laws of alpha and denoising, on the symbolic side: no step back, and pure ends."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.compose.drums import presence, threshold
from bot.engine.riff import write_score
from bot.engine.spec import SEED_IMAGE_IDS, RiffSpec
from bot.engine.styles.blend import (
    MASK_SEEDS,
    Ingredient,
    blended_bpm,
    blended_feel,
    mask_seed_share,
    mask_strength,
    mix_styles,
    owner_of_bar,
    seed_share,
)
from bot.engine.styles.from_intent import seed_style, style_for
from bot.engine.styles.style import Style
from bot.engine.styles.templates import genres
from bot.engine.words.lexicon import understand

GENRES = st.sampled_from([label.label for label in genres().values()])
SHARE = st.floats(0.0, 1.0)


def styles_of(first: str, second: str) -> tuple[Style, Style]:
    """Return the styles of two prompts."""
    return style_for(understand(first), 3), style_for(understand(second), 3)


def blend(first: Style, second: Style, alpha: float) -> list[Ingredient]:
    """Return the ingredients of two styles."""
    return mix_styles([(first, 1.0 - alpha), (second, alpha)])


@given(GENRES, GENRES, SHARE, SHARE)
@settings(max_examples=40, deadline=None)
def test_tempo_goes_one_way_and_stays_between_its_ends(a: str, b: str, x: float, y: float) -> None:
    """More alpha never brings the tempo further from B, and pure ends are exact."""
    first, second = styles_of(a, b)
    low, high = sorted((x, y))
    assert blended_bpm(blend(first, second, 0.0)) == first.bpm
    assert blended_bpm(blend(first, second, 1.0)) == second.bpm
    near, far = (
        abs(math.log(blended_bpm(blend(first, second, share)) / second.bpm)) for share in (high, low)
    )
    assert near <= far + 1e-12


@given(GENRES, GENRES, SHARE)
@settings(max_examples=40, deadline=None)
def test_feel_lies_between_the_two(a: str, b: str, alpha: float) -> None:
    """Every parameter of the feel is between those of A and of B."""
    first, second = styles_of(a, b)
    feel = blended_feel(blend(first, second, alpha))
    for name in ("energy", "valence", "brightness", "reverb", "density", "lofi", "drive", "pump", "human"):
        ends = getattr(first.feel, name), getattr(second.feel, name)
        assert min(ends) - 1e-9 <= getattr(feel, name) <= max(ends) + 1e-9


@given(GENRES, GENRES, SHARE, SHARE, st.integers(0, 7))
@settings(max_examples=40, deadline=None)
def test_a_bar_once_given_to_b_stays_with_b(a: str, b: str, x: float, y: float, bar: int) -> None:
    """As alpha grows, B's bars are only ever added to."""
    first, second = styles_of(a, b)
    low, high = sorted((x, y))
    by_share = [
        blend(first, second, share)[owner_of_bar(blend(first, second, share), bar)].style is second
        for share in (low, high)
    ]
    assert first is second or by_share[0] <= by_share[1]


@given(GENRES, GENRES, st.sampled_from(["kick", "snare", "hat"]), st.integers(0, 31))
@settings(max_examples=60, deadline=None)
def test_drum_hits_come_and_go_once_on_the_way(a: str, b: str, drum: str, step: int) -> None:
    """Along alpha a hit appears or disappears at most once: presence is linear, thresholds fixed."""
    first, second = styles_of(a, b)
    alphas = [share / 16 for share in range(17)]
    sounding = [
        presence(blend(first, second, alpha), drum, step, 16)[0] >= threshold(3, drum, step % 16, 0)
        for alpha in alphas
    ]
    changes = sum(before != after for before, after in pairwise(sounding))
    assert changes <= 1


@given(SHARE, SHARE)
def test_the_seeds_share_falls_as_denoising_rises(x: float, y: float) -> None:
    """Seed shares and mask strength never rise with denoising, and end at nothing."""
    low, high = sorted((x, y))
    for share in (seed_share, mask_seed_share, mask_strength):
        assert share(high) <= share(low)
    assert (seed_share(0.0), seed_share(1.0), mask_strength(1.0)) == (1.0, 0.0, 0.0)


def test_an_asked_tempo_is_not_pulled_by_the_seed() -> None:
    """A prompt's own tempo wins over styles that only suggest one."""
    asked = style_for(understand("trap 140 bpm"), 1)
    assert blended_bpm(mix_styles([(asked, 0.3), (seed_style("vibes"), 0.7)])) == 140.0


def test_alpha_without_second_prompt_counts_as_zero() -> None:
    """The request itself settles what alpha means."""
    assert RiffSpec(prompt_a="jazz", alpha=1.0).effective_alpha == 0.0


def test_every_mask_has_a_seed_of_its_own() -> None:
    """At denoising 0 the six masks are six different pieces, and none hears the prompt."""
    masks = [name for name in SEED_IMAGE_IDS if name.startswith("mask_")]
    assert sorted(MASK_SEEDS) == masks
    assert len(set(MASK_SEEDS.values())) == len(masks)
    scores = [
        [
            write_score(
                RiffSpec(prompt_a=prompt, denoising=0.0, seed_image_id=name, seed=3, num_inference_steps=2),
                [style_for(understand(prompt), 3)],
            )
            for prompt in ("death metal", "lullaby")
        ]
        for name in masks
    ]
    assert all(one == other for one, other in scores)
    bands = {str([track.instrument for track in one.tracks]) for one, _ in scores}
    assert len(bands) == len(masks)


@pytest.mark.parametrize("prompt", ["techno 128 bpm", "funk with saxophone"])
def test_a_seed_image_that_only_tints_does_not_lead(prompt: str) -> None:
    """At the default denoising the seed image's melody takes no bar from a soloist and stays faint."""
    spec = RiffSpec(prompt_a=prompt, seed=11, num_inference_steps=2)
    score = write_score(spec, [style_for(understand(prompt), 11)])
    leads = [track for track in score.tracks if track.ingredient == "seed:vibes" and track.role == "lead"]
    assert all(track.weight < 0.04 for track in leads)
    if any(track.role == "lead" for track in score.tracks if track not in leads):
        assert not leads

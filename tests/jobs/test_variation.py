"""Variations and re-rolls: what moves, how far, and what stays."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.options import SEED_MAX
from bot.jobs.recipes import Morph, Riff, Strengths, TakeSource
from bot.jobs.recipes.riff import LENGTH_MAX_S, STEPS_MAX
from bot.jobs.variation import Amount, reroll, vary
from bot.protocol.engine import Transform

SHARES = st.floats(0, 1)
AMOUNTS: st.SearchStrategy[Amount] = st.sampled_from(["slight", "strong"])
RIFFS = st.builds(
    Riff,
    prompt=st.just("funk"),
    prompt_b=st.none() | st.just("bells"),
    alpha=SHARES,
    denoising=SHARES,
    steps=st.integers(1, STEPS_MAX),
    seed=st.none() | st.integers(0, SEED_MAX),
    length_s=st.none() | st.floats(1, LENGTH_MAX_S),
)
REACH: dict[Amount, tuple[float, float]] = {"slight": (0.08, 0.16), "strong": (0.26, 0.44)}


def varied_riff(riff: Riff, amount: Amount, chance: float) -> Riff:
    """A variation, which is a riff as well."""
    varied = vary(riff, amount, chance=chance)
    assert isinstance(varied, Riff)
    return varied


@given(RIFFS, AMOUNTS, st.floats(0, 1, exclude_max=True))
def test_a_variation_could_have_been_typed(riff: Riff, amount: Amount, chance: float) -> None:
    """It never leaves the options' bounds, however often it is varied."""
    varied = varied_riff(riff, amount, chance)
    assert Riff.checked(**varied.model_dump(exclude={"kind", "like", "like_as"})) == varied


@given(RIFFS, AMOUNTS, st.floats(0, 1, exclude_max=True))
def test_a_variation_moves_as_far_as_it_says(riff: Riff, amount: Amount, chance: float) -> None:
    """A little or a lot; the second prompt's weight moves only where there is a second prompt."""
    varied = varied_riff(riff, amount, chance)
    least, most = REACH[amount]
    assert least < abs(varied.denoising - riff.denoising) < most
    if riff.prompt_b is None:
        assert varied.alpha == riff.alpha
    else:
        assert least < abs(varied.alpha - riff.alpha) < most


@given(RIFFS, AMOUNTS, st.floats(0, 1, exclude_max=True))
def test_a_variation_keeps_the_rest(riff: Riff, amount: Amount, chance: float) -> None:
    """Words, seed image, seed and length stay, so that the music is still known again."""
    moved: dict[str, Any] = {"denoising": 0.5, "alpha": 0.5, "steps": 50}
    varied = varied_riff(riff, amount, chance)
    assert varied.model_copy(update=moved) == riff.model_copy(update=moved)
    assert (varied.steps != riff.steps) == (amount == "strong")


@given(RIFFS, AMOUNTS)
def test_pressing_again_brings_another(riff: Riff, amount: Amount) -> None:
    """Different chances are different neighbours."""
    varied = {varied_riff(riff, amount, number / 17).denoising for number in range(17)}
    assert len(varied) >= 8


@given(RIFFS)
def test_a_re_roll_changes_the_seed_alone(riff: Riff) -> None:
    """The same words and numbers; the host draws a new seed."""
    assert reroll(riff) == riff.model_copy(update={"seed": None})


SOURCE = TakeSource(take_id="t", prompt="funk", user_name="Ada", channel_id="1")
MORPHS = st.builds(
    Morph,
    transform=st.sampled_from(get_args(Transform)),
    source=st.just(SOURCE),
    tags=st.just("techno"),
    strengths=st.builds(Strengths, **{name: st.none() | SHARES for name in Strengths.model_fields}),
)


@given(MORPHS, AMOUNTS, st.floats(0, 1, exclude_max=True))
def test_a_morph_varies_in_the_strength_that_rules_it(morph: Morph, amount: Amount, chance: float) -> None:
    """It goes a little or a lot less far, or further, within 0 to 1; source and everything else stay."""
    varied = vary(morph, amount, chance=chance)
    assert isinstance(varied, Morph)
    ruling = morph.ruling_strength
    before, after = (getattr(each.strengths, ruling) for each in (morph, varied))
    least, most = REACH[amount]
    assert 0 <= after <= 1
    assert least < abs(after - (0.5 if before is None else before)) < most
    put_back = varied.strengths.model_copy(update={ruling: before})
    assert varied.model_copy(update={"strengths": put_back}) == morph

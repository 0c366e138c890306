"""What a member may ask for."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.jobs.options import PROMPT_MAX, SEED_MAX
from bot.jobs.recipes import Riff
from bot.jobs.recipes.riff import STEPS_MAX

BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"prompt": ""}, "prompt", "empty"),
    ({"prompt": " \u200b\u202e "}, "prompt", "empty"),
    ({"prompt": "\u0489\u0301"}, "prompt", "empty"),
    ({"prompt": "x" * (PROMPT_MAX + 1)}, "prompt", "too_long"),
    ({"prompt_b": "x" * (PROMPT_MAX + 1)}, "prompt_b", "too_long"),
    ({"alpha": math.nan}, "alpha", "not_a_number"),
    ({"denoising": math.inf}, "denoising", "not_a_number"),
    ({"alpha": 1.01}, "alpha", "out_of_range"),
    ({"denoising": -0.01}, "denoising", "out_of_range"),
    ({"steps": 0}, "steps", "out_of_range"),
    ({"seed": -1}, "seed", "out_of_range"),
    ({"seed": SEED_MAX + 1}, "seed", "out_of_range"),
    ({"length_s": 0.5}, "length_s", "out_of_range"),
    ({"length_s": 61}, "length_s", "out_of_range"),
    ({"seed_image": "nothing"}, "seed_image", "unknown_seed_image"),
]


@pytest.mark.parametrize(("given_options", "option", "problem"), BAD)
def test_the_first_bad_option_is_named(given_options: dict[str, Any], option: str, problem: str) -> None:
    """One error, with the option's name and what is wrong with it."""
    typed: dict[str, Any] = {"prompt": "funk", **given_options}
    with pytest.raises(InvalidOption) as refused:
        Riff.checked(**typed)
    assert (refused.value.option, refused.value.problem) == (option, problem)


def test_what_is_left_out_takes_the_models_default() -> None:
    """The six parameters of the model as its API documents them."""
    assert Riff.checked(prompt="funk") == Riff(
        prompt="funk", prompt_b=None, alpha=0.5, denoising=0.75, seed_image="vibes", steps=50
    )


def test_friendly_readings() -> None:
    """Many steps are capped, blanks are folded, both spellings of the seed image mean the same."""
    options = Riff.checked(
        prompt="  deep\n\x00 house ", prompt_b=" ", steps=9_999, seed_image="Mask_Gradient_Top_Fifth_75"
    )
    assert options.prompt == "deep house"
    assert options.prompt_b is None
    assert options.steps == STEPS_MAX
    assert options.seed_image == "mask_graident_top_fifth_75"


@given(st.text(max_size=600))
def test_a_prompt_is_kept_or_refused_but_never_breaks(text: str) -> None:
    """Any text becomes a bounded, single-line prompt, or one clear error; again changes nothing."""
    problem = ""
    kept = ""
    try:
        kept = Riff.checked(prompt=text).prompt
    except InvalidOption as refused:
        problem = refused.problem
    assert problem in ("", "empty", "too_long")
    if not problem:
        assert 0 < len(kept) <= PROMPT_MAX
        assert "\n" not in kept
        assert Riff.checked(prompt=kept).prompt == kept

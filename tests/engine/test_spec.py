"""What may be asked, and what is refused in a plain sentence."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bot.engine import SEED_IMAGE_IDS, RiffSpec


def test_defaults_are_the_models_own() -> None:
    """A prompt alone gets the prediction API's defaults."""
    spec = RiffSpec(prompt_a="jazz")
    assert (spec.alpha, spec.denoising, spec.seed_image_id, spec.num_inference_steps) == (
        0.5,
        0.75,
        "vibes",
        50,
    )


def test_eleven_seed_images_with_the_apis_spelling() -> None:
    """The ids are the API's eleven, its misspelling included."""
    assert len(SEED_IMAGE_IDS) == 11
    assert "mask_graident_top_fifth_75" in SEED_IMAGE_IDS


@pytest.mark.parametrize("spelling", ["mask_graident_top_fifth_75", "mask_gradient_top_fifth_75"])
def test_both_spellings_of_the_misspelt_mask_are_one(spelling: str) -> None:
    """The right spelling and the API's mean the same mask."""
    assert RiffSpec(prompt_a="jazz", seed_image_id=spelling).seed_name == "mask_graident_top_fifth_75"


@pytest.mark.parametrize("prompt_b", [None, "", "  \n"])
def test_without_a_second_prompt_alpha_is_zero(prompt_b: str | None) -> None:
    """A missing or blank second prompt means the first one alone."""
    assert RiffSpec(prompt_a="jazz", prompt_b=prompt_b, alpha=0.7).effective_alpha == 0.0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("prompt_a", "  ", "empty"),
        ("prompt_a", "x" * 501, "500"),
        ("prompt_b", "x" * 501, "500"),
        ("alpha", math.nan, "Alpha must be a number from 0 to 1"),
        ("alpha", -0.01, "Alpha"),
        ("denoising", 1.01, "Denoising"),
        ("denoising", math.inf, "Denoising"),
        ("seed_image_id", "sunset", "must be one of"),
        ("num_inference_steps", 0, "steps"),
        ("length_s", 61.0, "length"),
        ("length_s", math.nan, "length"),
    ],
)
def test_bad_values_are_refused_in_words(field: str, value: Any, sentence: str) -> None:
    """Each out-of-range value raises ValueError with a sentence that names it."""
    fields: dict[str, Any] = {"prompt_a": "jazz", field: value}
    with pytest.raises(ValueError, match=sentence):
        RiffSpec(**fields)

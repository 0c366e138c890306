"""Tags that every container can hold."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.audio.label import Label
from tests.audio.sounds import order


def test_the_recipe_tells_how_to_make_it_again() -> None:
    """Host, prompts, parameters, and the seed that the host drew."""
    label = Label.of(order("lofi piano", prompt_b="rain", alpha=0.25, steps=20), seed=7)
    assert label.title == "lofi piano → rain"
    assert label.artist == "Ana"
    assert label.album == "Riffcord"
    recipe = json.loads(label.comment)
    assert recipe["host"] == "replicate"
    assert (recipe["prompt"], recipe["prompt_b"], recipe["alpha"]) == ("lofi piano", "rain", 0.25)
    assert (recipe["steps"], recipe["seed"]) == (20, 7)


def test_both_authors_stand_in_it_and_that_it_is_made_with_ai() -> None:
    """Whoever asked and whose music it came from, each once; the rights tell what it is."""
    asked = order(user_name="Ana")
    of_bo, of_ana = (asked.model_copy(update={"parent_user_name": name}) for name in ("Bo", "Ana"))
    assert [Label.of(each).artist for each in (asked, of_bo, of_ana)] == ["Ana", "Ana, Bo", "Ana"]
    assert "AI" in Label.of(asked).tags()["copyright"]


def test_without_a_second_prompt_there_is_no_alpha() -> None:
    """A parameter without effect is no part of the recipe."""
    assert {"alpha", "prompt_b", "seed"} & set(json.loads(Label.of(order()).comment)) == set()


@given(name=st.text(alphabet=st.characters(codec=None, exclude_categories=[]), max_size=100))
def test_any_name_makes_valid_tags(name: str) -> None:
    """Lone surrogates, NUL and control characters never reach a container."""
    label = Label.of(order("x", user_name="Ana").model_copy(update={"user_name": name}))
    for text in label.tags().values():
        text.encode("utf-8")
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text)
    json.loads(label.comment)

"""The suggestions while a member types."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.recipes import Riff
from bot.ui.prompts import PROMPTS, suggest
from bot.ui.text import units


def test_there_are_many_different_ones() -> None:
    """At least sixty, no two alike, each one good for an order as it stands."""
    assert len(set(PROMPTS)) == len(PROMPTS) >= 60
    for prompt in PROMPTS:
        assert Riff.checked(prompt=prompt).prompt == prompt


@given(st.text(max_size=200))
def test_discord_takes_every_suggestion(typed: str) -> None:
    """At most 25, none twice, each of 1 to 100 characters."""
    offered = suggest(typed)
    assert len(offered) == len(set(offered)) <= 25
    assert all(0 < len(prompt) <= units(prompt) <= 100 for prompt in offered)


def test_what_was_typed_comes_first() -> None:
    """So that Enter orders it; then what has all words, then what has any."""
    assert suggest("  Piano sad ")[:2] == ["Piano sad", "minimal piano, sad, in D minor"]
    assert "jazz piano trio in a small club" in suggest("piano sad")


def test_long_text_is_left_alone() -> None:
    """A choice holds 100 characters; choosing a shortened one would throw the rest away."""
    assert suggest("x" * 101) == []
    assert suggest("🎸" * 51) == []
    assert suggest("x" * 100) == ["x" * 100]

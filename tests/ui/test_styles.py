"""Words of style that are offered while a member types tags."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.words.lexicon import understand
from bot.ui.styles import style_words, suggest_styles
from bot.ui.text import units


def test_there_are_thousands_of_words_that_the_engine_knows() -> None:
    """They are its own; those that are offered first, before anything is typed, mean something to it."""
    assert len(style_words()) > 1_000
    first = suggest_styles("")
    assert len(first) == 25
    for word in first:
        assert understand(word).ignored == [], word


@given(st.text(max_size=200))
def test_discord_takes_every_suggestion(typed: str) -> None:
    """At most 25, none twice, each of 1 to 100 characters."""
    offered = suggest_styles(typed)
    assert len(offered) == len(set(offered)) <= 25
    assert all(0 < len(tags) <= units(tags) <= 100 for tags in offered)


def test_the_last_word_is_completed_behind_the_others() -> None:
    """What begins so comes first, what was said already is not offered again, commas of any script count."""
    assert suggest_styles("jazz, pia")[:2] == ["jazz, pia", "jazz, piano"]
    assert "jazz, piano, jazz" not in suggest_styles("jazz, piano, ja")
    assert "爵士, 钢琴" in suggest_styles("爵士，钢")
    assert suggest_styles(" Funk ")[:2] == ["Funk", "funk"]
    assert suggest_styles("x" * 101) == []

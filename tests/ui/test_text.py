"""People's words on Discord can neither ping, link, format, nor spill over."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.discord_limits import CHOICE_CHARS
from bot.ui.text import bar, clip, code, plain, shown, units

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=600)
NASTY = st.lists(
    st.sampled_from(
        [
            *"\\*_~`|<>[](){}#+-.!:/@ \n",
            "@everyone",
            "<@1>",
            "<#2>",
            "https://x.y",
            "```",
            "[a](b)",
            "\u202e",
            "\u2067",
            "\u2069",
            "א",
            "👩‍🎤",
            "e\u0301",
        ]
    ),
    max_size=120,
).map("".join)

ACTIVE = re.compile(r"[*_~`|<>\[\]():#@/]")
"""What Discord's markup, mentions and links are made of."""


def unescaped(text: str) -> str:
    """What is left when each backslash has taken the character after it along."""
    return re.sub(r"\\.", "", text, flags=re.DOTALL)


@given(ANY_TEXT | NASTY)
def test_nothing_active_is_left(text: str) -> None:
    """Every character of markup, mentions and links stands behind a backslash."""
    assert not ACTIVE.search(unescaped(shown(text, 500)))


@given(ANY_TEXT | NASTY, st.integers(min_value=1, max_value=300))
def test_escaped_text_has_a_known_bound(text: str, limit: int) -> None:
    """Twice the limit for the escapes and two for the isolates: cards are laid out by it."""
    assert units(shown(text, limit)) <= 2 * limit + 2


@given(ANY_TEXT | NASTY)
def test_directions_are_balanced_and_inside(text: str) -> None:
    """One isolate around everything and no direction control in it: nothing after it is turned around."""
    whole = shown(text, 500)
    assert whole[0] == "\u2068"
    assert whole[-1] == "\u2069"
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", whole[1:-1])


@given(ANY_TEXT | NASTY)
def test_shown_text_is_one_line(text: str) -> None:
    """No line break, so headings, quotes and lists cannot begin."""
    assert len(shown(text, 500).splitlines()) == 1
    assert len(plain(text, 500).splitlines()) <= 1


@given(ANY_TEXT | NASTY, st.integers(min_value=1, max_value=200))
def test_cut_text_fits_by_either_count(text: str, limit: int) -> None:
    """At most the limit in UTF-16 units, so in code points too; short text stays as it is."""
    cut = clip(text, limit)
    assert len(cut) <= units(cut) <= limit
    if units(text) <= limit:
        assert cut == text
    else:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 4, "abc…"),
        ("ab cdef", 4, "ab…"),
        ("🎸🎸🎸", 4, "🎸…"),
        ("ab👩‍🎤x", 6, "ab…"),
        ("a👍🏽bc", 4, "a…"),
        ("abe\u0301x", 4, "ab…"),
    ],
)
def test_nothing_is_cut_in_half(text: str, limit: int, cut: str) -> None:
    """Emoji with joiners or skin tones, and letters with accents, are kept whole or left out."""
    assert clip(text, limit) == cut


@given(ANY_TEXT | NASTY)
def test_code_cannot_be_left(text: str) -> None:
    """The only fences of a block of code are its own."""
    block = code(text)
    assert block.startswith("```\n")
    assert block.endswith("\n```")
    assert "`" not in block[4:-4]


@given(st.floats(min_value=-1, max_value=2))
def test_a_bar_has_ten_cells_and_never_shrinks(progress: float) -> None:
    """Whatever the host reports."""
    assert len(bar(progress)) == 10
    assert bar(progress).count("▰") <= bar(progress + 0.1).count("▰")


@pytest.mark.parametrize(("progress", "full"), [(0, 0), (0.09, 0), (0.1, 1), (0.3, 3), (0.999, 9), (1, 10)])
def test_a_bar_is_full_only_at_the_end(progress: float, full: int) -> None:
    """A cell is filled when its tenth is done."""
    assert bar(progress).count("▰") == full


def test_choices_are_short_by_default() -> None:
    """A choice has at most 100 units."""
    assert units(plain("🎸" * 200)) <= CHOICE_CHARS

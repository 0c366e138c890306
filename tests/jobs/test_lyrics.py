"""Lyrics as people type, paste and save them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.jobs.recipes.lyrics import (
    LYRICS_MAX,
    SKELETONS,
    checked_lyrics,
    cleaned,
    example,
    first_line,
    text_in,
    with_sections,
)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_cleaning_is_done_once(typed: str) -> None:
    """Cleaned again it is the same; no line has blanks around it, no two empty ones follow each other."""
    clean = cleaned(typed)
    assert cleaned(clean) == clean
    assert "\n\n\n" not in clean
    assert all(line == line.strip() for line in clean.split("\n"))
    assert clean.split() == cleaned(clean).split()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "lyrics_missing"),
        (" \n\u200b\n", "lyrics_missing"),
        ("[Verse]\n\n [Chorus] ", "lyrics_only_marks"),
        ("la " * LYRICS_MAX, "lyrics_too_long"),
    ],
)
def test_what_nobody_could_sing_is_refused(typed: str, problem: str) -> None:
    """Nothing, marks alone, and more than a song holds."""
    with pytest.raises(InvalidOption) as refused:
        checked_lyrics(typed)
    assert refused.value.problem == problem


def test_the_longest_lyrics_are_sung() -> None:
    """Line breaks of any system count once."""
    lines = "\r\n".join(["la" * 24 + "l"] * (LYRICS_MAX // 50))
    assert len(checked_lyrics(lines)) == LYRICS_MAX - 1


@given(
    st.sampled_from(sorted(SKELETONS)),
    st.lists(st.text(alphabet="abc déf", min_size=1).filter(str.strip), min_size=1, max_size=9),
)
def test_every_line_finds_its_section(skeleton: str, paragraphs: list[str]) -> None:
    """Nothing that was written is lost, everything stands under a mark, and asked again nothing moves."""
    lyrics = cleaned("\n\n".join(paragraphs))
    marked = with_sections(lyrics, skeleton)
    assert marked.startswith("[")
    assert set(lyrics.split()) <= set(marked.split())
    assert checked_lyrics(marked) == with_sections(marked, skeleton) == marked


def test_a_chorus_is_typed_once() -> None:
    """It comes again wherever the order of sections has one; what is left over are verses before the end."""
    assert with_sections("a\n\nHey\n\nb\n\nc", "short").split() == (
        ["[Verse]", "a", "[Chorus]", "Hey", "[Verse]", "b", "[Chorus]", "Hey", "[Verse]", "c"]
    )
    ballad = with_sections("a\n\nb\n\nHey\n\nc\n\nd", "ballad")
    marks = "[Intro] [Verse] a [Verse] b [Chorus] Hey [Verse] c [Chorus] Hey [Verse] d [Outro]"
    assert ballad.split() == marks.split()
    assert with_sections("[Bridge]\na\n\nb", "pop") == "[Bridge]\na\n\nb"


@pytest.mark.parametrize("skeleton", sorted(SKELETONS))
def test_examples_can_be_sung_as_they_are(skeleton: str) -> None:
    """Every section of the order is there, in its place."""
    lyrics = checked_lyrics(example(skeleton, "la la"))
    marks = [line.strip("[]") for line in lyrics.splitlines() if line.startswith("[")]
    assert tuple(marks) == SKELETONS[skeleton]
    assert first_line(lyrics) == "la la"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=80))
def test_text_files_are_read_in_any_usual_encoding(text: str) -> None:
    """UTF-8 with and without a mark at its beginning, UTF-16 with one."""
    text = text.lstrip("\ufeff") or "la"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert text_in(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0", b"%PDF\x01\x02", b"\xff\xfb\x90\x00" * 9, b"caf\xe9"]
)
def test_other_files_are_none(content: bytes) -> None:
    """Pictures, documents, sounds, and text of unknown encoding."""
    assert text_in(content) is None

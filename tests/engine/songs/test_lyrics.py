"""Reading lyrics: marks in two languages, stanzas alone, and any text at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.score.as_json import score_from_json, score_to_json
from bot.engine.songs import write_song
from bot.engine.songs.lines import breath_lines, syllables_of
from bot.engine.songs.sections import section_manners
from bot.engine.songs.sheet import LyricSection, parse_lyrics, section_name
from bot.engine.spec import MAX_LINE_CHARACTERS, SongSpec

MARKS = {
    "[Intro]": "intro",
    "[Verse 2]": "verse",
    "【主歌一】": "verse",
    "[PRE-CHORUS]:": "pre-chorus",
    "［导歌］": "pre-chorus",
    "[预副歌]": "pre-chorus",
    "[Chorus: everybody]": "chorus",
    "（副歌）": "chorus",
    "副歌：": "chorus",
    "(Hook)": "chorus",
    "[Drop]": "chorus",
    "[Bridge]": "bridge",
    "[过渡]": "bridge",
    "[桥段]": "bridge",
    "[Guitar Solo]": "solo",
    "[间奏]": "solo",
    "[独奏]": "solo",
    "[Interlude]": "solo",
    "[outro]": "outro",
    "【尾奏】": "outro",
    "[前奏]": "intro",
}


@pytest.mark.parametrize(("mark", "section"), MARKS.items())
def test_marks_are_known_in_both_languages(mark: str, section: str) -> None:
    """A mark in any bracket, case and numbering begins its section and is not sung."""
    assert parse_lyrics(f"[Verse]\nfirst\n{mark}\nsecond")[-1] == LyricSection(section, ("second",))


def test_what_stands_in_round_brackets_is_sung_unless_it_is_a_mark() -> None:
    """Backing voices stay lyrics."""
    assert parse_lyrics("[Verse]\n(ooh)\n(hook me up)") == [LyricSection("verse", ("(ooh)", "(hook me up)"))]


def test_stage_directions_are_not_sung() -> None:
    """Square brackets that name no section are left out."""
    assert parse_lyrics("[Verse]\n[whispered]\nhello") == [LyricSection("verse", ("hello",))]


def test_a_chorus_that_is_only_named_comes_again() -> None:
    """An empty chorus mark repeats the chorus, as often as it says."""
    sections = parse_lyrics("[Verse]\none\n[Chorus]\ntwo\n[Verse]\nthree\n[Chorus x2]")
    assert [part.lines for part in sections] == [("one",), ("two",), ("three",), ("two",), ("two",)]


def test_a_stanza_that_returns_is_the_chorus() -> None:
    """Without marks, repetition tells chorus from verse."""
    sections = parse_lyrics("a b\nc d\n\nsing it\nloud\n\ne f\n\nSing it,\nloud!")
    assert [part.name for part in sections] == ["verse", "chorus", "verse", "chorus"]


def test_stanzas_without_repetition_get_a_chorus() -> None:
    """The second stanza is the chorus and returns; the last of many is a bridge."""
    sections = parse_lyrics("one\n\ntwo\n\nthree\n\nfour")
    assert [part.name for part in sections] == ["verse", "chorus", "verse", "chorus", "bridge", "chorus"]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """The parser is total, and every section it finds can be played."""
    for section in parse_lyrics(text):
        assert section.name in section_manners()
        assert all(line.strip() for line in section.lines)


@given(st.text(max_size=40))
def test_a_mark_means_a_section_or_nothing(mark: str) -> None:
    """No mark leads to an unknown section."""
    assert section_name(mark) in {None, *section_manners()}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(alphabet="la na oh, hey.月光你我，", max_size=200), max_size=4))
def test_breath_lines_keep_every_syllable(lines: list[str]) -> None:
    """Long lines are split, nothing is lost, and each part fits a breath."""
    parts = breath_lines(tuple(lines))
    assert all(0 < part.size <= 16 for part in parts)
    assert sum(part.size for part in parts) == sum(len(syllables_of(line.strip())) for line in lines)


@pytest.mark.parametrize("letter", ["m", "!", "9", "爱", "¿"])
def test_no_part_is_longer_than_a_score_may_hold(letter: str) -> None:
    """A word without end is sung in parts that a score's reader takes."""
    for line in (letter * 5000, letter * 4000 + " la"):
        assert all(len(part.text) <= MAX_LINE_CHARACTERS for part in breath_lines((line,)))
    song = write_song(SongSpec(tags="pop", lyrics=letter * 4990 + "\nla la"))
    assert score_from_json(score_to_json(song)) == song

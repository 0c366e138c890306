"""Section marks as people type them, and lyrics that have none."""

from __future__ import annotations

import pytest

from bot.engine.songs import write_song
from bot.engine.songs.plan import Pace, plan_song
from bot.engine.songs.sheet import LyricSection, parse_lyrics
from bot.engine.spec import SongSpec

LINE = "the river carries every word along"


@pytest.mark.parametrize(
    ("mark", "section", "times"),
    [
        ("** CHORUS x2 **", "chorus", 2),
        ("Chorus:", "chorus", 1),
        ("CHORUS", "chorus", 1),
        ("chorus x2", "chorus", 2),
        ("## Bridge", "bridge", 1),
        ("**Bridge:**", "bridge", 1),
        ("--- Outro ---", "outro", 1),
        ("[Chorus x2]", "chorus", 2),
        ("Verse 1 -", "verse", 1),
        ("Verse 2", "verse", 1),
        ("副歌", "chorus", 1),
    ],
)
def test_a_mark_on_a_line_of_its_own(mark: str, section: str, times: int) -> None:
    """Stars, hashes, dashes, capitals or nothing at all around its name: it is no line to sing."""
    sections = parse_lyrics(f"[Intro]\n{mark}\nsing it\n")
    assert sections[1:] == [LyricSection(section, ("sing it",))] * times


@pytest.mark.parametrize(
    "line", ["Drop", "The end", "I lift", "- and so we go -", "Hook me up", "Verse after verse"]
)
def test_words_of_a_song_are_no_marks(line: str) -> None:
    """A line that only has a section's name in it, or a word that is sung as well, is sung."""
    assert parse_lyrics(f"[Verse]\n{line}") == [LyricSection("verse", (line,))]


@pytest.mark.parametrize("count", [13, 14, 17, 24, 40])
def test_long_lyrics_without_marks_have_sections(count: int) -> None:
    """More than a dozen lines at a stretch become verses and choruses; every line is there once, in order."""
    lines = tuple(f"{LINE} {number}" for number in range(count))
    sections = parse_lyrics("\n".join(lines))
    assert sum((section.lines for section in sections), ()) == lines
    assert [section.name for section in sections[:2]] == ["verse", "chorus"]
    assert all(2 <= len(section.lines) <= 9 for section in sections)


def test_long_lyrics_without_marks_change_their_harmony() -> None:
    """The chorus has another progression than the verse."""
    score = write_song(SongSpec(tags="folk", lyrics="\n".join([LINE] * 20), seed=3))
    names = [section.name for section in score.sections]
    assert {"verse", "chorus"} <= set(names)
    assert max(section.bars for section in score.sections) <= 32
    verse, chorus = (score.sections[names.index(name)].first_bar for name in ("verse", "chorus"))
    assert score.chords[verse : verse + 4] != score.chords[chorus : chorus + 4]


@pytest.mark.parametrize(("bar_s", "most"), [(1.6, 8), (4.0, 4)])
def test_what_is_only_played_is_short(bar_s: float, most: int) -> None:
    """A solo or a drop without text lasts eight bars, four where they are slow, also after a sung chorus."""
    lyrics = parse_lyrics(f"[Chorus]\n{LINE}\n{LINE}\n[Guitar Solo]\n[Drop]\n[Chorus]")
    planned = plan_song(lyrics, Pace(bar_s, 4), sung=True)
    assert [part.name for part in planned] == ["intro", "chorus", "solo", "chorus", "chorus", "outro"]
    assert [bool(part.lines) for part in planned] == [False, True, False, False, True, False]
    assert planned[2].bars <= most
    assert planned[3].bars <= most

"""Lyrics that the musician writes itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.singing import is_chinese
from bot.engine.songs import write_song
from bot.engine.songs.sheet import parse_lyrics
from bot.engine.songs.writer import word_table, write_lyrics
from bot.engine.spec import SongSpec


def test_a_topic_is_the_hook() -> None:
    """The topic's words are sung in the chorus, without what was said around them."""
    assert "lost kitten" in write_lyrics("a song about lost kitten", seed=3).lower()
    assert "大海" in write_lyrics("写一首关于大海的歌", seed=1)


def test_topics_and_seeds_differ() -> None:
    """Two topics, or two seeds, give different words."""
    assert len({write_lyrics(topic, seed=seed) for topic in ("rain", "winter") for seed in range(4)}) == 8


def test_the_language_is_the_topics() -> None:
    """Chinese topics, or Chinese tags without a topic, give Chinese lyrics."""
    assert is_chinese(write_lyrics("秋天", seed=1))
    assert is_chinese(write_lyrics("", tags="流行 女声", seed=1))
    assert not is_chinese(write_lyrics("autumn", tags="流行", seed=1))


def test_couplets_stand_together() -> None:
    """Each verse is two couplets of the table, so that it rhymes."""
    table = word_table("en")
    known = {couplet for couplets in table.verses.values() for couplet in couplets}
    for section in parse_lyrics(write_lyrics("the sea", seed=5)):
        if section.name == "verse":
            assert {section.lines[:2], section.lines[2:]} <= known


@given(st.text(max_size=80), st.integers(0, 99))
def test_any_topic_gives_lyrics(topic: str, seed: int) -> None:
    """Whatever the topic, there are verses, choruses and a bridge with words in them."""
    names = [section.name for section in parse_lyrics(write_lyrics(topic, seed=seed)) if section.lines]
    assert names == ["verse", "chorus", "verse", "chorus", "bridge", "chorus"]


def test_a_title_alone_is_sung_about() -> None:
    """Without lyrics the title becomes the song's hook."""
    score = write_song(SongSpec(tags="pop", title="Harbour Lights"))
    assert any("harbour lights" in line.text.lower() for track in score.tracks for line in track.lines)

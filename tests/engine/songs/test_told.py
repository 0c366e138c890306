"""What was asked of a song and not done is told, as data and in the explanation."""

from __future__ import annotations

from typing import Any

import pytest

from bot.engine.explain import explain, explanation_text
from bot.engine.morphs import make_morph
from bot.engine.songs import make_song, write_song
from bot.engine.songs.told import not_done
from bot.engine.spec import MorphSpec, SongSpec


def missing(**fields: Any) -> list[list[str]]:
    """Return what is told of a song's request, without making any sound."""
    spec = SongSpec(**fields)
    score = write_song(spec)
    return not_done(score, lyrics=spec.lyrics, length_s=spec.length_s, played_s=score.frames / 100)


@pytest.mark.parametrize("tags", ["pop", "rap", "waltz"])
def test_nothing_is_told_of_a_song_that_is_as_asked(tags: str) -> None:
    """Lines that are sung in several breaths, returning choruses and a usual length are no shortfall."""
    lyrics = (
        "[Verse]\nOne long line that nobody could ever sing in a single breath because it goes on and on\n"
        "[Chorus]\n(ooh) ...\nLa la la\n[Verse]\nTwo\n[Chorus]\n"
    )
    assert missing(tags=tags, lyrics=lyrics) == []
    assert missing(tags="pop 120 bpm", length_s=60.0) == []


def test_lines_that_nobody_sings_are_counted() -> None:
    """Four hundred lines do not go into twelve seconds."""
    [(what, asked, played)] = missing(tags="pop", lyrics="la la la la\n" * 400, length_s=12.0)
    assert (what, asked) == ("lyrics", "400 lines")
    assert 0 <= int(played.removesuffix(" of them")) < 20


def test_a_length_that_is_not_met_is_told() -> None:
    """Two bars of nine slow eighths last longer than ten seconds."""
    [(what, asked, played)] = missing(tags="ambient 30 bpm in 9/8", instrumental=True, length_s=10.0)
    assert (what, asked) == ("length", "10 s")
    assert float(played.removesuffix(" s")) > 20


def test_a_finished_song_and_its_explanation_tell_it() -> None:
    """The metre that is not played, the lines that are not sung: each is a line of the explanation."""
    piece = make_song(SongSpec(tags="pop in 5/8", lyrics="la la la la\n" * 40, length_s=10.0))
    told = {what: (asked, played) for what, asked, played in piece.understood.clamped}
    assert told["metre"] == ("5/8", "4/4")
    assert told["lyrics"][0] == "40 lines"
    text = explanation_text(explain(piece, piece.understood))
    assert "Out of reach: metre 5/8; 4/4 is played." in text
    assert f"Out of reach: lyrics 40 lines; {told['lyrics'][1]} are sung." in text


def test_a_morph_tells_it_too() -> None:
    """New words for more lines than the song has are not all sung."""
    source = write_song(SongSpec(tags="pop", lyrics="[Verse]\nHello there\nmy friend", length_s=12.0))
    spec = MorphSpec(transform="swap_vocals", lyrics="one\ntwo\nthree\nfour\nfive", lyrics_strength=1.0)
    [(what, asked, played)] = make_morph(spec, source).understood.clamped
    assert (what, asked) == ("lyrics", "5 lines")
    assert played in {"1 of them", "2 of them", "3 of them"}

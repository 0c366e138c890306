"""Songs as scores: form, length, voices, tunes and two takes that differ."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.score.as_json import score_from_json, score_to_json
from bot.engine.score.model import Score, SungLine
from bot.engine.singing import syllables
from bot.engine.songs import lrc, write_song
from bot.engine.songs.singers import voice_table
from bot.engine.spec import QUALITIES, SongSpec
from bot.engine.understanding import understood_of_tags

LYRICS = """[Verse 1]
City lights are falling like the rain
I hear the echo of your name
[Chorus]
We are dancing in the neon light
Singing through the middle of the night
We are dancing in the morning light
[Verse 2]
Every moment that we ever had
Is turning in the fire
[Chorus]
[Bridge]
Hold me now
[Chorus]
"""


@lru_cache(maxsize=64)
def song(tags: str = "pop", **fields: Any) -> Score:
    """Return a song, written once for the same request."""
    return write_song(SongSpec(tags=tags, **fields))


def sung(score: Score) -> list[SungLine]:
    """Return the sung lines of a score."""
    return [line for track in score.tracks for line in track.lines]


def test_the_lyrics_give_the_form() -> None:
    """Sections come in the lyrics' order, with an intro and an outro around them."""
    names = [section.name for section in song(lyrics=LYRICS).sections]
    assert names == ["intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro"]


def test_sections_cover_every_bar_once() -> None:
    """Each section begins where the one before ends."""
    score = song(lyrics=LYRICS)
    assert all(b.first_bar == a.first_bar + a.bars for a, b in pairwise(score.sections))
    assert score.sections[-1].first_bar + score.sections[-1].bars == score.bars == len(score.chords)


@pytest.mark.parametrize("tags", ["pop", "trap rap", "waltz", "metal", "jazz", "童声 民谣"])
def test_one_note_a_syllable_in_time_and_range(tags: str) -> None:
    """Every line has as many notes as syllables, one after the other, where the voice can sing."""
    score = song(tags, lyrics=LYRICS + "\n[Outro]\n月光照在窗台上\n1999 bottles, un-be-lie-va-ble! (ooh)")
    singer = score.singer
    assert singer
    low, high = voice_table().ranges[singer.instrument.removeprefix("singer_")]
    for line in sung(score):
        assert len(line.notes) == len(syllables(line.text))
        assert all(one.start + one.length <= other.start + 1e-6 for one, other in pairwise(line.notes))
        assert line.rapped or all(low <= note.pitch <= high for note in line.notes)
    for one, other in pairwise(sorted(sung(score), key=lambda line: line.notes[0].start)):
        assert one.notes[-1].start < other.notes[0].start


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=400), st.integers(0, 10_000), st.sampled_from([None, 10.0, 30.0]))
def test_any_lyrics_make_a_song(lyrics: str, seed: int, length_s: float | None) -> None:
    """Whatever is written, the song has chords for every bar and a note for every syllable."""
    score = write_song(SongSpec(tags="pop", lyrics=lyrics, seed=seed, length_s=length_s))
    assert all(len(line.notes) == len(syllables(line.text)) for line in sung(score))
    assert score.tracks
    assert score_from_json(score_to_json(score)) == score


def test_a_hook_returns_with_its_tune() -> None:
    """The same line of a chorus is sung alike every time, and lines of its shape in its place too."""
    hooks = [line for line in sung(song(lyrics=LYRICS)) if line.text.endswith("neon light")]
    tunes = {
        tuple((round(note.start - line.notes[0].start, 4), note.pitch) for note in line.notes)
        for line in hooks
    }
    assert len(hooks) == 3
    assert len(tunes) == 1


def test_a_chorus_lies_higher_than_a_verse() -> None:
    """On average over seeds, choruses are sung above verses."""
    higher = 0
    for seed in range(6):
        score = song(lyrics=LYRICS, seed=seed, voice="female")
        mean: dict[str, list[float]] = {"verse": [], "chorus": []}
        for section in score.sections:
            first, end = section.first_bar * score.meter, (section.first_bar + section.bars) * score.meter
            for line in sung(score):
                if section.name in mean and first <= line.notes[0].start < end:
                    mean[section.name] += [note.pitch for note in line.notes]
        higher += sum(mean["chorus"]) / len(mean["chorus"]) > sum(mean["verse"]) / len(mean["verse"])
    assert higher >= 5


def test_rap_is_rapped_and_its_hook_is_sung() -> None:
    """A rap's verses are spoken in rhythm, its chorus is sung."""
    lines = sung(song("rap", lyrics=LYRICS))
    assert any(line.rapped for line in lines)
    assert not any(line.rapped for line in lines if "neon" in line.text)
    assert not any(line.rapped for line in sung(song("folk", lyrics=LYRICS)))


@pytest.mark.parametrize(
    ("tags", "voice", "singer"),
    [
        ("pop, female vocals", None, "singer_female"),
        ("rock, male voice", None, "singer_male"),
        ("lullaby, children", None, "singer_child"),
        ("gospel choir", None, "singer_choir"),
        ("流行 女声", None, "singer_female"),
        ("摇滚 男声", None, "singer_male"),
        ("童声", None, "singer_child"),
        ("合唱", None, "singer_choir"),
        ("pop female", "male", "singer_male"),
    ],
)
def test_who_sings(tags: str, voice: str | None, singer: str) -> None:
    """Tags choose the voice, unless one is asked for."""
    track = song(tags, lyrics="[Verse]\nhello there", voice=voice).singer
    assert track
    assert track.instrument == singer


@pytest.mark.parametrize(
    ("tags", "singer"),
    [
        ("pop, no female vocals", "singer_male"),
        ("rock without male voice", "singer_female"),
        ("pop not female", "singer_male"),
        ("male voice, not female", "singer_male"),
        ("流行 不要女声", "singer_male"),
        ("tenor sax ballad, female singer", "singer_female"),
    ],
)
def test_a_refused_voice_does_not_sing(tags: str, singer: str) -> None:
    """Whatever the seed and the take, somebody else sings, also where the lyrics are written here."""
    for seed in range(4):
        for take in (0, 1):
            track = song(tags, lyrics="[Verse]\nhello there" if seed % 2 else "", seed=seed, take=take).singer
            assert track
            assert track.instrument == singer


def test_no_choir_is_no_choir_and_no_vocals_is_an_instrumental() -> None:
    """One kind of singer refused leaves the others; singing refused leaves none, lyrics or not asked for."""
    voices = {s.instrument for seed in range(6) if (s := song("folk, no choir", seed=seed).singer)}
    assert voices == {"singer_female", "singer_male"}
    assert song("pop, no vocals").singer is None
    assert song("pop, no female vocals, no singing").singer is None


def test_words_for_singers_are_understood() -> None:
    """A song's tags that name who sings are told as understood, refusals as refused."""
    told = understood_of_tags(song("pop, child, no mezzo"), "pop, child, no mezzo")
    assert (told.words, told.refused, told.ignored) == (["pop", "child"], ["mezzo"], [])


def test_an_instrumental_has_a_tune_and_no_singer() -> None:
    """Nobody sings; a lead has the tune instead."""
    for score in (song(lyrics=LYRICS, instrumental=True), song("pop instrumental")):
        assert score.singer is None
        assert any(track.role == "lead" for track in score.tracks)


@pytest.mark.parametrize("length_s", [10.0, 25.0, 61.0, 120.0, 240.0])
@pytest.mark.parametrize(
    "tags",
    ["pop", "ambient", "drum and bass", "rock in 7/8", "jazz in 5/4 180 bpm", "waltz 62 bpm", "folk 9/8"],
)
def test_an_asked_length_is_met(tags: str, length_s: float) -> None:
    """A song lasts as long as was asked within two bars, and never above four minutes."""
    score = song(tags, lyrics=LYRICS, length_s=length_s)
    assert abs(score.frames / 100 - length_s) <= 2 * score.meter * 60 / score.bpm
    assert score.frames <= 24_001


def test_a_song_ends_on_its_tonic() -> None:
    """The last chord is the home chord, struck once on the bar line by everybody who still plays."""
    score = song(lyrics=LYRICS)
    last = (score.bars - 1) * score.meter
    ending = [note for track in score.tracks for note in track.notes if note.start >= last - 0.05]
    assert score.chords[-1][0].root == 0
    assert ending
    assert all(note.start < last + 0.5 for note in ending)


def test_two_takes_are_two_songs() -> None:
    """The takes differ in tempo, key, tune and in players or progressions."""
    for tags in ("pop", "rock", "jazz", "trap", "民谣"):
        one, two = (song(tags, lyrics=LYRICS, seed=4, take=take) for take in (0, 1))
        assert one.tonic != two.tonic
        assert abs(one.bpm / two.bpm - 1) > 0.02
        assert [n.pitch for n in sung(one)[0].notes] != [n.pitch for n in sung(two)[0].notes]
        bands = [{track.instrument for track in take.tracks if not track.lines} for take in (one, two)]
        assert bands[0] != bands[1] or one.chords != two.chords


def test_an_asked_tempo_and_key_hold_for_both_takes() -> None:
    """What the tags ask for is the same in every take."""
    for take in (0, 1):
        score = song("pop 104 bpm in F# minor", lyrics=LYRICS, take=take)
        assert (score.bpm, score.tonic, score.key) == (104, 6, "F# minor")


def test_better_models_bring_more_players() -> None:
    """The four model names never take players away, and the best has more than the first."""
    counts = [len(song(lyrics=LYRICS, quality=quality).tracks) for quality in QUALITIES]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_a_song_is_repeatable() -> None:
    """The same request gives the same score."""
    spec = SongSpec(tags="pop", lyrics=LYRICS, seed=9)
    assert write_song(spec) == write_song(spec)


def test_synced_lyrics() -> None:
    """Every line stands once, in order, at the time of its first note."""
    score = song(lyrics=LYRICS, title="Neon")
    lines = lrc(score).splitlines()
    assert lines[0] == "[ti:Neon]"
    assert lines[1].startswith("[length:0")
    first = sung(score)[0]
    time_s = first.notes[0].start * 60 / score.bpm
    assert lines[2] == f"[00:{time_s:05.2f}]{first.text}"
    assert lines[2:] == sorted(lines[2:])
    assert len(lines) == 2 + len(sung(score))

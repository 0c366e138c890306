"""Morphs of songs and riffs: nothing at 0, more with more strength, and what stays does stay."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine import RiffSpec, make_riff
from bot.engine.arrays import Samples
from bot.engine.mix import calibrated, premaster
from bot.engine.morphs import make_morph, morph_score
from bot.engine.morphs.understood import understood_of_morph
from bot.engine.score.as_json import score_from_json, score_to_json
from bot.engine.score.model import Note, Score, Track, Trim
from bot.engine.singing import syllables
from bot.engine.songs import write_song
from bot.engine.spec import MorphSpec, SongSpec

LYRICS = (
    "[Verse]\nCity lights are falling\nI hear the echo\n[Chorus]\nWe are dancing\nAll through the night\n"
)
OTHER = "[Verse]\nMoney in the bank\nEvery star is burning\n[Chorus]\nOne more time\nSing it again"
STRENGTHS = ("lyrics_strength", "sound_prompt_strength", "weirdness", "cover_strength", "variation_strength")
NOTHING: dict[str, Any] = dict.fromkeys(STRENGTHS, 0.0)
SPAN: dict[str, Any] = {"replace_start_s": 8.6, "replace_end_s": 17.2}
SR = 44_100
MOVES: list[tuple[str, str, dict[str, Any]]] = [
    ("cover", "cover_strength", {"sound_prompt_strength": 0.5}),
    ("cover", "sound_prompt_strength", {"cover_strength": 0.45}),
    ("swap_sound", "sound_prompt_strength", {}),
    ("swap_vocals", "lyrics_strength", {}),
    ("swap_vocals", "sound_prompt_strength", {"voice": "male"}),
    ("inpaint", "variation_strength", {}),
    ("inpaint", "sound_prompt_strength", {"tags": "8-bit chiptune"}),
    ("inpaint", "lyrics_strength", {"lyrics": OTHER}),
]


@lru_cache(maxsize=1)
def song() -> Score:
    """Return a short song as make_song would keep it."""
    spec = SongSpec(tags="pop female 112 bpm", lyrics=LYRICS, seed=2, length_s=28.0)
    return calibrated(write_song(spec))


@lru_cache(maxsize=1)
def loop() -> Score:
    """Return a riff's score."""
    return make_riff(RiffSpec(prompt_a="funky synth solo 112 bpm", num_inference_steps=2)).score


SOURCES = {"song": song, "riff": loop}


@lru_cache(maxsize=2)
def sound_of(source: str) -> Samples:
    """Return how a source sounds before it is levelled, rendered once."""
    return premaster(SOURCES[source]())


def sound_beneath(score: Score, source: str) -> Samples:
    """Return how what lies under a morph sounds: the source, or a riff that was unrolled to be extended."""
    assert score.underlay
    beneath = score.underlay.score
    assert beneath == SOURCES[source]() or SOURCES[source]().loops
    return sound_of(source) if beneath == SOURCES[source]() else premaster(beneath)


def morphed(source: Score, transform: str, **fields: Any) -> Score:
    """Return a morph's score; strengths that are not given are 0."""
    span: dict[str, Any] = {"replace_start_s": 2.1, "replace_end_s": 6.5} if source.loops else SPAN
    wanted: dict[str, Any] = (
        NOTHING | (span if transform == "inpaint" else {}) | {"transform": transform} | fields
    )
    return morph_score(MorphSpec(**wanted), source)


def events(score: Score) -> set[tuple[object, ...]]:
    """Return everything that sounds: who, on what, which note, and of a line also its words."""
    played = {(track.role, track.instrument, *key(note)) for track in score.tracks for note in track.notes}
    sung = {
        (track.instrument, line.text, *(key(note) for note in line.notes))
        for track in score.tracks
        for line in track.lines
    }
    return played | sung


def key(note: Note) -> tuple[object, ...]:
    """Return a note as something to compare."""
    return (note.start, note.length, note.pitch, note.mark)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("transform", ["cover", "inpaint", "swap_vocals", "swap_sound"])
def test_no_strength_leaves_the_source_as_it_was(source: str, transform: str) -> None:
    """All strengths at 0 give the very same score, whatever is asked for."""
    score = SOURCES[source]()
    assert morphed(score, transform, tags="8-bit chiptune", lyrics=OTHER, voice="male") == score


@pytest.mark.parametrize(
    ("source", "transform", "strength", "more"),
    [
        (source, transform, strength, more)
        for source in SOURCES
        for transform, strength, more in MOVES
        if source == "song" or (transform, strength) != ("swap_vocals", "sound_prompt_strength")
    ],
)
def test_more_strength_only_changes_more(
    source: str, transform: str, strength: str, more: dict[str, Any]
) -> None:
    """What a lower strength has taken away or added, a higher one has too; at 1 it is more than at 0.2."""
    score = SOURCES[source]()
    before = events(score)
    words = {"lyrics": OTHER} if strength == "lyrics_strength" else {}
    tags = {} if transform == "inpaint" else {"tags": "8-bit chiptune"}
    changed = [
        before ^ events(morphed(score, transform, **(tags | words | more), **{strength: value}))
        for value in (0.0, 0.2, 0.35, 0.5, 0.8, 1.0)
    ]
    assert all(less <= later for less, later in pairwise(changed))
    assert not changed[0]
    assert len(changed[-1]) > len(changed[1])


def test_a_cover_keeps_key_chords_sections_and_tune() -> None:
    """At full strength the band is another one, and the song is the same."""
    score = morphed(song(), "cover", tags="death metal", cover_strength=1.0, sound_prompt_strength=1.0)
    assert (score.tonic, score.mode, score.chords, score.sections) == (
        song().tonic,
        song().mode,
        song().chords,
        song().sections,
    )
    assert [line for track in score.tracks for line in track.lines] == [
        line for track in song().tracks for line in track.lines
    ]
    kept = [track for track in score.tracks if any(track == other for other in song().tracks)]
    assert all(track.lines for track in kept)


def test_a_covers_tempo_moves_only_from_half_way() -> None:
    """Up to 0.5 the tempo stays, at 1 it is that of the tags' style."""
    at = {
        s: morphed(song(), "cover", tags="doom metal", cover_strength=s, sound_prompt_strength=1.0)
        for s in (0.5, 0.75, 1)
    }
    assert at[0.5].bpm == song().bpm
    assert at[0.5].bpm != at[0.75].bpm != at[1].bpm


@pytest.mark.parametrize(
    ("asked", "played"), [("pop 80 bpm", 80), ("techno, 140 bpm", 140), ("240 bpm", 120)]
)
def test_a_tempo_in_numbers_is_played_at_any_strength(asked: str, played: float) -> None:
    """No strength holds it back; one too far from the tune is doubled or halved, and that is told."""
    for strength in (0.1, 0.5, 0.8, 1.0):
        spec = MorphSpec(transform="cover", tags=asked, cover_strength=strength)
        score = morph_score(spec, song())
        assert score.bpm == played
        understood = understood_of_morph(spec, song(), score)
        assert understood.tempo_from == ("asked" if asked.startswith(("pop", "techno")) else "nearest")
        assert understood.clamped == ([] if played != 120 else [["tempo", "240", "120"]])


def test_a_key_by_name_is_played() -> None:
    """The whole piece moves to it, singers within their voice; a key of another mode stays to be told."""
    keys = {0: "C", 5: "F"} if song().mode == "maj" else {0: "C", 4: "E"}
    mode, other = ("major", "minor") if song().mode == "maj" else ("minor", "major")
    for tonic, name in keys.items():
        spec = MorphSpec(transform="cover", tags=f"techno in {name} {mode}", cover_strength=1.0)
        score = morph_score(spec, song())
        assert (score.tonic, score.key) == (tonic, f"{name} {mode}")
        assert understood_of_morph(spec, song(), score).clamped == []
        moved = {
            new.pitch - old.pitch
            for new_track, old_track in zip(sung(score), sung(song()), strict=True)
            for new, old in zip(new_track.sounding, old_track.sounding, strict=True)
        }
        assert len(moved) == 1
        assert (song().tonic + moved.pop()) % 12 == tonic
    spec = MorphSpec(transform="cover", tags=f"techno in B {other}", cover_strength=1.0)
    score = morph_score(spec, song())
    assert score.key == song().key
    assert understood_of_morph(spec, song(), score).clamped == [["key", f"B {other}", song().key]]


def sung(score: Score) -> list[Track]:
    """Return the singers' tracks."""
    return [track for track in score.tracks if track.lines]


def test_other_sounds_play_the_same_notes() -> None:
    """Every track keeps its notes; at full strength the instruments are the tags'."""
    score = morphed(song(), "swap_sound", tags="8-bit chiptune", sound_prompt_strength=1.0)
    assert [track.notes for track in score.tracks] == [track.notes for track in song().tracks]
    played = {track.instrument for track in score.tracks if not track.lines}
    assert played <= {"chip", "chip_lead", "chip_bass", "chip_arp"}


def test_unchanged_tracks_keep_their_trims() -> None:
    """What plays the same part on the same instrument is mixed as it was; the others are measured anew."""
    score = morphed(song(), "swap_sound", tags="8-bit chiptune", sound_prompt_strength=0.3)
    trims = {(track.role, track.instrument): track.trim for track in song().tracks}
    players = {(track.role, track.instrument): track.trim for track in score.tracks}
    same = trims.keys() & players.keys()
    assert 0 < len(same) < len(trims)
    assert all(trims[player] is not None and players[player] == trims[player] for player in same)
    assert all(players.values())


def test_new_words_fit_their_notes_over_the_same_band() -> None:
    """Other lyrics in another voice: one note a syllable, the band untouched."""
    score = morphed(
        song(), "swap_vocals", lyrics=OTHER, voice="male", lyrics_strength=1, sound_prompt_strength=1
    )
    lines = [line for track in score.tracks for line in track.lines]
    assert {line.text for line in lines} == {line for line in OTHER.splitlines() if line[0] != "["}
    assert all(len(line.notes) == len(syllables(line.text)) for line in lines)
    assert score.singer
    assert score.singer.instrument == "singer_male"
    assert [t for t in score.tracks if not t.lines] == [t for t in song().tracks if not t.lines]


def test_a_riff_gets_a_singer() -> None:
    """Where nobody sang, new lyrics bring a voice."""
    score = morphed(loop(), "swap_vocals", lyrics=OTHER, voice="child", lyrics_strength=1)
    assert score.singer
    assert score.singer.instrument == "singer_child"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("variation", [0.0, 1.0])
def test_an_extension_keeps_every_sample_before_it(source: str, variation: float) -> None:
    """Up to the cut the sound is the source's, to the bit, and the piece is as long as was asked."""
    score = morphed(SOURCES[source](), "extend", crop_end_s=6.5, length_s=30.0, variation_strength=variation)
    assert score.underlay
    assert abs(score.frames / 100 - 30) <= 2 * score.meter * 60 / score.bpm
    until = round(score.underlay.start * 60 / score.bpm * SR)
    assert np.array_equal(premaster(score)[:, :until], sound_beneath(score, source)[:, :until])
    assert score.chords[-1][0].root == 0


def test_an_extension_sings_new_lyrics() -> None:
    """New sections follow with the given words."""
    score = morphed(
        song(), "extend", lyrics="[Bridge]\nHold me closer\n[Chorus]\nOne more time", lyrics_strength=1
    )
    assert [section.name for section in score.sections][-3:] == ["bridge", "chorus", "outro"]
    assert {"Hold me closer", "One more time"} <= {line.text for t in score.tracks for line in t.lines}


def test_without_variation_an_extension_says_again_what_was_said() -> None:
    """At 0 the new part is a copy of the chorus, up to its last chord."""
    score = morphed(song(), "extend")
    chorus = next(section for section in song().sections if section.name == "chorus")
    again = [section for section in score.sections if section.name == "chorus"][-1]
    for name in ("drums", "bass"):
        first, second = (
            {
                (round(note.start - section.first_bar * 4, 3), note.pitch, note.mark)
                for track in score.tracks
                if track.role == name
                for note in track.notes
                if 0 <= note.start - section.first_bar * 4 + 0.05 < section.bars * 4
            }
            for section in (chorus, again)
        )
        assert first == second


@pytest.mark.parametrize("source", SOURCES)
def test_outside_an_inpainted_stretch_every_sample_stays(source: str) -> None:
    """Before and after, the sound is the source's, to the bit; inside it is not."""
    spans = {"replace_start_s": 2.0, "replace_end_s": 4.4}
    score = morphed(SOURCES[source](), "inpaint", variation_strength=1.0, **spans)
    assert score.underlay
    assert score.underlay.end is not None
    start, end = (round(beat * 60 / score.bpm * SR) for beat in (score.underlay.start, score.underlay.end))
    new, old = premaster(score), sound_beneath(score, source)
    assert np.array_equal(new[:, :start], old[:, :start])
    assert np.array_equal(new[:, end:], old[:, end:])
    assert np.abs(new[:, start:end] - old[:, start:end]).mean() > 0.1 * np.abs(old[:, start:end]).mean()


def test_what_starts_after_the_end_is_refused() -> None:
    """A stretch beyond the piece is told in a sentence."""
    with pytest.raises(ValueError, match="after the end"):
        morphed(song(), "inpaint", replace_start_s=200.0, replace_end_s=210.0, variation_strength=1.0)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["cover", "extend", "inpaint", "swap_vocals", "swap_sound"]),
    st.tuples(*(st.floats(0, 1) for _ in STRENGTHS)),
    st.integers(0, 999),
    st.sampled_from(["", "jazz trio", "chinese pipa, female", "techno 140 bpm"]),
)
def test_every_morph_is_a_score(transform: str, strengths: tuple[float, ...], seed: int, tags: str) -> None:
    """Any strengths give a score that can be kept, with a note a syllable, and leave the source alone."""
    source = song()
    kept = score_to_json(source)
    fields = dict(zip(STRENGTHS, strengths, strict=True)) | {"seed": seed, "tags": tags, "lyrics": OTHER}
    score = morphed(source, transform, **fields)
    assert score_to_json(source) == kept
    assert score_from_json(score_to_json(score)) == score
    assert all(len(line.notes) == len(syllables(line.text)) for t in score.tracks for line in t.lines)


def test_a_morph_is_rendered_and_told() -> None:
    """make_morph gives sound, its score and what was understood, and tells how far it is."""
    steps: list[int] = []
    spec = MorphSpec(transform="swap_sound", tags="8-bit chiptune", sound_prompt_strength=1.0)
    piece = make_morph(spec, loop(), progress=lambda step, _: steps.append(step))
    assert len(piece.audio) == piece.score.frames * 441
    assert "chip drums" in piece.understood.instruments
    assert steps == sorted(steps)
    assert len(set(steps)) > 1
    assert steps[-1] == 100


def test_a_score_without_a_sound_is_the_askers_mistake() -> None:
    """Nobody plays, or only with faders that are down: one sentence, before anything is mixed."""
    for tracks in ([], [replace(track, trim=Trim(0.0, 1.0)) for track in song().tracks]):
        with pytest.raises(ValueError, match="Nothing in this score can be heard"):
            make_morph(
                MorphSpec(transform="swap_sound", sound_prompt_strength=0.0), replace(song(), tracks=tracks)
            )


def test_a_song_may_be_made_anew_again_and_again() -> None:
    """Ever more replaced stretches give scores that can still be read; the same stretch adds nothing."""
    score = song()
    bar_s = score.meter * 60.0 / score.bpm
    for number in range(10):
        first_s = bar_s * (number % (score.bars - 1))
        score = morphed(
            score,
            "inpaint",
            replace_start_s=first_s,
            replace_end_s=first_s + bar_s,
            variation_strength=1.0,
            seed=number,
        )
        assert score_from_json(score_to_json(score)) == score
    once = morphed(song(), "inpaint", replace_start_s=0.0, replace_end_s=2 * bar_s, variation_strength=1.0)
    again = morphed(
        once, "inpaint", replace_start_s=0.0, replace_end_s=2 * bar_s, variation_strength=1.0, seed=9
    )
    assert again.underlay is not None
    assert again.underlay.score.underlay is None

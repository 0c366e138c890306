"""Riffs that go with other music: beside it, over it, or carrying it on."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from bot.engine import Piece, RiffSpec, Score, make_riff
from bot.engine.explain import explain, explanation_text
from bot.engine.fitting import ground_heard
from bot.engine.loudness import integrated_lufs
from bot.engine.score.as_json import score_from_json, score_to_json
from bot.engine.score.midi import midi_file
from bot.engine.theory.harmony import SCALES
from tests.engine.test_score import score_of

OTHERS = ("techno 127 bpm in F# minor", "jazz waltz in Bb major", "trap in C minor")


@lru_cache(maxsize=8)
def other(prompt: str = OTHERS[0]) -> Score:
    """The music to go with."""
    return score_of(prompt)


@lru_cache(maxsize=8)
def song() -> Score:
    """Something with an end, which rings out for two seconds."""
    score = score_of("folk guitar", length_s=24.0)
    frames = round(score.beats * 60.0 / score.bpm * 100.0) + 200
    return replace(score, loops=False, frames=frames)


@lru_cache(maxsize=16)
def fitted(prompt: str, like_as: str, like: str = OTHERS[0], bars: int | None = None) -> Piece:
    """A riff that goes with the other."""
    return make_riff(
        RiffSpec(prompt_a=prompt, like=other(like), like_as=like_as, seed=9, num_inference_steps=3, bars=bars)
    )


def ground(score: Score) -> tuple[object, ...]:
    """What two pieces must share to be played together."""
    return (
        score.bpm,
        score.meter,
        score.bars,
        score.frames,
        score.tonic,
        score.mode,
        score.swing,
        score.chords,
    )


@pytest.mark.parametrize("like", OTHERS)
@pytest.mark.parametrize("prompt", ["banjo and fiddle 90 bpm in A major", "ambient pads", "drum and bass"])
def test_beside_stands_on_the_same_ground(prompt: str, like: str) -> None:
    """Tempo, bars, frames, key, mode and chords are the other's, whatever the prompt says of them."""
    made = fitted(prompt, "beside", like)
    assert ground(made.score) == ground(other(like))
    assert made.score.key == other(like).key
    assert "that of the music that it goes with" in explanation_text(explain(made, made.understood))
    assert len(made.audio) == other(like).frames * 441


@pytest.mark.parametrize("like", OTHERS)
def test_beside_plays_in_the_others_key_and_on_its_grid(like: str) -> None:
    """Notes are in scale or chord, and fall where the other's sixteenths fall."""
    score, base = fitted("piano and flute", "beside", like).score, other(like)
    scale = {(base.tonic + step) % 12 for step in SCALES[base.mode]}
    notes = [
        note
        for track in score.tracks
        if track.role != "drums"
        for note in track.notes
        if not track.under_mask
    ]
    classes = {
        (base.tonic + chord.root + step) % 12
        for bar in base.chords
        for chord in bar
        for step in chord.intervals
    }
    assert sum(round(note.pitch) % 12 in scale | classes for note in notes) >= 0.95 * len(notes)
    straight = [note.start for track in score.tracks for note in track.notes if base.swing == 0.0]
    assert all(abs(start * 4 - round(start * 4)) <= 0.3 for start in straight)


def test_two_that_stand_beside_each_other_can_be_summed() -> None:
    """Played together they are music: equally long, to the sample, and their onsets agree."""
    techno = make_riff(RiffSpec(prompt_a=OTHERS[0], denoising=1.0, seed=1, num_inference_steps=4))
    house = make_riff(RiffSpec(prompt_a="house piano", like=techno.score, seed=2, num_inference_steps=3))
    assert techno.audio.shape == house.audio.shape
    assert integrated_lufs(techno.audio + house.audio) > -14.0
    starts = [
        {round(note.start * 4) for track in score.tracks for note in track.notes}
        for score in (techno.score, house.score)
    ]
    assert starts[0] & starts[1]
    assert "drums" not in {track.role for track in house.score.tracks}


def test_a_layer_has_both_and_doubles_nobody() -> None:
    """All of the other's tracks stay; asked players join; there is no second kit and no second bass."""
    base = other()
    score = fitted("saxophone solo", "layer").score
    assert score.tracks[: len(base.tracks)] == base.tracks
    joined = score.tracks[len(base.tracks) :]
    assert any("sax" in track.instrument for track in joined)
    for role in ("drums", "bass"):
        assert sum(track.role == role for track in score.tracks) <= max(
            1, sum(track.role == role for track in base.tracks)
        )
    assert ground(score) == ground(base)


def test_a_layer_is_heard_beside_what_was_there() -> None:
    """The mix is levelled, differs from the other's and still resembles it."""
    base = make_riff(RiffSpec(prompt_a=OTHERS[0], denoising=1.0, seed=1, num_inference_steps=4))
    made = make_riff(
        RiffSpec(prompt_a="saxophone solo", like=base.score, like_as="layer", seed=9, num_inference_steps=3)
    )
    assert integrated_lufs(made.audio) == pytest.approx(-14.0, abs=0.3)
    likeness = float(np.corrcoef(base.audio.ravel(), made.audio.ravel())[0, 1])
    assert 0.3 < likeness < 0.995


@pytest.mark.parametrize("prompt", ["drums only", "sub bass", "techno", "no drums no bass", "x"])
def test_a_layer_always_adds_somebody(prompt: str) -> None:
    """Also where the prompt asks only for what is there already."""
    score = fitted(prompt, "layer").score
    assert len(score.tracks) > len(other().tracks)


def test_a_layer_brings_a_beat_where_there_is_none() -> None:
    """Music without drums gets the drums of the prompt."""
    base = score_of("solo piano, no drums")
    made = make_riff(RiffSpec(prompt_a="funk drums", like=base, like_as="layer", num_inference_steps=2))
    assert any(track.role == "drums" for track in made.score.tracks)


@pytest.mark.parametrize("bars", [None, 2])
def test_a_continuation_joins_on_the_bar(bars: int | None) -> None:
    """The first part's notes stay; what is new begins at its last bar line and is as long as asked."""
    base = other()
    score = fitted("techno with strings", "continue", bars=bars).score
    new = min(base.bars, 8) if bars is None else bars
    assert score.bars == base.bars + new
    assert score.chords[: base.bars] == base.chords
    before = [[note for note in track.notes if note.start < base.beats - 0.25] for track in score.tracks]
    for track, notes in zip(base.tracks, before, strict=False):
        assert notes == [note for note in track.notes if note.start < base.beats - 0.25]
    assert not any(before[len(base.tracks) :])
    assert any(note.start >= base.beats - 0.25 for track in score.tracks for note in track.notes)
    assert abs(score.frames / base.frames * base.bars / score.bars - 1) < 0.01
    assert next(part.first_bar for part in score.sections) == 0
    assert sum(part.bars for part in score.sections) == score.bars


def test_a_continuation_that_is_too_long_is_refused() -> None:
    """In a plain sentence, before anything is made."""
    spec = RiffSpec(prompt_a="jazz", like=other(), like_as="continue", bars=64)
    with pytest.raises(ValueError, match="60 is the most"):
        make_riff(spec)


@pytest.mark.parametrize("like_as", ["beside", "layer", "continue"])
def test_music_with_an_end_is_gone_with_too(like_as: str) -> None:
    """What goes with it has an end as well, and rings out."""
    made = make_riff(RiffSpec(prompt_a="flute", like=song(), like_as=like_as, seed=3, num_inference_steps=2))
    assert made.score.loops is False
    assert len(made.audio) == made.score.frames * 441
    if like_as != "continue":
        assert made.score.frames == song().frames


@pytest.mark.parametrize("like_as", ["beside", "layer", "continue"])
def test_what_was_fitted_can_be_kept_and_fitted_to_again(like_as: str) -> None:
    """The score goes through JSON and MIDI, and serves as the other of the next one."""
    score = fitted("banjo", like_as).score
    again = score_from_json(score_to_json(score))
    assert again == score
    assert midi_file(again).startswith(b"MThd")
    third = make_riff(RiffSpec(prompt_a="organ", like=again, seed=4, num_inference_steps=2))
    assert ground(third.score) == ground(score)


@pytest.mark.parametrize("prompt", ["techno 127 bpm in F# minor", "house in A minor"])
def test_a_recording_is_gone_with_by_what_is_heard(prompt: str) -> None:
    """A loop of ours, heard again: as many bars, the same length to the sample, a key that goes with it."""
    riff = make_riff(RiffSpec(prompt_a=prompt, denoising=1.0, seed=1, num_inference_steps=4))
    heard = ground_heard(riff.audio)
    octave = heard.bpm / riff.score.bpm
    assert min(abs(octave - factor) for factor in (0.5, 1.0, 2.0)) < 0.02
    assert abs(heard.frames - riff.score.frames) <= 1
    made = make_riff(RiffSpec(prompt_a="banjo", like=heard, seed=2, num_inference_steps=2))
    assert len(made.audio) == heard.frames * 441
    assert (made.score.tonic, made.score.mode) == (heard.tonic, heard.mode)
    assert score_from_json(score_to_json(made.score)) == made.score


def test_a_long_recording_is_gone_with_for_a_minute() -> None:
    """More would be no riff."""
    riff = make_riff(RiffSpec(prompt_a="techno", bars=4, num_inference_steps=1))
    long = np.tile(riff.audio, (14, 1))
    heard = ground_heard(long)
    assert 50.0 <= heard.frames / 100.0 <= 60.6
    assert len(heard.chords) == heard.bars


def test_the_same_request_gives_the_same_music() -> None:
    """Fitting is as repeatable as everything else."""
    spec = RiffSpec(prompt_a="organ", like=other(), like_as="layer", seed=4, num_inference_steps=2)
    assert np.array_equal(make_riff(spec).audio, make_riff(spec).audio)

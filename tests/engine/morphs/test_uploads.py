"""Uploads: heard, covered, extended and replaced, their own samples kept elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from bot.engine import RiffSpec, make_riff
from bot.engine.morphs import NeedsASongError, Upload, make_morph, upload_of
from bot.engine.morphs.of_upload import morph_upload
from bot.engine.spec import MorphSpec

SR = 44_100
LEAD_IN_S = 0.34


@lru_cache(maxsize=1)
def upload() -> Upload:
    """Return what is heard in a riff that goes round three times, after a short silence."""
    riff = make_riff(
        RiffSpec(prompt_a="pop 112 bpm in C major", denoising=1.0, seed=3, num_inference_steps=2)
    )
    return upload_of(
        np.concatenate([np.zeros((round(LEAD_IN_S * SR), 2), np.float32), np.tile(riff.audio, (3, 1))])
    )


def made(transform: str, **fields: Any) -> np.ndarray:
    """Return a morph of the upload before levelling, (2, samples)."""
    wanted: dict[str, Any] = {"transform": transform, "tags": "pop"} | fields
    return morph_upload(upload(), MorphSpec(**wanted))[0]


def test_tempo_and_beat_are_exact() -> None:
    """The tempo is right to 0.1 %, and the beats lie where they are, within 15 ms."""
    hearing = upload().hearing
    beat_s = 60 / hearing.bpm
    off_s = (hearing.first_beat_s - LEAD_IN_S + beat_s / 2) % beat_s - beat_s / 2
    assert min(abs(hearing.bpm * octave / 112 - 1) for octave in (0.5, 1, 2)) < 0.002
    assert abs(off_s) < 0.015


def test_every_bar_has_a_chord_of_the_key_heard() -> None:
    """There is a triad and a level for each whole bar."""
    hearing = upload().hearing
    assert hearing.bars == len(hearing.levels) >= 8
    assert all(chord.intervals in {(0, 4, 7), (0, 3, 7)} for chord in hearing.chords)


@pytest.mark.parametrize(
    ("transform", "strengths"), [("cover", {"cover_strength": 0.0}), ("inpaint", {"variation_strength": 0.0})]
)
def test_no_strength_leaves_the_upload_as_it_was(transform: str, strengths: dict[str, float]) -> None:
    """At 0 every sample is the upload's own, before levelling."""
    sound = made(transform, replace_start_s=4.0, replace_end_s=8.0, **strengths)
    assert np.array_equal(sound, upload().audio.T)


def test_outside_a_replaced_stretch_the_samples_are_the_uploads() -> None:
    """The stretch is whole bars; elsewhere nothing changes, and the joins are level within 6 dB."""
    sound, own = made("inpaint", replace_start_s=6.0, replace_end_s=11.0), upload().audio.T
    changed = np.flatnonzero((sound != own).any(axis=0))
    bars = [
        (place / SR - upload().hearing.first_beat_s) / upload().hearing.bar_s
        for place in (changed[0], changed[-1])
    ]
    assert all(abs(bar - round(bar)) < 0.02 for bar in bars)
    before, after = (
        np.sqrt(np.square(part).mean())
        for part in (sound[:, changed[0] - 2 * SR : changed[0]], sound[:, changed[0] : changed[0] + 2 * SR])
    )
    assert abs(20 * np.log10(after / before)) < 6


def test_an_extension_begins_on_a_bar_line() -> None:
    """Up to the join the samples are the upload's; the piece is as long as was asked."""
    sound, own = made("extend", crop_end_s=9.0, length_s=24.0), upload().audio.T
    shared = min(sound.shape[1], own.shape[1])
    changed = np.flatnonzero((sound[:, :shared] != own[:, :shared]).any(axis=0))[0]
    bar = (changed / SR - upload().hearing.first_beat_s) / upload().hearing.bar_s
    assert abs(bar - round(bar)) < 0.02
    assert abs(sound.shape[1] / SR - 24) < 2 * upload().hearing.bar_s
    assert np.abs(sound[:, -441:]).max() < 0.01


def test_a_cover_sounds_in_the_uploads_tempo_and_chords() -> None:
    """The band plays what was heard, bar by bar, and the piece is level."""
    piece = make_morph(MorphSpec(transform="cover", tags="bossa nova"), upload())
    assert piece.score.bpm == upload().hearing.bpm
    assert [bar[0] for bar in piece.score.chords[:-1]] == upload().hearing.chords[:-1]
    assert "nylon guitar" in piece.understood.instruments


@pytest.mark.parametrize("transform", ["swap_sound", "swap_vocals"])
def test_swapping_needs_a_song(transform: str) -> None:
    """An upload's players cannot be told apart; the sentence offers a cover."""
    with pytest.raises(NeedsASongError, match="cover"):
        make_morph(MorphSpec(transform=transform, tags="jazz"), upload())


@pytest.mark.parametrize(
    ("audio", "sentence"),
    [
        (np.zeros((SR, 2)), "seconds"),
        (np.zeros((SR * 3, 2)), "silent"),
        (np.full((SR * 3, 2), np.nan), "silent"),
        (np.zeros((SR * 241, 1), np.float32), "240"),
    ],
)
def test_what_cannot_be_worked_with_is_refused(audio: np.ndarray, sentence: str) -> None:
    """Too short, silent and too long uploads are told in a sentence."""
    with pytest.raises(ValueError, match=sentence):
        upload_of(audio)

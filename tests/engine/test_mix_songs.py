"""Songs as sound: mixed by stretches that do not show, spliced exactly, dynamic, level and clear."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from bot.engine import RiffSpec
from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.engine.mix import calibrated, mixdown, premaster
from bot.engine.mix.stretch import samples_per_beat, stretches
from bot.engine.riff import write_score
from bot.engine.score.model import Note, Score, Section, SungLine, Track, Underlay
from bot.engine.styles.from_intent import style_for
from bot.engine.words.lexicon import understand

SPLICE = round(0.02 * 44_100)


@lru_cache(maxsize=8)
def song(prompt: str, *, seed: int = 3, length_s: float = 26.0) -> Score:
    """Return a measured score that does not loop, of a long riff's notes, with three sections and a tail."""
    spec = RiffSpec(prompt_a=prompt, seed=seed, length_s=length_s, num_inference_steps=2)
    score = write_score(spec, [style_for(understand(prompt), seed)])
    third = score.bars // 3
    sections = [
        Section("verse", 0, third, 0.5),
        Section("chorus", third, third, 1.0),
        Section("outro", 2 * third, score.bars - 2 * third, 0.4),
    ]
    seconds = score.beats * 60.0 / score.bpm
    return calibrated(
        replace(score, loops=False, mask=None, sections=sections, frames=math.ceil((seconds + 2.5) * 100))
    )


@pytest.mark.parametrize("prompt", ["rainy lofi hip hop", "techno"])
def test_a_span_made_anew_leaves_all_else_as_it_was(prompt: str) -> None:
    """Outside of an underlay's span every sample is the old one, to the bit; inside the music is new."""
    old = song(prompt)
    other = song(prompt, seed=9)
    new = replace(old, tracks=other.tracks, underlay=Underlay(old, 8.0, 16.0))
    start, end = (round(beat * samples_per_beat(old)) for beat in (8.0, 16.0))
    change = np.abs(premaster(new) - premaster(old)).max(axis=0)
    assert not change[:start].any()
    assert not change[end:].any()
    assert change[start + SPLICE : end - SPLICE].max() > 0.05


def test_a_span_to_the_end_is_all_new() -> None:
    """With an open end nothing of the old music is heard after the splice, and underlays may be nested."""
    old = song("techno")
    middle = replace(old, tracks=song("techno", seed=9).tracks, underlay=Underlay(old, 16.0, 32.0))
    last = replace(old, tracks=old.tracks[:2], underlay=Underlay(middle, 48.0, None))
    alone = replace(last, underlay=None)
    cut = round(48.0 * samples_per_beat(old))
    nested = premaster(last)
    assert np.array_equal(nested[:, :cut], premaster(middle)[:, :cut])
    assert np.array_equal(nested[:, cut + SPLICE :], premaster(alone)[:, cut + SPLICE :])


def test_stretches_do_not_show() -> None:
    """A held tone and steady strokes are as loud at the joins of stretches as anywhere else."""
    base = song("techno")
    beats = base.beats
    pad = Track("pad", "warm_pad", [Note(beat, 4.0, 57.0, 0.8) for beat in range(0, beats, 4)])
    score = calibrated(replace(base, tracks=[pad], sections=[], feel=replace(base.feel, textures={})))
    parts = stretches(score)
    assert len(parts) > 1
    assert sum(part.beats for part in parts) == beats
    sound = premaster(score)
    per_bar = 4.0 * samples_per_beat(score)
    bars = [sound[:, round(bar * per_bar) : round((bar + 1) * per_bar)] for bar in range(1, beats // 4 - 1)]
    levels = [20 * np.log10(np.sqrt(np.square(bar).mean())) for bar in bars]
    assert max(levels) - min(levels) < 0.5


def test_a_song_is_as_loud_as_promised_and_moves() -> None:
    """-14 LUFS within 0.3, true peak under -1 dBTP, 3 LU between sections, a silent end."""
    score = song("pop song")
    audio = mixdown(score)
    assert audio.shape == (score.frames * 441, 2)
    assert audio.flags.c_contiguous
    assert integrated_lufs(audio) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_db(audio) <= -1.0
    assert np.abs(audio[-20:]).max() < 1e-3
    per_bar = samples_per_beat(score) * score.meter
    levels = [
        integrated_lufs(
            audio[round(part.first_bar * per_bar) : round((part.first_bar + part.bars) * per_bar)]
        )
        for part in score.sections
    ]
    assert max(levels) - min(levels) >= 1.0  # the fader's share alone: the band is the same in all three


def test_what_was_measured_before_stays() -> None:
    """Calibrating again changes no trim; a track without one is measured alone."""
    score = song("techno")
    again = calibrated(score)
    assert again == score
    fresh = replace(score, tracks=[replace(score.tracks[0], trim=None), *score.tracks[1:]])
    assert calibrated(fresh).tracks == score.tracks


def test_the_band_gives_way_to_the_singer() -> None:
    """While a line is sung the pad is lower by a decibel or two, and as it was before and after."""
    base = song("techno")
    pad = Track("pad", "warm_pad", [Note(float(beat), 4.0, 57.0, 0.8) for beat in range(0, base.beats, 4)])
    line = SungLine("la la la la", [Note(16.0 + 4 * step, 4.0, 67.0, 0.8) for step in range(4)])
    singer = Track("vox", "singer_female", [], lines=[line])
    alone = calibrated(replace(base, tracks=[pad], sections=[]))
    singer = calibrated(replace(alone, tracks=[singer])).tracks[0]
    both = replace(alone, tracks=[*alone.tracks, singer])
    per_beat = samples_per_beat(base)
    sung = slice(round(18 * per_beat), round(30 * per_beat))
    before = slice(0, round(12 * per_beat))
    with_pad, without = premaster(both), premaster(replace(both, tracks=[singer]))
    backing, free = with_pad - without, premaster(alone)
    ratio = np.sqrt(np.square(backing[:, sung]).mean() / np.square(free[:, sung]).mean())
    assert -2.5 < 20 * np.log10(ratio) < -1.0
    assert np.allclose(backing[:, before], free[:, before], atol=1e-4)


def test_silence_is_a_song_too() -> None:
    """A score without notes gives silence of its length."""
    score = replace(song("techno"), tracks=[], feel=replace(song("techno").feel, textures={}))
    assert not mixdown(score).any()

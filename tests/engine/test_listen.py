"""Listening: tempo and key of recordings, and honest silence where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine import RiffSpec, listen, make_riff
from bot.engine.listen import Hearing, hear
from tests.engine.support import riff

BEATS = (
    "house 124 bpm in A minor",
    "techno 132 bpm in D minor",
    "rock 118 bpm in E minor",
    "pop 104 bpm in C major",
    "disco 116 bpm in G minor",
    "trap 140 bpm in F minor",
    "country 112 bpm in D major",
    "synthwave 96 bpm in C minor",
    "punk 172 bpm in A major",
    "reggae 78 bpm in G minor",
)


def test_tempo_is_heard_in_nine_of_ten_beats() -> None:
    """The detected tempo is the asked one within 3 %, octaves allowed."""
    right = 0
    for prompt in BEATS:
        asked = float(prompt.split()[1])
        heard = listen(np.tile(riff(prompt, denoising=1.0, seed=3).audio, (2, 1))).bpm or 0.0
        right += min(abs(heard * octave / asked - 1) for octave in (0.5, 1, 2)) < 0.03
    assert right >= 9


def test_a_plain_cadence_has_its_key() -> None:
    """Four chords around C are heard in C, and three semitones up in E flat."""
    time = np.arange(44_100) / 44_100
    for shift, key in ((0, "C major"), (3, "Eb major")):
        bars = [
            sum(np.sin(2 * np.pi * 440 * 2 ** ((note + shift - 69) / 12) * time) for note in notes)
            for notes in ((48, 60, 64, 67), (53, 60, 65, 69), (55, 59, 62, 67), (48, 60, 64, 67))
        ]
        assert listen(np.concatenate(bars) * 0.1).key == key


def test_other_rates_and_mono_are_heard_alike() -> None:
    """A clip at half the sample rate in mono has the same tempo."""
    audio = riff("house 124 bpm in A minor", denoising=1.0, seed=3).audio
    mono = audio.mean(axis=1)[: len(audio) // 2 * 2].reshape(-1, 2).mean(axis=1)
    heard = listen(np.tile(mono, 2), sample_rate=22_050).bpm or 0.0
    assert min(abs(heard * octave / 124 - 1) for octave in (0.5, 1, 2)) < 0.03


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros(0),
        np.zeros(44_100 * 3),
        np.ones(1000) * 0.1,
        np.full(44_100 * 3, np.nan),
        np.zeros((44_100 * 3, 2)),
    ],
)
def test_nothing_to_hear_gives_none(audio: np.ndarray) -> None:
    """Silence, too short clips and broken numbers have neither tempo nor key."""
    heard = listen(audio)
    assert heard.bpm is None
    assert heard.key is None


def test_noise_has_no_tempo() -> None:
    """White noise has no pulse to be made out."""
    assert listen(np.random.default_rng(1).standard_normal(44_100 * 8) * 0.1).bpm is None


def heard_with_a_silence(prompt: str) -> tuple[Hearing, float]:
    """Return what is heard of a riff that goes round three times after a silence, and its true tempo."""
    made = make_riff(RiffSpec(prompt_a=prompt, denoising=1.0, seed=3, num_inference_steps=2))
    audio = np.concatenate([np.zeros((15_000, 2), np.float32), np.tile(made.audio, (3, 1))])
    return hear(audio), made.score.beats * 6000 / made.score.frames


@pytest.mark.parametrize("prompt", ["pop 104 bpm in C major", "house 124 bpm in A minor"])
def test_the_beat_grid_is_exact(prompt: str) -> None:
    """The tempo is right to 0.1 % and the first beat to 15 ms, so that joins fall on beats."""
    hearing, bpm = heard_with_a_silence(prompt)
    assert min(abs(hearing.bpm * octave / bpm - 1) for octave in (0.5, 1, 2)) < 0.001
    beat_s = 60 / hearing.bpm
    off_s = (hearing.first_beat_s - 15_000 / 44_100 + beat_s / 2) % beat_s - beat_s / 2
    assert abs(off_s) < 0.015


def test_chords_are_heard_bar_by_bar() -> None:
    """Held triads with a click on every beat are heard as what they are, in their key."""
    rate, beat_s = 44_100, 0.5
    time = np.arange(int(4 * beat_s * rate)) / rate
    pulse = (
        np.exp(-(time % beat_s) * 60) * np.sin(2 * np.pi * 1800 * time) * np.where(time < beat_s, 2.0, 1.0)
    )
    triads = ((48, 60, 64, 67), (45, 57, 60, 64), (53, 60, 65, 69), (55, 59, 62, 67))
    bars = [
        0.1 * sum(np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * time) for note in triad) + 0.1 * pulse
        for triad in triads * 3
    ]
    hearing = hear(np.concatenate(bars))
    assert (hearing.tonic, hearing.mode) == (0, "maj")
    found = [(chord.root, chord.intervals[1]) for chord in hearing.chords]
    assert found[:4] == [(0, 4), (9, 3), (5, 4), (7, 4)]


@pytest.mark.parametrize("audio", [np.zeros(0), np.zeros((100, 2)), np.full(90_000, np.nan), np.ones(44_100)])
def test_hearing_never_fails(audio: np.ndarray) -> None:
    """Whatever it is given, there is a grid with at least one bar."""
    hearing = hear(audio)
    assert hearing.bars >= 1
    assert np.isfinite([hearing.bpm, hearing.first_beat_s, *hearing.levels]).all()

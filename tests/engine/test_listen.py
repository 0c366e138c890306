"""Listening: tempo and key of recordings, and honest silence where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine import listen
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

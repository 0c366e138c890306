"""Pieces joined into a track: on the beat, as loud all the way, without a click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from bot.audio.join import join
from bot.audio.level import level
from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ, Audio
from bot.engine.riff import make_riff
from bot.engine.spec import RiffSpec
from bot.errors import UnusableAudio
from bot.jobs.records import Piece


def loudness_db(audio: Audio, second: float, window_s: float = 0.4) -> float:
    """RMS around a moment."""
    first = int((second - window_s / 2) * SAMPLE_RATE_HZ)
    part = audio[first : first + int(window_s * SAMPLE_RATE_HZ)].astype(np.float64)
    return float(10 * np.log10((part**2).mean() + 1e-12))


def joined(pieces: list[Piece], folder: Path) -> Audio:
    """The track that is made of pieces."""
    return decode(join(pieces, folder)).audio


def largest_step(audio: Audio, sample: int) -> float:
    """How far the sound jumps within a few samples around one, 0 where there is none."""
    part = audio[max(0, sample - 64) : max(0, sample + 64)]
    return float(np.abs(np.diff(part, axis=0)).max(initial=0.0))


def written(folder: Path, name: str, audio: Audio) -> Path:
    """A lossless file."""
    path = folder / f"{name}.flac"
    sf.write(path, np.clip(audio, -1, 1), SAMPLE_RATE_HZ, subtype="PCM_24")
    return path


def noise(seed: int, seconds: float) -> Audio:
    """Something with the same power all the time."""
    drawn = np.random.default_rng(seed).normal(0, 0.1, (int(seconds * SAMPLE_RATE_HZ), 2))
    return drawn.astype(np.float32)


@pytest.mark.parametrize("alike", [False, True])
def test_the_seam_is_as_loud_as_the_rest(alike: bool, tmp_path: Path) -> None:
    """Equal power for strangers, equal loudness for two copies of one sound: within 1 dB at every moment."""
    files = [written(tmp_path, str(number), noise(0 if alike else number, 4.0)) for number in range(3)]
    track = joined([Piece(file=file, bpm=None) for file in files], tmp_path)
    moments = np.arange(0.5, len(track) / SAMPLE_RATE_HZ - 1, 0.1)
    levels = [loudness_db(track, moment) for moment in moments]
    assert max(levels) - min(levels) < 1.0


def test_beats_go_on_over_the_seams(tmp_path: Path) -> None:
    """Clicks on every beat at 100 bpm stay on one grid through three seams, to a sample."""
    beat = SAMPLE_RATE_HZ * 60 // 100
    piece = np.zeros((beat * 16, 2), np.float32)
    piece[::beat] = 0.5
    piece += noise(1, 16 * 0.6)[: len(piece)] * 0.01
    file = written(tmp_path, "clicks", piece)
    track = joined([Piece(file=file, bpm=100.0)] * 4, tmp_path)
    struck = np.flatnonzero(np.abs(track[:, 0]) > 0.1)
    assert len(track) == beat * (12 * 3 + 16)
    assert set(struck % beat) == {0}
    assert len(struck) >= 12 * 3 + 15


def test_a_journey_of_our_engine_has_no_click(tmp_path: Path) -> None:
    """Where a crossfade begins or ends no sample jumps further than in the music that is joined there."""
    riffs = [
        make_riff(
            RiffSpec(
                prompt_a="mellow jazz piano, 112 bpm, in A minor",
                prompt_b="drum and bass, 112 bpm, in A minor",
                alpha=alpha,
                seed=5,
            )
        )
        for alpha in (0.0, 0.5, 1.0)
    ]
    ((bpm, _),) = {(round(riff.score.bpm, 3), riff.score.key) for riff in riffs}
    files = [written(tmp_path, str(n), riff.audio.astype(np.float32)) for n, riff in enumerate(riffs)]
    track = joined([Piece(file=file, bpm=bpm) for file in files], tmp_path)
    alone = [level(decode(file).audio).audio for file in files]
    bar = 4 * 60 / bpm * SAMPLE_RATE_HZ
    for number in (1, 2):
        begin = number * round(3 * bar)
        for seam in (begin, begin + round(bar)):
            own = [
                largest_step(piece, seam - first * round(3 * bar))
                for piece, first in ((alone[number - 1], number - 1), (alone[number], number))
            ]
            assert largest_step(track, seam) <= max(own) * 1.1


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    """A broken file ends it."""
    bad = tmp_path / "bad.flac"
    bad.write_bytes(b"nothing")
    with pytest.raises(UnusableAudio):
        join([Piece(file=bad, bpm=None)] * 2, tmp_path)

"""Stems: one file a track, which together are the mix.

Everything on the way from a track to the mix adds up: rooms, echoes and tape treat each track by itself,
amplifiers and ducking belong to the track, and mastering is a gain that was found for the whole. So a stem is
the same mix with all but one layer left out, under the gains of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.engine.arrays import SAMPLE_RATE_HZ
from bot.engine.mix.layers import layers
from bot.engine.mix.loop import LoopGains, is_masked, loop_premaster
from bot.engine.mix.master import apply_curves, block_powers, master
from bot.engine.mix.song import calibrated, song_premaster
from bot.engine.progress import HUNDRED, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.engine.arrays import Samples
    from bot.engine.progress import Progress
    from bot.engine.score.model import Score

    Play = Callable[[str | None, Progress | None], Samples]  # a layer, or None for all, to (2, samples)


@dataclass(frozen=True, slots=True)
class Stem:
    """A layer of the mix as a file: "bass-ebass", "texture-rain"."""

    name: str
    path: Path


def write_stems(score: Score, folder: Path, progress: Progress | None = None) -> list[Stem]:
    """Write one WAV (stereo, 44.1 kHz) a track and texture that sounds, and return them.

    Samples have 24 bits, or are floats where a stem alone goes beyond full scale. Each is as long as the mix,
    has its own reverb and echoes, and is mastered by the mix's gain curves: the sum is the mix. What
    `progress` raises ends it. Raises OSError where a file cannot be written.
    """
    import soundfile

    written: list[Stem] = []
    for name, sound in stems(score, progress):
        stem = Stem(name, folder / f"{name}.wav")
        fits = max(float(sound.max()), -float(sound.min())) <= 1.0
        soundfile.write(stem.path, sound.T, SAMPLE_RATE_HZ, subtype="PCM_24" if fits else "FLOAT")
        written.append(stem)
        del sound  # before the next one is made
    return written


def stems(score: Score, progress: Progress | None = None) -> Iterator[tuple[str, Samples]]:
    """Yield the name and sound (2, samples) of each layer that is not silent, one after the other.

    `progress` is told of each layer, in a song of each stretch of it.
    """
    names = layers(score)
    steps = len(names) + 1
    parts = iter([share(progress, HUNDRED * k // steps, HUNDRED * (k + 1) // steps) for k in range(steps)])
    play = _player(score)
    whole = play(None, next(parts))
    curves = master(whole, block_powers(whole), glued=is_masked(score))
    del whole  # a song's is too large to be kept beside its stems
    for name, part in zip(names, parts, strict=True):
        sound = play(name, part)
        if sound.any():
            apply_curves(sound, curves)
            yield name, sound
        del sound


def _player(score: Score) -> Play:
    """Return what renders one layer after another with the gains of the whole, which is asked for first."""
    if score.loops:
        gains = LoopGains()

        def loop(layer: str | None, progress: Progress | None) -> Samples:
            sound = loop_premaster(score, layer, gains)
            if progress:
                progress(1, 1)
            return sound

        return loop
    measured = calibrated(score)
    return lambda layer, progress: song_premaster(measured, layer, progress=progress)

"""Score to sound: loops go round, songs begin and end; both are mastered alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Samples
from bot.engine.mix.loop import is_masked, loop_premaster
from bot.engine.mix.master import block_powers, master
from bot.engine.mix.song import calibrated, song_premaster

if TYPE_CHECKING:
    from bot.engine.progress import Progress
    from bot.engine.score.model import Score


def premaster(score: Score, progress: Progress | None = None) -> Samples:
    """Return the score as (2, samples), float32, before levelling; length score.frames * 441.

    A song's progress is told stretch by stretch. Its samples outside of the span of its `underlay` are those
    of the score underneath, to the bit.
    """
    return loop_premaster(score) if score.loops else song_premaster(score, progress=progress)


def mixdown(score: Score, progress: Progress | None = None) -> Samples:
    """Return the score mastered (samples, 2), float32, at -14 LUFS; a loop goes round without a seam."""
    mix = premaster(score, progress)
    master(mix, block_powers(mix), glued=is_masked(score))
    return np.ascontiguousarray(mix.T)


__all__ = ["calibrated", "mixdown", "premaster"]

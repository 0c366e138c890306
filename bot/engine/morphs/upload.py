"""Uploads: a recording and what is heard in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples, as_samples
from bot.engine.listen import SILENT_PEAK, hear
from bot.engine.spec import MAX_SONG_S

if TYPE_CHECKING:
    from bot.engine.arrays import Floats
    from bot.engine.listen import Hearing

_SHORTEST_S = 2.0


class NeedsASongError(ValueError):
    """The morph needs a score, and an upload has none; the sentence offers what can be done instead."""


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A recording (samples, 2) at 44,100 Hz, whole 10 ms columns long, and what is heard in it."""

    audio: Samples
    hearing: Hearing

    @property
    def duration_s(self) -> float:
        """Return the length in seconds."""
        return len(self.audio) / SAMPLE_RATE_HZ

    def bar_sample(self, bar: int) -> int:
        """Return the sample at which a bar begins."""
        return round(self.hearing.bar_time_s(bar) * SAMPLE_RATE_HZ)


def upload_of(audio: Floats) -> Upload:
    """Listen to a recording (samples,) or (samples, channels) at 44,100 Hz.

    Raises ValueError with a plain sentence for what is too short, too long or silent.
    """
    stereo = audio if audio.ndim > 1 else audio[:, None]
    seconds = len(stereo) / SAMPLE_RATE_HZ
    if seconds < _SHORTEST_S:
        raise ValueError(f"The upload lasts {seconds:.1f} seconds; {_SHORTEST_S:g} is the least.")
    if seconds > MAX_SONG_S:
        raise ValueError(f"The upload lasts {seconds:.0f} seconds; {MAX_SONG_S:g} is the most.")
    kept = len(stereo) // FRAME_SAMPLES * FRAME_SAMPLES
    both = as_samples(stereo[:kept, :2])
    if both.shape[1] == 1 or not np.isfinite(both.sum()):
        both = np.nan_to_num(np.broadcast_to(both, (kept, 2)), nan=0.0, posinf=0.0, neginf=0.0)
    if max(float(both.max()), -float(both.min())) < SILENT_PEAK:
        raise ValueError("The upload is silent.")
    return Upload(both, hear(both))

"""Listening: tempo and key of any recording, our own or another host's, and its bars and chords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ
from bot.engine.listen.frames import mono_of
from bot.engine.listen.hearing import Hearing, hear
from bot.engine.listen.pitches import chromas_of, clear_key, mean_classes
from bot.engine.listen.pulse import FASTEST_BPM, SLOWEST_BPM, onsets_of, tempo_of
from bot.engine.score.model import key_name

if TYPE_CHECKING:
    from bot.engine.arrays import Floats

__all__ = ["FASTEST_BPM", "SILENT_PEAK", "SLOWEST_BPM", "Heard", "Hearing", "hear", "listen"]

_LONGEST_S, _SHORTEST_S = 90.0, 2.0
SILENT_PEAK = 1e-4


@dataclass(frozen=True, slots=True)
class Heard:
    """What could be heard: tempo and key, each None where there is none to be made out."""

    bpm: float | None
    key: str | None


def listen(audio: Floats, *, sample_rate: int = SAMPLE_RATE_HZ) -> Heard:
    """Return tempo and key of audio (samples,) or (samples, channels) in -1..1.

    At most the first 90 s are heard. Silence, noise, clips under 2 s and free rhythm give None rather
    than a guess. The tempo lies within 50..210 and may be half or double of what a person taps.
    """
    mono = mono_of(audio)[: int(_LONGEST_S * sample_rate)]
    if len(mono) < _SHORTEST_S * sample_rate or float(np.abs(mono).max()) < SILENT_PEAK:
        return Heard(None, None)
    key = clear_key(mean_classes(chromas_of(mono, sample_rate).all))
    return Heard(tempo_of(onsets_of(mono, sample_rate).all), key_name(*key) if key else None)

"""The pitch of the voice: from note to note with glides, scoops, wandering and late vibrato."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Floats, Samples
from bot.engine.singing.gestures import FRAME_S, smooth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.singing.sounds import VoiceShape
    from bot.engine.singing.timing import Timed

_GLIDE = 9  # frames from note to note
_SCOOP_S = 0.07
_VIBRATO_AFTER_S, _VIBRATO_GROWS_S = 0.3, 0.3
_TONE_CONTOURS = {1: (1.0, 1.0), 2: (-1.5, 1.5), 3: (-2.0, -1.0), 4: (2.0, -2.5), 5: (-0.5, -1.0)}
_SPOKEN_FALL = (0.6, -0.6)


def sung_pitch(
    notes: Sequence[Timed], frames: int, voice: VoiceShape, *, rapped: bool, chance: np.random.Generator
) -> Floats:
    """Return the pitch of each frame in Hz, (frames,)."""
    steps = np.empty(frames)
    bends = np.zeros(frames)
    time = np.arange(frames) * FRAME_S
    begin = 0
    for number, note in enumerate(notes):
        first = min(frames, round((note.start_s - _GLIDE * FRAME_S * 0.6) / FRAME_S)) if number else 0
        steps[begin if number == 0 else first :] = note.pitch
        since = time - note.start_s
        inside = (since >= 0.0) & (time < note.end_s)
        length_s = note.end_s - note.start_s
        if rapped:
            high, low = _TONE_CONTOURS.get(note.syllable.tone, _SPOKEN_FALL)
            bends[inside] += np.linspace(high, low, int(inside.sum()))
            continue
        if number == 0 or note.start_s - notes[number - 1].end_s > 0.1:
            scoop = voice.scoop_semitones * np.clip(1.0 - since / _SCOOP_S, 0.0, 1.0)
            bends -= np.where(time < note.end_s, scoop * (since > -0.3), 0.0)
        if length_s > _VIBRATO_AFTER_S + 0.1:
            grown = np.clip((since - _VIBRATO_AFTER_S) / _VIBRATO_GROWS_S, 0.0, 1.0) * inside
            bends += voice.vibrato_semitones * grown * np.sin(2.0 * np.pi * voice.vibrato_hz * since)
        begin = first
    wander: Samples = smooth(chance.standard_normal(frames), 41) * 4.0
    semitones = smooth(steps + bends, _GLIDE if not rapped else 5) + voice.wander_semitones * wander
    return 440.0 * 2.0 ** ((semitones - 69.0) / 12.0)

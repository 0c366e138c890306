"""One line of lyrics as a voice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples, resampled_period
from bot.engine.chance import whole_hash
from bot.engine.singing.gestures import HOP, VOICE_RATE_HZ, gestures_of
from bot.engine.singing.lyrics import syllables
from bot.engine.singing.melody_line import sung_pitch
from bot.engine.singing.shades import shaded
from bot.engine.singing.sounds import VoiceShape, choristers, voice_shapes
from bot.engine.singing.sources import hiss, pulses
from bot.engine.singing.throat import tract_spectra
from bot.engine.singing.timing import SING_LEAD_S, Timed, segments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.score.model import SungLine

_RELEASE_S = 0.35
_RAP_STRETCH = 0.75
_PEAK = 0.8
_QUIETEST_PEAK = 1e-6


def sing(line: SungLine, *, voice: str, bpm: float, seed: int) -> Samples:
    """Return one line sung, mono at 44.1 kHz; its first note starts SING_LEAD_S after sample 0.

    `voice` is a singer's instrument ("singer_female") or short name ("female"). The line has one note for
    each syllable of its text; raises ValueError if not, KeyError for an unknown voice. The peak is 0.8 for a
    line with a note of full velocity, less for a softer one. A line with nothing to sing has no samples.
    """
    said = syllables(line.text)
    if len(said) != len(line.notes):
        raise ValueError(f"{len(said)} syllables do not go on {len(line.notes)} notes: {line.text!r}")
    if not said:
        return np.zeros(0, np.float32)
    beat_s = 60.0 / bpm
    zero = line.notes[0].start
    notes = [
        Timed(
            start_s=SING_LEAD_S + (note.start - zero) * beat_s,
            end_s=SING_LEAD_S + (note.start + note.length - zero) * beat_s,
            pitch=note.pitch,
            velocity=note.velocity,
            syllable=syllable,
        )
        for note, syllable in zip(line.notes, shaded(said), strict=True)
    ]
    name = voice.removeprefix("singer_")
    chance = whole_hash("sing", seed, line.text, name)
    if name == "choir":
        sound = _choir(notes, line.rapped, chance)
    else:
        sound = _one(notes, voice_shapes()[name], line.rapped, chance)
    sound = _at_full_rate(sound)
    peak = _PEAK * (0.3 + 0.7 * max(note.velocity for note in notes))
    return sound * np.float32(peak / max(_QUIETEST_PEAK, float(np.abs(sound).max())))


def _choir(notes: Sequence[Timed], rapped: bool, chance: int) -> Samples:
    """Return several singers who are not quite together, at the voice's rate."""
    parts: list[tuple[int, Samples]] = []
    for number, chorister in enumerate(choristers()):
        own = voice_shapes()[chorister.voice]
        shape = replace(
            own,
            tract=own.tract * chorister.tract,
            vibrato_hz=own.vibrato_hz * (1.0 + 0.04 * (number - 2)),
            scoop_semitones=own.scoop_semitones * (0.6 + 0.2 * number),
        )
        tuned = [replace(note, pitch=note.pitch + chorister.cents / 100.0) for note in notes]
        late = round(chorister.late_ms / 1000.0 * VOICE_RATE_HZ)
        parts.append((late, _one(tuned, shape, rapped, chance + number) * np.float32(chorister.level)))
    together = np.zeros(max(late + len(part) for late, part in parts), np.float32)
    for late, part in parts:
        together[late : late + len(part)] += part
    return together


def _one(notes: Sequence[Timed], shape: VoiceShape, rapped: bool, seed: int) -> Samples:
    """Return one singer, mono at the voice's rate, about as loud as any other line."""
    segments = segments_of(notes, stretch=_RAP_STRETCH if rapped else 1.0)
    seconds = max(notes[-1].end_s, segments[-1].end_s) + _RELEASE_S
    frames = int(seconds * VOICE_RATE_HZ / HOP) + 1
    made = gestures_of(segments, notes, frames, shape)
    tract = tract_spectra(made, shape)
    chance = np.random.Generator(np.random.PCG64(seed))
    pitch_hz = sung_pitch(notes, frames, shape, rapped=rapped, chance=chance)
    count = frames * HOP
    return pulses(pitch_hz, made, tract, shape, count) + hiss(made, tract, shape, count, seed)


def _at_full_rate(sound: Samples) -> Samples:
    size = 2 ** int(np.ceil(np.log2(len(sound) + 512)))
    factor = SAMPLE_RATE_HZ // VOICE_RATE_HZ
    return resampled_period(sound, size * factor, size)[: len(sound) * factor]

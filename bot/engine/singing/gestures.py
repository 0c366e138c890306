"""What the mouth does: tracks of formants, voice, breath and friction, a value every 5 ms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Floats, Samples
from bot.engine.singing.sounds import Peaks, SoundShape, VoiceShape, sound_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.singing.timing import Segment, Timed

VOICE_RATE_HZ = 22_050
HOP = 110  # samples at the voice's rate
FRAME_S = HOP / VOICE_RATE_HZ
_FORMANT_GLIDE = 19  # frames; slow formants are understood better than quick ones
_LEVEL_GLIDE = 7
_NOISE_GLIDE = 3
_NASAL_GLIDE = 11
_BURST_FRAMES = 2
_FADE_FRAMES = 24
_FADED = 0.15


@dataclass(slots=True)
class Gestures:
    """Tracks of (frames,) unless said otherwise, all 0..1 but the formants.

    `formants` (frames, 3) in Hz; `friction` is pairs of a noise shape and its level track.
    """

    formants: Samples
    voice: Samples
    breath: Samples
    nasal: Samples
    friction: dict[Peaks, Samples]


def smooth(track: Floats, width: int) -> Samples:
    """Return a track glided over a Hann window of odd `width` frames, along the first axis."""
    kernel = np.hanning(width + 2)[1:-1]
    kernel /= kernel.sum()
    half = width // 2
    columns = track.reshape(len(track), -1)
    padded = np.pad(columns, ((half, half), (0, 0)), mode="edge")
    glided = np.stack([np.convolve(column, kernel, "valid") for column in padded.T], axis=1)
    return glided.reshape(track.shape).astype(np.float32)


def gestures_of(
    segments: Sequence[Segment], notes: Sequence[Timed], frames: int, voice: VoiceShape
) -> Gestures:
    """Return the tracks of a line."""
    formants = np.full((frames, 3), np.nan, np.float32)
    made = Gestures(formants, *(np.zeros(frames, np.float32) for _ in range(3)), friction={})
    shapes = sound_shapes()
    for segment in segments:
        first, last = round(segment.start_s / FRAME_S), round(segment.end_s / FRAME_S)
        if last <= first:
            continue
        shape = shapes[segment.sound]
        vowel = np.array(shapes[segment.vowel].formants)
        pull = np.array(shape.pull)
        formants[first:last] = np.array(shape.formants) * (1.0 - pull) + vowel * pull
        made.nasal[first:last] = shape.nasal
        strength = 0.4 + 0.6 * notes[segment.note].velocity
        _sound_levels(made, shape, first, last, strength)
    _fade_ends(made.voice, segments, notes)
    _fill(formants)
    made.formants = smooth(formants * np.float32(voice.tract), _FORMANT_GLIDE)
    made.voice = smooth(made.voice, _LEVEL_GLIDE)
    made.breath = smooth(made.breath, _NOISE_GLIDE)
    made.nasal = smooth(made.nasal, _NASAL_GLIDE)
    made.friction = {peaks: smooth(level, _NOISE_GLIDE) for peaks, level in made.friction.items()}
    return made


def _sound_levels(made: Gestures, shape: SoundShape, first: int, last: int, strength: float) -> None:
    if shape.kind in {"stop", "affricate"}:
        release = max(first + 2, last - max(1, round(shape.aspirated_s / FRAME_S)) - _BURST_FRAMES)
        made.voice[first:release] = shape.voice * strength
        _rub(made, shape.burst, release, release + _BURST_FRAMES, strength)
        _rub(made, shape.noise, release + 1, last, strength)
        made.breath[release + 1 : last] = shape.breath * strength
        if shape.voice > 0.0:
            made.voice[release:last] = strength * shape.voice
        return
    made.voice[first:last] = shape.voice * strength
    made.breath[first:last] = shape.breath * strength
    _rub(made, shape.noise, first, last, strength)


def _fade_ends(voice: Samples, segments: Sequence[Segment], notes: Sequence[Timed]) -> None:
    """Let the voice fall away over the last of each note that is followed by silence, in place."""
    for segment, following in zip(segments, [*segments[1:], None], strict=True):
        if following is not None and following.start_s - segment.end_s < FRAME_S:
            continue
        end = round(segment.end_s / FRAME_S)
        length = min(_FADE_FRAMES, round((segment.end_s - notes[segment.note].start_s) / FRAME_S / 3))
        voice[end - length : end] *= np.linspace(1.0, _FADED, length, dtype=np.float32)


def _rub(made: Gestures, peaks: Peaks, first: int, last: int, strength: float) -> None:
    if peaks:
        track = made.friction.setdefault(peaks, np.zeros_like(made.voice))
        track[first:last] = strength


def _fill(formants: Samples) -> None:
    """Give silent frames the formants of the sounds around them, in place."""
    known = np.flatnonzero(~np.isnan(formants[:, 0]))
    frames = np.arange(len(formants))
    for column in range(formants.shape[1]):
        formants[:, column] = np.interp(frames, known, formants[known, column])

"""Pieces of music in a row become one track: each goes over into the next on the beat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import soundfile as sf

from bot.audio.level import level
from bot.audio.probe import decode
from bot.audio.segment import headroom_scale, to_audio, to_segment
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio
from bot.jobs.records import Piece

_BEATS_PER_BAR: Final = 4
_OVERLAP_BEATS: Final = 4
_LARGEST_SHARE: Final = 1 / 2
"""Of a piece that may be heard together with its neighbour."""
_USUAL_BPM: Final = 120.0
_END_FADE_MS: Final = 400


def join(pieces: Sequence[Piece], folder: Path) -> Path:
    """Write ``joined.flac`` to ``folder``: a bar of each piece is heard together with the next one's first.

    Each is brought to one loudness first, and begins a whole number of the beats of the one before after it.

    Raises:
        UnusableAudio: one of them cannot be read.
        OSError: the file cannot be written.
    """
    first, *others = pieces
    whole = _sound_of(first)
    begun = 0
    for before, piece in zip(pieces, others, strict=False):
        sound = _sound_of(piece)
        length, overlap = _period(len(whole) - begun, before.bpm, len(sound))
        begin = begun + length
        whole = np.concatenate([whole[:begin], _over(whole[begin : begin + overlap], sound)])
        begun = begin
    scale = headroom_scale(whole)
    faded = to_audio(to_segment(whole, scale).fade_out(_END_FADE_MS), scale)
    path = folder / "joined.flac"
    sf.write(path, faded, SAMPLE_RATE_HZ, subtype="PCM_24", format="FLAC")
    return path


def _sound_of(piece: Piece) -> Audio:
    return level(decode(piece.file).audio).audio


def _period(samples: int, bpm: float | None, next_samples: int) -> tuple[int, int]:
    """After how many samples of a piece the next begins, and for how many both are heard.

    A whole number of bars where the piece has some, else of beats.
    """
    beat = SAMPLE_RATE_HZ * 60 / (bpm or _USUAL_BPM)
    beats = int(samples / beat + 0.05)
    longest = min(samples, next_samples) * _LARGEST_SHARE
    overlap_beats = max(1, min(_OVERLAP_BEATS, int(longest / beat + 0.05)))
    group = _BEATS_PER_BAR if beats - overlap_beats >= _BEATS_PER_BAR else 1
    kept = (beats - overlap_beats) // group * group
    if kept < 1:  # not even two beats: half of it, whatever the beat
        return samples - int(longest), int(longest)
    begin = min(round(kept * beat), samples - 1)
    return begin, min(round(overlap_beats * beat), samples - begin, next_samples)


def _over(ends: Audio, begins: Audio) -> Audio:
    """``begins``, with ``ends`` fading out over its beginning: as loud all the way.

    Equal power holds for sounds that have nothing in common. What two versions of one tune do have in
    common adds up, so it is taken into account.
    """
    angle = (np.arange(len(ends)) + 0.5) / len(ends) * (np.pi / 2)
    power = float(np.sqrt((ends.astype(np.float64) ** 2).sum() * (begins[: len(ends)] ** 2).sum()))
    common = float((ends.astype(np.float64) * begins[: len(ends)]).sum()) / power if power else 0.0
    gain = 1 / np.sqrt(1 + min(1.0, max(-0.5, common)) * np.sin(2 * angle))
    fading = (np.cos(angle) * gain)[:, None] * ends + (np.sin(angle) * gain)[:, None] * begins[: len(ends)]
    return as_audio(np.concatenate([fading, begins[len(ends) :]]))

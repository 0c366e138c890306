"""pydub's segment, with the few of its edits that we use, typed. Only this module knows pydub."""

from __future__ import annotations

import warnings
from typing import Protocol, cast

import numpy as np

from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio

with warnings.catch_warnings():
    # It looks for an ffmpeg program, which we never let it use, and imports audioop.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment


class Segment(Protocol):
    """A clip on a grid of milliseconds."""

    @property
    def raw_data(self) -> bytes:
        """Interleaved little-endian samples."""
        ...

    def __len__(self) -> int: ...
    def __getitem__(self, millisecond: slice) -> Segment: ...
    def append(self, seg: Segment, crossfade: int) -> Segment:
        """This, then ``seg``, overlapping for ``crossfade`` ms."""
        ...

    def fade_out(self, duration: int) -> Segment:
        """Down to silence over the last ``duration`` ms."""
        ...


def headroom_scale(audio: Audio) -> float:
    """What to multiply samples by on the way into 32 bits, so that two of them can be added."""
    return 2.0**30 / max(1.0, float(np.abs(audio).max()))


def to_segment(audio: Audio, scale: float) -> Segment:
    """``audio`` (samples, 2) as 32-bit samples."""
    data = (audio.astype(np.float64) * scale).astype("<i4").tobytes()
    segment = AudioSegment(data, sample_width=4, frame_rate=SAMPLE_RATE_HZ, channels=2)
    return cast("Segment", segment)


def to_audio(segment: Segment, scale: float) -> Audio:
    """Back again, (samples, 2)."""
    return as_audio(np.frombuffer(segment.raw_data, "<i4").reshape(-1, 2) / scale)

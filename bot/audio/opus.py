"""Sound to Opus in Ogg (RFC 7845), by way of libopus: what Discord plays in place on phones and desks."""

from __future__ import annotations

import io
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import av
import numpy as np

from bot.audio.sound import SAMPLE_RATE_HZ, Audio

RATE_HZ: Final = 48_000
"""Opus knows no 44,100 Hz."""
_BLOCK: Final = 1 << 16
_SAMPLE: Final = Fraction(1, SAMPLE_RATE_HZ)
_EFFORT: Final = "5"
"""Of 0..10: half the time of 10 for a difference that nobody hears at these rates."""


def encode(audio: Audio, tags: Mapping[str, str], *, kbit_s: int, channels: int = 2) -> bytes:
    """``audio`` (samples, 2) as an Ogg file with Vorbis comments.

    Args:
        audio: What is heard.
        tags: Comments by name.
        kbit_s: The rate.
        channels: 1 sums both sides.
    """
    layout = "stereo" if channels == 2 else "mono"
    # A constrained rate: so the size is known beforehand.
    options = {"vbr": "constrained", "compression_level": _EFFORT}
    made = io.BytesIO()
    with av.open(made, "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=RATE_HZ, options=options)
        stream.bit_rate = kbit_s * 1_000
        stream.layout = layout
        stream.metadata.update(tags)
        resampler = av.AudioResampler(format="flt", layout=layout, rate=RATE_HZ)
        for start in range(0, len(audio), _BLOCK):
            block = np.ascontiguousarray(audio[start : start + _BLOCK].clip(-1.0, 1.0)).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="flt", layout="stereo")
            frame.sample_rate = SAMPLE_RATE_HZ
            # Without its time libopus' pre-skip is counted twice, and less than a second cannot be read.
            frame.pts, frame.time_base = start, _SAMPLE
            for part in resampler.resample(frame):
                out.mux(stream.encode(part))
        for part in resampler.resample(None):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return made.getvalue()

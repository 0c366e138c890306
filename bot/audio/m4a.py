"""Sound to AAC in an ``.m4a`` file (ISO/IEC 14496-12 and -14), by way of FFmpeg's own encoder."""

from __future__ import annotations

from typing import BinaryIO

import av
import numpy as np

from bot.audio.sound import SAMPLE_RATE_HZ, Audio

_BIT_RATE = 192_000
_BLOCK = 1 << 16
_QUICKLY = {"aac_coder": "fast"}
"""FFmpeg's other way takes more than twice as long, and at this rate no less is lost by this one.

https://ffmpeg.org/ffmpeg-codecs.html#aac: "better and much faster at higher bitrates".
"""


def write_m4a(file: BinaryIO, audio: Audio) -> None:
    """Write (samples, 2) in [-1, 1] at 44,100 Hz; the index stands first, so that it plays while it loads.

    Raises:
        OSError: the file cannot be written.
    """
    with av.open(file, "w", format="ipod", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE_HZ, options=dict(_QUICKLY))
        stream.bit_rate = _BIT_RATE
        stream.layout = "stereo"
        for start in range(0, len(audio), _BLOCK):
            block = np.ascontiguousarray(audio[start : start + _BLOCK].clip(-1.0, 1.0).T, np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

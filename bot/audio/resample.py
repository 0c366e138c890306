"""Any channel count and sample rate to stereo at 44.1 kHz, block by block."""

from __future__ import annotations

from typing import cast

import av
import numpy as np

from bot.audio.sound import SAMPLE_RATE_HZ, Audio

_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""Channel count -> the speakers they are for, in the order of WAVE files."""


class Stereo:
    """A converter for one stream. Stereo at 44.1 kHz passes untouched, mono is doubled exactly."""

    def __init__(self, channels: int, rate_hz: int) -> None:
        self._layout = _LAYOUTS[channels]
        self._rate_hz = rate_hz
        self.exact = channels <= 2 and rate_hz == SAMPLE_RATE_HZ
        """Whether every sample that goes in comes out as it was."""
        self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE_HZ)

    def feed(self, block: Audio | None) -> Audio:
        """``block`` (frames, channels) converted, as far as the filter has it; None ends the stream."""
        if block is None:
            return self._empty() if self.exact else self._resample(None)
        if self.exact:
            return block if block.shape[1] == 2 else np.repeat(block, 2, axis=1)
        # Interleaved: PyAV looks for a ninth plane in a planar frame of eight.
        samples = np.ascontiguousarray(np.nan_to_num(block, posinf=0.0, neginf=0.0)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout=self._layout)
        frame.sample_rate = self._rate_hz
        return self._resample(frame)

    def feed_frame(self, frame: av.AudioFrame) -> Audio:
        """A decoder's own frame, in whatever sample format it has."""
        self.exact = False
        frame.pts = None
        return self._resample(frame)

    def _resample(self, frame: av.AudioFrame | None) -> Audio:
        made = self._resampler.resample(frame)
        planes = [cast("Audio", part.to_ndarray()) for part in made]
        return np.concatenate(planes, axis=1).T if planes else self._empty()

    @staticmethod
    def _empty() -> Audio:
        return np.zeros((0, 2), np.float32)

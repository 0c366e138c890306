"""The files that a stand-in's runs make: small, and really what their names say."""

from __future__ import annotations

import io
import math
import tempfile
import wave
from array import array
from functools import cache
from pathlib import Path

from PIL import Image

_RATE_HZ = 44_100
_FRAMES = 225_351
"""Of the riffusion model's sample file: 5.11 s, mono, 16 bit."""

KINDS = {
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
}
"""Suffix -> content type."""


def content_of(name: str) -> tuple[bytes, str]:
    """The bytes and the content type of a file of this name."""
    suffix = name.rpartition(".")[2]
    return _content(suffix), KINDS[suffix]


@cache
def _content(suffix: str) -> bytes:
    match suffix:
        case "wav":
            return _wav()
        case "m4a":
            return _aac()
        case "mp4":
            return _film()
        case _:
            written = io.BytesIO()
            Image.new("RGB", (512, 512), (40, 90, 160)).save(
                written, {"jpg": "JPEG"}.get(suffix, suffix.upper())
            )
            return written.getvalue()


def _film() -> bytes:
    """Four pictures, half a second."""
    import av
    import numpy as np

    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=8)
        stream.width = stream.height = 64
        for shade in (40, 90, 140, 190):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8), format="rgb24")
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return written.getvalue()


def _aac() -> bytes:
    """A few seconds of the same tone, in stereo."""
    import numpy as np

    from bot.audio.m4a import write_m4a

    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(_FRAMES) / _RATE_HZ)
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder, "song.m4a")
        with song.open("wb") as file:
            write_m4a(file, np.repeat(tone[:, None], 2, axis=1).astype(np.float32))
        return song.read_bytes()


def _wav() -> bytes:
    one_s = [round(9_000 * math.sin(2 * math.pi * 440 * i / _RATE_HZ)) for i in range(_RATE_HZ)]
    samples = array("h", (one_s * (_FRAMES // _RATE_HZ + 1))[:_FRAMES])
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())
    return written.getvalue()

"""A take as a video for phones: its spectrogram, and a line that moves over it. Runs in a worker process.

H.264 by Cisco's libopenh264, AAC by FFmpeg's own encoder, in an MP4 file whose index stands first.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from bot.audio.picture import HEIGHT, PLOT_LEFT, PLOT_WIDTH, WIDTH, draw_picture
from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ, Audio
from bot.errors import UnusableAudio

_BLOCK: Final = 1 << 16
_KEY_EVERY_S: Final = 10
"""Between frames to which a player can jump."""
_FRAMES_S: Final = (5.0, 15.0)
"""Fewest and most frames a second; in between the line moves by two pixels a frame."""
_STEP_PX: Final = 2.0
_VIDEO_KBIT_S: Final = (300, 200, 120, 80)
_AUDIO_KBIT_S: Final = (160, 128, 96, 64)
_BLACK, _WHITE = 16, 235
"""Of luma (ITU-R BT.601)."""
_UNPLAYED: Final = 0.45
_LINE_PX: Final = 4
_SPILL: Final = 1.25
"""How far the picture's rate may overshoot."""


def video(source: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
    """Write ``source`` to ``folder`` as an MP4 of at most ``limit_bytes``.

    Raises:
        UnusableAudio: ``too_large``; else as :func:`bot.audio.probe.decode`.
    """
    sound = decode(source)
    picture = Image.open(io.BytesIO(draw_picture(sound.audio, bpm=None)))
    path = folder / f"{name}.mp4"
    for video_kbit_s, audio_kbit_s in zip(_VIDEO_KBIT_S, _AUDIO_KBIT_S, strict=True):
        if (video_kbit_s * _SPILL + audio_kbit_s) * 125 * sound.duration_s > limit_bytes:
            continue
        _write(path, sound.audio, picture, video_kbit_s=video_kbit_s, audio_kbit_s=audio_kbit_s)
        if path.stat().st_size <= limit_bytes:
            return path
    path.unlink(missing_ok=True)
    raise UnusableAudio("too_large")


def _write(path: Path, audio: Audio, picture: Image.Image, *, video_kbit_s: int, audio_kbit_s: int) -> None:
    rate = _frames_per_s(len(audio) / SAMPLE_RATE_HZ)
    with av.open(path, "w", format="mp4", options={"movflags": "faststart"}) as out:
        moving = cast("VideoStream", out.add_stream("libopenh264", rate=rate))
        moving.width, moving.height, moving.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        moving.bit_rate = video_kbit_s * 1_000
        moving.gop_size = rate * _KEY_EVERY_S
        heard = out.add_stream("aac", rate=SAMPLE_RATE_HZ, options={"aac_coder": "fast"})
        heard.bit_rate = audio_kbit_s * 1_000
        heard.layout = "stereo"
        frames = max(1, -(-len(audio) * rate // SAMPLE_RATE_HZ))
        # Sound is laid in with the pictures that it belongs to, or the muxer would hold all of one of them.
        done = 0
        for number, image in enumerate(_frames(picture, frames)):
            image.pts = number
            out.mux(moving.encode(image))
            until = min(len(audio), (number + 1) * SAMPLE_RATE_HZ // rate)
            if until - done >= _BLOCK or number == frames - 1:
                block = np.ascontiguousarray(audio[done:until].clip(-1.0, 1.0).T, np.float32)
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
                frame.sample_rate = SAMPLE_RATE_HZ
                frame.pts = done
                out.mux(heard.encode(frame))
                done = until
        out.mux(moving.encode(None))
        out.mux(heard.encode(None))


def _frames_per_s(duration_s: float) -> int:
    fewest, most = _FRAMES_S
    return round(min(max(PLOT_WIDTH / _STEP_PX / duration_s, fewest), most))


def _frames(picture: Image.Image, count: int) -> Iterator[av.VideoFrame]:
    """The picture, dark where it was not played yet; only the brightness changes from frame to frame."""
    frame = cast("av.VideoFrame", av.VideoFrame.from_image(picture.convert("RGB")))
    still = cast("NDArray[np.uint8]", frame.reformat(format="yuv420p").to_ndarray())
    bright = still[:HEIGHT]
    dark = still.copy()
    dark[:HEIGHT] = (_BLACK + (bright.astype(np.float32) - _BLACK) * _UNPLAYED).clip(_BLACK, 255)
    shown = dark
    before = 0
    for number in range(count):
        at = PLOT_LEFT + round(PLOT_WIDTH * (number + 0.5) / count)
        shown[:HEIGHT, before:at] = bright[:, before:at]
        columns = slice(at, at + _LINE_PX)
        kept = shown[:HEIGHT, columns].copy()
        shown[:HEIGHT, columns] = _WHITE
        yield av.VideoFrame.from_ndarray(shown, format="yuv420p")
        shown[:HEIGHT, columns] = kept
        before = at

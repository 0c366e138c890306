"""MP3 with tags, the true length, and peaks that stay under the ceiling after decoding.

LAME itself (lameenc) encodes: of the three ways at hand it is the fastest by four to seven times for
the same bits. It leaves out the first frame that tells players how many samples are padding; PyAV
writes one along with the tags, and the two numbers are filled in here, so a loop stays a loop.
"""

from __future__ import annotations

import io
from typing import Any, Final

import av
import lameenc
import numpy as np
import soundfile as sf
from av.container import OutputContainer
from av.stream import Disposition

from bot.audio.label import Label
from bot.audio.level import CEILING_DB
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio
from bot.engine.loudness import true_peak_db

_LAMEENC: Any = lameenc
"""A C extension without types."""
_KBIT_S: Final = 256
"""Below 256 kbit/s, LAME turns its input down by a few tenths of a decibel to spare its peaks."""
_LAME_EFFORT: Final = 5
"""Of 0 (slow) to 9; 2 takes half as long again."""
_FRAME_SAMPLES: Final = 1152
_BLOCK_SAMPLES: Final = 30 * SAMPLE_RATE_HZ
_ENCODER_DELAY: Final = 576
"""Samples of silence that LAME puts in front."""
_MOST_LOWERED_DB: Final = 0.45
"""Loudness may not leave its tolerance for the sake of a peak."""


def encode(
    audio: Audio, label: Label, *, kbit_s: int = _KBIT_S, channels: int = 2, cover: bytes | None = None
) -> bytes:
    """``audio`` (samples, 2) as an MP3 file of constant bit rate.

    Args:
        audio: What is heard.
        label: Its tags.
        kbit_s: A rate of MPEG-1 layer III.
        channels: 1 sums both sides.
        cover: A JPEG.
    """
    if channels == 1:
        audio = as_audio(audio.mean(axis=1, keepdims=True))
    bare = _lame(audio, kbit_s)
    # Leaving out what nobody hears moves peaks, by 0.5 dB at most in practice: look, and mend.
    over_db = _true_peak_of(bare) - CEILING_DB
    if over_db > 0:
        lowered = as_audio(audio * np.float32(10 ** (-min(over_db + 0.05, _MOST_LOWERED_DB) / 20)))
        bare = _lame(lowered, kbit_s)
    return _with_padding_told(_tagged(bare, label, cover), len(audio))


def _lame(audio: Audio, kbit_s: int) -> bytes:
    encoder = _LAMEENC.Encoder()
    encoder.set_bit_rate(kbit_s)
    encoder.set_in_sample_rate(SAMPLE_RATE_HZ)
    encoder.set_out_sample_rate(SAMPLE_RATE_HZ)  # at low rates it would choose another, and other frames
    encoder.set_channels(audio.shape[1])
    encoder.set_quality(_LAME_EFFORT)
    encoder.silence()
    made = bytearray()
    for start in range(0, len(audio), _BLOCK_SAMPLES):
        block = np.clip(audio[start : start + _BLOCK_SAMPLES], -1.0, 1.0)
        made += encoder.encode(np.round(block * np.float32(32767)).astype("<i2").tobytes())
    return bytes(made + encoder.flush())


def _true_peak_of(bare: bytes) -> float:
    with sf.SoundFile(io.BytesIO(bare)) as file:
        return float(true_peak_db(as_audio(file.read(dtype="float32", always_2d=True))))


def _tagged(bare: bytes, label: Label, cover: bytes | None) -> bytes:
    """The same frames behind an ID3v2.4 tag (UTF-8, with the cover) and an information frame."""
    made = io.BytesIO()
    with (
        av.open(io.BytesIO(bare), "r", format="mp3") as source,
        av.open(made, "w", format="mp3", options={"id3v2_version": "4"}) as out,
    ):
        out.metadata.update(label.tags())
        stream_in = source.streams.audio[0]
        stream_out = out.add_stream_from_template(stream_in)
        if cover is not None:
            _add_cover(out, cover)
        for packet in source.demux(stream_in):
            if packet.dts is not None:
                packet.stream = stream_out
                out.mux(packet)
    return made.getvalue()


def _add_cover(out: OutputContainer, cover: bytes) -> None:
    """A JPEG as the file's attached picture; the muxer waits for it before it writes its tag."""
    with av.open(io.BytesIO(cover), "r", format="jpeg_pipe") as picture:
        stream_in = picture.streams.video[0]
        stream_out = out.add_stream_from_template(stream_in)
        flags: Any = stream_out  # PyAV's types say that it takes the enumeration; it takes its number
        flags.disposition = Disposition.attached_pic.value
        packet = next(picture.demux(stream_in))
        packet.stream = stream_out
        packet.pts = packet.dts = 0
        out.mux(packet)


def _with_padding_told(file: bytes, samples: int) -> bytes:
    """Fill the delay and padding fields of the information frame (LAME tag, bytes 21 to 23)."""
    # An ID3 header is 10 bytes and tells the size of what follows, 7 bits a byte.
    tag_bytes = sum(byte << shift for byte, shift in zip(file[6:10], (21, 14, 7, 0), strict=True))
    info = file.index(b"Info", 10 + tag_bytes)
    frames = int.from_bytes(file[info + 8 : info + 12], "big")
    padding = frames * _FRAME_SAMPLES - _ENCODER_DELAY - samples
    lame_tag = info + 8 + 4 + 4 + 100 + 4
    field = (_ENCODER_DELAY << 12 | padding).to_bytes(3, "big")
    return file[: lame_tag + 21] + field + file[lame_tag + 24 :]

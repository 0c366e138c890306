"""What the first bytes of a file tell: its kind, and a picture's size. No decoder is involved.

The browser decodes what the page shows, so the room only has to name the type and the measures.
"""

from __future__ import annotations

import mimetypes
import struct
from collections.abc import Iterator
from dataclasses import dataclass

# mimetypes reads the host's tables, which do not agree on these.
_AUDIO_TYPES = {
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".webm": "audio/webm",
    # No browser plays notes: what is no sound to it is shown as a file.
    ".mid": "application/x-midi",
}

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class PictureSize:
    """Width and height in pixels."""

    width: int
    height: int


def content_type(filename: str) -> str:
    """The media type that belongs to a file name; ``application/octet-stream`` when unknown."""
    suffix = "." + filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    return _AUDIO_TYPES.get(suffix) or mimetypes.guess_type(filename)[0] or "application/octet-stream"


def picture_size(data: bytes) -> PictureSize | None:
    """Size of a PNG, GIF, JPEG or WebP picture; None for anything else or a broken header."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return PictureSize(*struct.unpack(">II", data[16:24]))
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return PictureSize(*struct.unpack("<HH", data[6:10]))
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp_size(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg_size(data: bytes) -> PictureSize | None:
    for marker, start in _jpeg_segments(data):
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[start + 3 : start + 7])
            return PictureSize(width, height)
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        yield data[position + 1], position + 2
        position += 2 + struct.unpack(">H", data[position + 2 : position + 4])[0]


def _webp_size(data: bytes) -> PictureSize | None:
    form = data[12:16]
    if form == b"VP8X":
        return PictureSize(*(1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27)))
    if form == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return PictureSize(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return PictureSize(width & 0x3FFF, height & 0x3FFF)
    return None

"""What an untrusted file is, by its first bytes: light enough for processes that never decode anything."""

from __future__ import annotations

HEAD_BYTES = 16
"""So many of a file's first bytes decide."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"RIFF", "wav"),
    (0, b"RF64", "wav"),
    (0, b"FORM", "aiff"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (4, b"ftyp", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
)
"""(offset, bytes there, FFmpeg's name of the container)."""


def container_of(head: bytes) -> str | None:
    """FFmpeg's name of the container that begins so; None for what holds no sound that can be read."""
    for offset, magic, name in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # MPEG audio's frame sync; layer bits 00 are ADTS, the wrapping of bare AAC.
        return "mp3" if head[1] & 0x06 else "aac"
    return None

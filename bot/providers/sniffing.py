"""What a file is by its first bytes: neither its name nor what its host calls it is asked."""

from __future__ import annotations

FIRST_BYTES = 16
"""As many as it takes."""

_NEVER_A_FILE = ("text/html", "application/xhtml", "application/json", "application/problem+json")
_MOVING = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV")


def audio_suffix(start: bytes) -> str | None:
    """``.wav``, ``.mp3``, ``.ogg``, ``.flac`` or ``.m4a`` by a file's first bytes; None for anything else."""
    if start[:4] in (b"RIFF", b"RF64") and start[8:12] == b"WAVE":
        return ".wav"
    if start[:4] == b"OggS":
        return ".ogg"
    if start[:4] == b"fLaC":
        return ".flac"
    if start[4:8] == b"ftyp":
        return ".m4a"
    # An MPEG frame: eleven set bits, then version and a layer that is not the reserved 00 (which is AAC's).
    frame = len(start) > 1 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0 and start[1] & 0x06 != 0
    return ".mp3" if frame or start[:3] == b"ID3" else None


def picture_suffix(start: bytes) -> str | None:
    """``.png``, ``.jpg``, ``.webp``, ``.gif`` or ``.mp4`` by a file's first bytes; None for anything else."""
    if start[:8] == b"\x89PNG\r\n\x1a\n":
        return ".png"
    if start[:3] == b"\xff\xd8\xff":
        return ".jpg"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return ".webp"
    if start[:6] in (b"GIF87a", b"GIF89a"):
        return ".gif"
    return ".mp4" if start[4:8] == b"ftyp" and start[8:12] in _MOVING else None


def object_suffix(start: bytes) -> str | None:
    """``.json`` for what can be a JSON object."""
    return ".json" if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else None


def is_a_page(content_type: str) -> bool:
    """Whether a host says that it sends a page or a message instead of a file."""
    return content_type.strip().lower().startswith(_NEVER_A_FILE)

"""Covers inside of files, and reading back what a kept file says about itself."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from typing import Final

import soundfile as sf

from bot.audio.cover import draw_cover
from bot.audio.label import Label
from bot.audio.picture import grey_spectrum
from bot.audio.sound import Audio

COVER_TAG: Final = "METADATA_BLOCK_PICTURE"
"""The Vorbis comment that holds a FLAC picture as base64 (xiph.org, "VorbisComment: Cover art")."""
_SIDE: Final = 320
_FRONT_COVER: Final = 3
_PICTURE_BLOCK: Final = 6
_STREAM_INFO_END: Final = 4 + 4 + 34
"""The marker, a block's header, and the block that every FLAC file begins with (RFC 9639, section 8)."""


def cover_of(audio: Audio) -> bytes:
    """The sound's own spectrogram as a small round cover: a JPEG of 320 x 320 pixels, some 45 kB."""
    return draw_cover(grey_spectrum(audio.mean(axis=1)), side=_SIDE)


def label_of(path: Path) -> Label:
    """The tags of a file that we wrote."""
    with sf.SoundFile(path) as file:
        told = file.copy_metadata()
    return Label(
        title=told.get("title", ""),
        artist=told.get("artist", ""),
        comment=told.get("comment", ""),
        album=told.get("album", ""),
    )


def flac_with_cover(file: bytes, cover: bytes) -> bytes:
    """The same FLAC file with a picture block behind its first block."""
    block = _picture(cover)
    last = file[4] & 0x80  # the last-block flag goes over to ours
    header = bytes([last | _PICTURE_BLOCK]) + len(block).to_bytes(3, "big")
    first = bytes([file[4] & 0x7F])
    return file[:4] + first + file[5:_STREAM_INFO_END] + header + block + file[_STREAM_INFO_END:]


def cover_tag(cover: bytes) -> dict[str, str]:
    """The comment by which Ogg files carry a cover."""
    return {COVER_TAG: base64.b64encode(_picture(cover)).decode()}


def _picture(cover: bytes) -> bytes:
    """FLAC's picture structure (RFC 9639, section 8.8)."""
    kind = b"image/jpeg"
    head = struct.pack(">II", _FRONT_COVER, len(kind)) + kind + struct.pack(">I", 0)
    return head + struct.pack(">IIIII", _SIDE, _SIDE, 24, 0, len(cover)) + cover

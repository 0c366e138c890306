"""How a sound is made small enough: less bit rate, then one channel, then only its beginning. Pure.

The numbers are of the whole file; the encoders keep a constant rate, so a size is known before anything is
encoded, and what does not fit is not tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.jobs.parcels import FileFormat

PREVIEW_S: Final = 60.0
SHORTEST_S: Final = 3.0
"""Less than this is no preview."""
_SLACK: Final = 1.02
"""Frames and pages cost a little; LAME's last frame is whole."""
_ONCE_BYTES: Final = 4_096
"""What a file has besides, whatever its length."""

_LOSSLESS: Final[dict[str, tuple[FileFormat, ...]]] = {"wav": ("wav", "flac"), "flac": ("flac",)}
_LEAST_BYTES_S: Final[dict[str, int]] = {"wav": 176_400, "flac": 20_000}
"""Of lossless music, bytes a second at the least: what is surely too large is not written to find out."""
_RATES: Final[dict[FileFormat, tuple[tuple[int, int], ...]]] = {
    "mp3": (
        (256, 2),
        (224, 2),
        (192, 2),
        (160, 2),
        (128, 2),
        (112, 2),
        (96, 2),
        (80, 1),
        (64, 1),
        (56, 1),
        (48, 1),
    ),
    "ogg": ((192, 2), (160, 2), (128, 2), (112, 2), (96, 2), (80, 2), (64, 2), (48, 1), (40, 1), (32, 1)),
}
"""(kbit/s, channels), best first."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to write the file."""

    form: FileFormat
    channels: int = 2
    kbit_s: int | None = None
    """None for lossless formats, whose size is only known when they are written."""
    preview_s: float | None = None


def ladder(form: FileFormat, *, duration_s: float, room_bytes: float) -> Iterator[Rung]:
    """The ways that may fit into ``room_bytes`` of sound, best first; a lossless wish ends in MP3."""
    if form in _LOSSLESS:
        for each in _LOSSLESS[form]:
            if _LEAST_BYTES_S[each] * duration_s <= room_bytes:
                yield Rung(each)
        form = "mp3"
    rates = _RATES[form]
    for kbit_s, channels in rates:
        if _size_bytes(kbit_s, duration_s) <= room_bytes:
            yield Rung(form, channels, kbit_s)
    if duration_s > PREVIEW_S:
        for kbit_s, channels in rates:
            if _size_bytes(kbit_s, PREVIEW_S) <= room_bytes:
                yield Rung(form, channels, kbit_s, PREVIEW_S)
    kbit_s, channels = rates[-1]
    for share in (1.0, 0.9, 0.75, 0.5):
        fitting_s = math.floor(_fitting_s(kbit_s, room_bytes * share) * 10) / 10
        if SHORTEST_S <= fitting_s < min(duration_s, PREVIEW_S):
            yield Rung(form, channels, kbit_s, fitting_s)


def _size_bytes(kbit_s: int, duration_s: float) -> float:
    return kbit_s * 125 * duration_s * _SLACK + _ONCE_BYTES


def _fitting_s(kbit_s: int, room_bytes: float) -> float:
    return (room_bytes - _ONCE_BYTES) / (kbit_s * 125 * _SLACK)

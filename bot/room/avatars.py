"""Pictures of the people in the room, drawn pixel by pixel: a disc of two colours and a few bars.

They are made at start, so that the package carries no pictures and needs no imaging library here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

SIZE_PX = 96


class Colour(NamedTuple):
    """Red, green and blue, 0..255."""

    red: int
    green: int
    blue: int

    def towards(self, other: Colour, share: float) -> Colour:
        """The colour ``share`` (0..1) of the way to ``other``."""
        return Colour(*(round(a + (b - a) * share) for a, b in zip(self, other, strict=True)))


WHITE = Colour(255, 255, 255)


@cache
def bars_avatar(top: Colour, bottom: Colour, heights: tuple[float, ...]) -> bytes:
    """A PNG of ``SIZE_PX`` squared: a slanted gradient and centred bars, heights 0..1 of the picture."""
    slot_px = SIZE_PX * 0.62 / len(heights)
    left_px = SIZE_PX * 0.19
    bar_px = slot_px * 0.56

    def pixel(x: int, y: int) -> Colour:
        ground = top.towards(bottom, (x * 0.4 + y) / (SIZE_PX * 1.4))
        slot = (x - left_px) / slot_px
        if not 0 <= slot < len(heights):
            return ground
        centre_px = left_px + (int(slot) + 0.5) * slot_px
        reach_px = heights[int(slot)] * SIZE_PX / 2 - bar_px / 2
        above_px = max(abs(y + 0.5 - SIZE_PX / 2) - reach_px, 0.0)
        away_px = ((x + 0.5 - centre_px) ** 2 + above_px**2) ** 0.5
        return ground.towards(WHITE, min(max(bar_px / 2 - away_px + 0.5, 0.0), 1.0) * 0.95)

    return png(pixel)


def png(pixel: Callable[[int, int], Colour]) -> bytes:
    """Encode a square of ``SIZE_PX`` pixels as PNG (8-bit RGB, no filter)."""
    rows = b"".join(
        b"\0" + bytes(part for x in range(SIZE_PX) for part in pixel(x, y)) for y in range(SIZE_PX)
    )
    header = struct.pack(">IIBBBBB", SIZE_PX, SIZE_PX, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

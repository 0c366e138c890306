"""A square cover drawn from a song's own spectrogram: the song goes once around, low notes inside."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from bot.audio.picture import palette

SIDE = 800
_TURN = 2_048
"""Columns that a whole song is brought to: more would not be seen."""
_HOLE, _RIM = 0.12, 0.97
"""Where the lowest and the highest row lie, as shares of the way from the middle to the edge."""
_QUIETEST = 48
"""Of 0..255: what is fainter is ground. The spectrogram's scale is a fourth root, which lifts even hiss."""
_LOUDEST = 0.997
"""The share of points that lie below the brightest colour: a single click must not dim the rest."""
_JPEG_QUALITY = 88


def draw_cover(spectrogram: Image.Image, *, side: int = SIDE) -> bytes:
    """A JPEG of ``side`` x ``side`` pixels.

    Args:
        spectrogram: Low notes at the bottom, time to the right, the louder the darker.
        side: In pixels.
    """
    grey = spectrogram.convert("L").resize((_TURN, spectrogram.height), Image.Resampling.BOX)
    loud = 255 - np.asarray(grey, np.float32)[::-1]
    reach = max(1.0, float(np.quantile(loud, _LOUDEST)) - _QUIETEST)
    shade = np.clip((loud - _QUIETEST) * (255 / reach), 0, 255).astype(np.uint8)
    across = np.linspace(-1.0, 1.0, side, dtype=np.float32)
    right, down = np.meshgrid(across, across)
    radius = np.hypot(right, down)
    turn = (np.arctan2(right, -down) / (2 * np.pi)) % 1.0  # from the top, clockwise
    row = (radius - _HOLE) / (_RIM - _HOLE) * (len(shade) - 1)
    on_disc = (row >= 0) & (row <= len(shade) - 1)
    column = np.minimum(turn * _TURN, _TURN - 1).astype(np.intp)
    pixels = np.where(on_disc, shade[np.clip(row, 0, len(shade) - 1).astype(np.intp), column], 0)
    cover = Image.fromarray(pixels.astype(np.uint8))
    cover.putpalette(palette())
    file = io.BytesIO()
    cover.convert("RGB").save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()

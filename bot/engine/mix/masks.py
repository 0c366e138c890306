"""The six masks: where the seed shines through. White repaints, black keeps the seed, grey mixes.

A mask picture is 512 rows (10 kHz at the top, mel spaced) by 512 columns (5.12 s, eight beats of the
seed). Five are the same in every column; the sixth has soft lines on some beats.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.engine.arrays import Floats, Samples, as_samples
from bot.engine.tables_io import demand, read_table

ROWS = COLUMNS = 512
_COLUMNS_PER_BEAT = 64
_TOP_HZ = 10_000.0
_GRADIENT_ROW_STEP = 20


@dataclass(frozen=True, slots=True)
class Mask:
    """How much of the seed is kept, 0..1: by row (512, top first) times by column (512)."""

    rows: Samples
    columns: Samples

    def picture(self) -> Samples:
        """Return the mask as grey (512, 512), 1 = white = repaint."""
        return 1.0 - self.rows[:, None] * self.columns[None, :]

    def by_frequency(self, frequency_hz: Floats) -> Samples:
        """Return what is kept at each frequency; above the picture's top its first row goes on."""
        mel_share = np.log1p(np.minimum(frequency_hz, _TOP_HZ) / 700.0) / np.log1p(_TOP_HZ / 700.0)
        rows: Floats = (1.0 - mel_share) * (ROWS - 1)
        return as_samples(np.interp(rows, np.arange(ROWS), self.rows))

    def by_beat(self, beats: Floats) -> Samples:
        """Return how much the rows count at each moment, given in beats."""
        return as_samples(np.interp(beats * _COLUMNS_PER_BEAT % COLUMNS, np.arange(COLUMNS), self.columns))

    @property
    def is_steady(self) -> bool:
        """Tell whether all columns are alike."""
        return bool((self.columns == self.columns[0]).all())


@lru_cache(maxsize=8)
def mask(mask_id: str) -> Mask:
    """Return a mask by its id in the API's spelling. Raises TableError if there is no such mask."""
    table = read_table("masks")
    demand(mask_id in table, "masks", f"has no {mask_id!r}")
    entry = table[mask_id]
    row = np.arange(ROWS)
    if "rows" in entry:
        points = np.arange(len(entry["rows"])) * _GRADIENT_ROW_STEP
        grey: Floats = np.interp(row, points, np.asarray(entry["rows"], np.float64), right=255.0)
    else:
        grey = np.where(row < int(entry["until_row"]), float(entry["level"]), 255.0)
    columns = np.ones(COLUMNS)
    if "columns" in entry:
        distance = np.abs(np.arange(COLUMNS)[:, None] - np.array(entry["columns"])[None, :])
        columns = np.exp(-((distance / (entry["width"] / 2.0)) ** 4)).max(axis=1)
    return Mask(as_samples(1.0 - grey / 255.0), as_samples(columns))

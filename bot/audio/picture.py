"""The picture under the player: what the clip sounds like, to be read on a phone.

Frequency goes up on a musical (logarithmic) scale, time to the right; under it run the waveform and
a ruler with seconds and, where the tempo is known, beats. The picture brings its own dark ground,
so it looks the same in Discord's light and dark theme. It holds no words of a person but what is sung.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from bot.audio.sheet import Axis, Sheet, with_sheet
from bot.audio.sound import SAMPLE_RATE_HZ, Audio
from bot.engine.arrays import spectrum_of
from bot.engine.picture.lettering import font

WIDTH, HEIGHT = 1000, 500
PLOT_LEFT = 24
PLOT_WIDTH = WIDTH - 2 * PLOT_LEFT
_SPECTRUM_TOP, _SPECTRUM_HEIGHT = 24, 316
_WAVE_MIDDLE, _WAVE_REACH = 392, 38
_RULER_TOP = 440
_LABEL_PX = 40
"""A phone shows the picture at about a quarter of its width."""
_WINDOW = 3072
_LOWEST_HZ, _HIGHEST_HZ = 45.0, 16_000.0
_RANGE_DB = 60.0
_SLOPE_DB_PER_OCTAVE = 2.0
"""Music falls off towards the treble by about this much; raised, its cymbals show as well as its bass."""
_JPEG_QUALITY = 85
_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300)
_MOST_LABELS = 7
_FEWEST_TICK_PX = 9.0
_BEATS_PER_BAR = 4

_GROUND = (18, 11, 33)
_FAINT, _PLAIN, _BRIGHT = (74, 57, 112), (178, 163, 209), (255, 122, 89)
_COLOURS = (
    (0.00, _GROUND),
    (0.28, (52, 24, 108)),
    (0.50, (124, 58, 237)),
    (0.68, (214, 72, 150)),
    (0.84, _BRIGHT),
    (1.00, (255, 238, 205)),
)
"""Level -> colour, from Riffcord's violet to its coral."""


def draw_picture(audio: Audio, *, bpm: float | None, sheet: Sheet | None = None) -> bytes:
    """A JPEG of 1000 x 500 pixels for ``audio`` (samples, 2); with a song's sheet higher."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    mono = audio.mean(axis=1)
    picture.paste(_spectrum(mono), (PLOT_LEFT, _SPECTRUM_TOP))
    pen = ImageDraw.Draw(picture)
    _wave(pen, mono)
    _ruler(pen, len(mono) / SAMPLE_RATE_HZ, bpm)
    if sheet:
        axis = Axis(PLOT_LEFT, PLOT_WIDTH, len(mono) / SAMPLE_RATE_HZ)
        picture = with_sheet(picture, sheet, axis, plot_foot=_WAVE_MIDDLE + _WAVE_REACH)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return file.getvalue()


def _spectrum(mono: NDArray[np.float32]) -> Image.Image:
    """The plot area, coloured."""
    plot = ImageOps.invert(grey_spectrum(mono)).resize(
        (PLOT_WIDTH, _SPECTRUM_HEIGHT), Image.Resampling.BILINEAR
    )
    plot.putpalette(palette())
    return plot.convert("RGB")


def grey_spectrum(mono: NDArray[np.float32]) -> Image.Image:
    """The sound in grey, as engraved: low notes at the bottom, time to the right, the louder the darker."""
    columns = PLOT_WIDTH // 2
    padded = np.pad(mono, _WINDOW // 2)
    starts = np.linspace(0, len(mono) - 1, columns).astype(int)
    windows = padded[starts[:, None] + np.arange(_WINDOW)] * np.hanning(_WINDOW).astype(np.float32)
    power = np.abs(spectrum_of(windows)) ** 2
    below, share, slope_db = _rows()
    rows = power[:, below] * (1 - share) + power[:, below + 1] * share
    level_db = 10 * np.log10(rows + 1e-9) + slope_db
    # The very loudest spot of a picture is often a single click: 99.8 % of it sets the scale.
    top_db = float(np.quantile(level_db, 0.998))
    shade = np.clip((level_db - top_db) / _RANGE_DB + 1, 0, 1)
    return Image.fromarray(255 - (shade.T[::-1] * 255).astype(np.uint8))


@cache
def _rows() -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]:
    """For each row from the lowest: the FFT bin below it, how far it lies to the next, and its lift in dB."""
    frequency_hz = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _SPECTRUM_HEIGHT)
    place = frequency_hz * _WINDOW / SAMPLE_RATE_HZ
    below = place.astype(np.intp)
    lift_db = np.log2(frequency_hz / _LOWEST_HZ) * _SLOPE_DB_PER_OCTAVE
    return below, (place - below).astype(np.float32), lift_db.astype(np.float32)


@cache
def palette() -> list[int]:
    """The 256 colours from silence to the loudest, as Pillow takes them."""
    places, colours = zip(*_COLOURS, strict=True)
    ramps = [np.interp(np.linspace(0, 1, 256), places, channel) for channel in zip(*colours, strict=True)]
    return np.stack(ramps, axis=1).round().astype(int).ravel().tolist()


def _wave(pen: ImageDraw.ImageDraw, mono: NDArray[np.float32]) -> None:
    """The outline of the sound: for each pixel the highest magnitude under it."""
    edges = np.linspace(0, len(mono), PLOT_WIDTH // 4 + 1).astype(int)[:-1]
    peaks = np.maximum.reduceat(np.abs(mono), edges)
    reach = np.maximum(1, np.round(peaks / max(float(peaks.max()), 1e-9) * _WAVE_REACH)).astype(int)
    for index, height in enumerate(reach.tolist()):
        left = PLOT_LEFT + index * 4
        pen.rectangle((left, _WAVE_MIDDLE - height, left + 2, _WAVE_MIDDLE + height), fill=_BRIGHT)


def _ruler(pen: ImageDraw.ImageDraw, duration_s: float, bpm: float | None) -> None:
    """Beats as ticks (bars taller), seconds as labels."""
    pixels_per_s = PLOT_WIDTH / duration_s
    beat_px = pixels_per_s * 60 / bpm if bpm else 0.0
    stride = next((n for n in (1, _BEATS_PER_BAR) if beat_px * n >= _FEWEST_TICK_PX), None)
    for beat in range(0, int(PLOT_WIDTH / beat_px + 0.01) + 1, stride) if stride else ():
        left = PLOT_LEFT + beat * beat_px
        length, colour = (6, _FAINT) if beat % _BEATS_PER_BAR else (12, _PLAIN)
        pen.line((left, _RULER_TOP, left, _RULER_TOP + length), fill=colour, width=2)
    step_s = next((step for step in _STEPS_S if duration_s / step < _MOST_LABELS), _STEPS_S[-1])
    for index in range(1, int(duration_s / step_s) + 1):
        label, letters = _clock(index * step_s), font(_LABEL_PX)
        half = letters.getlength(label) / 2
        left = min(PLOT_LEFT + index * step_s * pixels_per_s, WIDTH - 6 - half)  # the last one stays whole
        pen.text((left, _RULER_TOP + 16), label, fill=_PLAIN, font=letters, anchor="mt")


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(time_s, 60)
    return f"{int(minutes)}:{seconds:04.1f}" if time_s % 1 else f"{int(minutes)}:{int(seconds):02d}"

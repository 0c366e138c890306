"""The picture of a piece before it is reworked: its waveform, its parts, and what will be made anew.

1000 x 440 pixels, read on a phone at 390: figures are 11 of its pixels high there. The ground is dark in
Discord's light and dark theme alike.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ
from bot.engine.picture.lettering import fitted, width_px, write
from bot.engine.score.reading import read_score
from bot.jobs.recipes.times import clock
from bot.library.studio import Marking, Preview

WIDTH, HEIGHT = 1000, 440
_LEFT, _PLOT = 28, 944
_PARTS_TOP, _PARTS_HEIGHT = 18, 44
_WAVE_MIDDLE, _WAVE_REACH = 212, 120
_TIMES_BASE, _RULER_TOP, _RULER_BASE = 376, 388, 430
_FIGURE_PX, _NAME_PX = 36, 32
_BAR_PX: Final = 4
_STEPS_S: Final = (0.5, 1, 2, 5, 10, 15, 30, 60, 120)
_MOST_LABELS: Final = 8
_HARDLY_S: Final = 0.05
"""A part that is touched for less is not meant."""
_ADDED_SHARE: Final = 0.25
"""Of the old music's length: how much new music is drawn where nobody knows how much it will be."""
_GROUND, _BAND, _PART = (18, 11, 33), (64, 34, 60), (38, 27, 66)
_FAINT, _PLAIN, _TITLE, _BRIGHT = (98, 80, 140), (178, 163, 209), (244, 239, 255), (255, 122, 89)


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class _Axis:
    """Seconds across the picture."""

    total_s: float

    def x(self, time_s: float) -> float:
        return _LEFT + _PLOT * min(1.0, max(0.0, time_s / self.total_s))


def mark(sound: Path, score: Path | None, marking: Marking) -> Preview:
    """See :meth:`bot.library.studio.Studio.mark`. Raises as :func:`bot.audio.probe.decode`."""
    mono = decode(sound).audio.mean(axis=1)
    duration_s = len(mono) / SAMPLE_RATE_HZ
    parts = _parts(score, duration_s)
    start_s, end_s, total_s = _times(marking, parts, duration_s)
    picture = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    pen = ImageDraw.Draw(picture)
    axis = _Axis(total_s)
    touched = (start_s, end_s) if start_s is not None else (0.0, 0.0)
    if start_s is not None:
        pen.rectangle((axis.x(start_s), _PARTS_TOP, axis.x(end_s), _TIMES_BASE - 36), fill=_BAND)
    _draw_parts(pen, parts, axis, marking.names)
    _wave(pen, mono, axis, duration_s, touched, gone=marking.marked == "from")
    if start_s is not None:
        open_end = marking.marked == "from" and marking.added_s is None
        _edges(pen, axis, start_s, None if open_end else end_s)
    _ruler(pen, axis)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    names = [
        part.name
        for part in parts
        if part.start_s < touched[1] - _HARDLY_S and part.end_s > touched[0] + _HARDLY_S
    ]
    return Preview(
        picture=file.getvalue(), duration_s=round(duration_s, 3), start_s=start_s, parts=tuple(names)
    )


def _times(marking: Marking, parts: list[_Part], duration_s: float) -> tuple[float | None, float, float]:
    """Where the marked part begins, where it ends, and where the picture does."""
    if marking.marked == "all":
        return None, 0.0, duration_s
    if marking.marked == "between":
        end_s = duration_s if marking.end_s is None else marking.end_s
        return marking.start_s or 0.0, end_s, duration_s
    start_s = marking.start_s
    if start_s is None:
        last = parts[-1] if parts else None
        start_s = last.start_s if last is not None and last.name == "outro" and last.start_s else duration_s
    start_s = round(start_s, 3)
    if marking.added_s is None:
        end_s = max(duration_s, start_s + duration_s * _ADDED_SHARE)
    else:
        end_s = start_s + marking.added_s
    return start_s, end_s, max(duration_s, end_s)


def _parts(score: Path | None, duration_s: float) -> list[_Part]:
    """The parts of a song, where its score tells them; a host's score that cannot be read tells nothing."""
    if score is None:
        return []
    try:
        read = read_score(score.read_bytes())
    except ValueError:
        return []
    bar_s = read.meter * 60.0 / read.bpm
    found = [
        _Part(each.name, each.first_bar * bar_s, (each.first_bar + each.bars) * bar_s)
        for each in read.sections
    ]
    return [part for part in found if part.start_s < duration_s] if len(found) > 1 else []


def _draw_parts(pen: ImageDraw.ImageDraw, parts: list[_Part], axis: _Axis, names: Mapping[str, str]) -> None:
    for part in parts:
        left, right = axis.x(part.start_s) + 2, axis.x(part.end_s) - 2
        if right - left < 6:
            continue
        pen.rounded_rectangle((left, _PARTS_TOP, right, _PARTS_TOP + _PARTS_HEIGHT), 8, fill=_PART)
        name = fitted(names.get(part.name, part.name), _NAME_PX, right - left - 12)
        if len(name) > 1:
            write(pen, (int(left) + 6, _PARTS_TOP + 34), name, _NAME_PX, _PLAIN)


def _wave(
    pen: ImageDraw.ImageDraw,
    mono: NDArray[np.float32],
    axis: _Axis,
    duration_s: float,
    touched: tuple[float, float],
    *,
    gone: bool,
) -> None:
    """For each bar the highest magnitude under it: bright where it is made anew, faint where it goes."""
    bars = max(1, round((axis.x(duration_s) - _LEFT) / _BAR_PX))
    edges = np.linspace(0, len(mono), bars + 1).astype(int)[:-1]
    peaks = np.maximum.reduceat(np.abs(mono), edges)
    loudest = max(float(peaks.max()), 1e-9)
    for index, peak in enumerate(peaks.tolist()):
        time_s = (index + 0.5) / bars * duration_s
        within = touched[0] <= time_s < touched[1]
        colour = (_FAINT if gone else _BRIGHT) if within else _PLAIN
        height, left = max(1, round(peak / loudest * _WAVE_REACH)), _LEFT + index * _BAR_PX
        pen.rectangle((left, _WAVE_MIDDLE - height, left + _BAR_PX - 2, _WAVE_MIDDLE + height), fill=colour)


def _edges(pen: ImageDraw.ImageDraw, axis: _Axis, start_s: float, end_s: float | None) -> None:
    """A line and a time at each end; the times never lie over each other."""
    left = axis.x(start_s)
    pen.line((left, _PARTS_TOP, left, _TIMES_BASE - 30), fill=_BRIGHT, width=4)
    from_text = clock(round(start_s, 1))
    at = _label_at(left, from_text)
    write(pen, (int(at), _TIMES_BASE), from_text, _FIGURE_PX, _TITLE)
    if end_s is None:
        return
    right = axis.x(end_s)
    pen.line((right, _PARTS_TOP, right, _TIMES_BASE - 30), fill=_BRIGHT, width=4)
    to_text = clock(round(end_s, 1))
    to_at = max(_label_at(right, to_text), at + width_px(from_text, _FIGURE_PX) + 18)
    if to_at + width_px(to_text, _FIGURE_PX) <= WIDTH - 4:
        write(pen, (int(to_at), _TIMES_BASE), to_text, _FIGURE_PX, _TITLE)


def _label_at(x: float, text: str) -> float:
    wide = width_px(text, _FIGURE_PX)
    return min(max(4.0, x - wide / 2), WIDTH - 4 - wide)


def _ruler(pen: ImageDraw.ImageDraw, axis: _Axis) -> None:
    pen.line((_LEFT, _RULER_TOP, _LEFT + _PLOT, _RULER_TOP), fill=_FAINT, width=2)
    step_s = next((step for step in _STEPS_S if axis.total_s / step < _MOST_LABELS), _STEPS_S[-1])
    for index in range(int(axis.total_s / step_s) + 1):
        x, text = axis.x(index * step_s), clock(index * step_s)
        pen.line((x, _RULER_TOP, x, _RULER_TOP + 8), fill=_FAINT, width=2)
        write(pen, (int(_label_at(x, text)), _RULER_BASE), text, _FIGURE_PX, _PLAIN)

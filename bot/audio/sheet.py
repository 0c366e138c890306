"""What a song's picture has below its sound: its parts along the time axis, and what is sung when.

Written so that it is read on a phone, where the picture is 270 pixels across and a letter ten of them high.
The ground is as dark as the picture's own, so it looks the same in Discord's light and dark theme.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image, ImageDraw

from bot.engine.picture.lettering import fitted, write
from bot.engine.score.reading import read_score

_NAME_PX = 34
_BAND_TOP, _BAND_HEIGHT, _GAP = 4, 52, 24
_COLUMN_PX = 476
_ALONE_MOST: Final = 10
"""Lines that have the whole width for themselves; more stand in two columns, or it grows too high."""
_ROWS_MOST: Final = 12
_TICK_TOP, _TICK_FOOT = 6, 18
_PART, _EDGE = (38, 27, 66), (98, 80, 140)
_PLAIN, _TITLE, _BRIGHT = (178, 163, 209), (244, 239, 255), (255, 122, 89)
_STAMP: Final = re.compile(r"\[(\d{1,3}):(\d{1,2}(?:\.\d{1,3})?)\]")
_WORD_STAMP: Final = re.compile(r"<\d{1,3}:\d{1,2}(?:\.\d{1,3})?>")
_LONGEST_TIME_S: Final = 3_600.0


class _Size(NamedTuple):
    """Of lyrics: a letter's height, from line to line, and the room for the time before them."""

    line_px: int
    row_px: int
    time_px: int


_LARGE: Final = _Size(38, 54, 100)
_SMALL: Final = _Size(31, 46, 84)


@dataclass(frozen=True, slots=True)
class Part:
    """A section, in seconds."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Line:
    """What is sung from a second on."""

    start_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is known of a song's course."""

    parts: tuple[Part, ...] = ()
    lines: tuple[Line, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts or self.lines)


@dataclass(frozen=True, slots=True)
class Axis:
    """Where the time axis lies across the picture."""

    left: int
    width: int
    duration_s: float

    def x(self, time_s: float) -> float:
        """Pixels from the picture's left edge."""
        return self.left + self.width * min(1.0, max(0.0, time_s / self.duration_s))


def read_sheet(
    score: Path | None, lrc: Path | None, duration_s: float, names: Mapping[str, str] | None = None
) -> Sheet:
    """From the files that a host sent; what cannot be read tells nothing.

    Args:
        score: The score, which tells the sections.
        lrc: What is sung when.
        duration_s: Of the sound.
        names: What the sections are called; one without a name keeps the score's.
    """
    return Sheet(parts=_parts(score, duration_s, names or {}), lines=_lines(lrc, duration_s))


def _parts(score: Path | None, duration_s: float, names: Mapping[str, str]) -> tuple[Part, ...]:
    if score is None:
        return ()
    try:
        read = read_score(score.read_bytes())
    except ValueError:
        return ()
    bar_s = read.meter * 60.0 / read.bpm
    found = [
        Part(
            names.get(each.name, each.name),
            each.first_bar * bar_s,
            min(duration_s, (each.first_bar + each.bars) * bar_s),
        )
        for each in read.sections
    ]
    return tuple(part for part in found if part.start_s < duration_s) if len(found) > 1 else ()


def _lines(lrc: Path | None, duration_s: float) -> tuple[Line, ...]:
    if lrc is None:
        return ()
    found: list[Line] = []
    within_s = min(duration_s, _LONGEST_TIME_S)
    for row in lrc.read_text(encoding="utf-8", errors="replace").splitlines():
        stamps = list(_STAMP.finditer(row))
        text = " ".join(_WORD_STAMP.sub("", _STAMP.sub("", row)).split())
        times = [int(stamp[1]) * 60 + float(stamp[2]) for stamp in stamps]
        found += [Line(time_s, text) for time_s in times if text and time_s < within_s]
    return tuple(sorted(found, key=lambda line: line.start_s))


def with_sheet(picture: Image.Image, sheet: Sheet, axis: Axis, *, plot_foot: int) -> Image.Image:
    """The picture, and below it the sheet: as high as that needs."""
    listed = _listed(sheet.lines)
    columns = 1 if len(listed) <= _ALONE_MOST else 2
    size = _LARGE if columns == 1 else _SMALL
    rows = -(-len(listed) // columns)
    room_px = _COLUMN_PX if columns > 1 else axis.width
    band = _BAND_TOP + _BAND_HEIGHT + _GAP if sheet.parts else 0
    height = picture.height + band + (rows * size.row_px + _GAP // 2 if rows else 0)
    whole = Image.new("RGB", (picture.width, height), picture.getpixel((0, 0)))
    whole.paste(picture, (0, 0))
    pen = ImageDraw.Draw(whole)
    for line in sheet.lines:
        pen.line((axis.x(line.start_s), _TICK_TOP, axis.x(line.start_s), _TICK_FOOT), fill=_BRIGHT, width=3)
    _draw_parts(pen, sheet.parts, axis, picture.height + _BAND_TOP, plot_foot)
    for number, line in enumerate(listed):
        left = axis.left + (number // rows) * _COLUMN_PX
        foot = picture.height + band + (number % rows) * size.row_px + size.line_px
        write(pen, (left, foot), _clock(line.start_s), size.line_px, _PLAIN)
        words = fitted(line.text, size.line_px, room_px - size.time_px - _GAP)
        write(pen, (left + size.time_px, foot), words, size.line_px, _TITLE)
    return whole


def _listed(lines: tuple[Line, ...]) -> list[Line]:
    """Each line where it is sung first: a chorus once. Of very many the first."""
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.text.casefold(), line)
    listed = list(first.values())
    if len(listed) <= 2 * _ROWS_MOST:
        return listed
    left_out = listed[2 * _ROWS_MOST - 1]
    return [*listed[: 2 * _ROWS_MOST - 1], Line(left_out.start_s, "…")]


def _draw_parts(
    pen: ImageDraw.ImageDraw, parts: tuple[Part, ...], axis: Axis, top: int, plot_foot: int
) -> None:
    for part in parts:
        left, right = axis.x(part.start_s), axis.x(part.end_s)
        if part.start_s > 0:
            pen.line((left, _TICK_FOOT + 6, left, plot_foot), fill=_EDGE, width=2)
        if right - left < 6:
            continue
        pen.rounded_rectangle((left + 2, top, right - 2, top + _BAND_HEIGHT), 8, fill=_PART)
        name = fitted(part.name, _NAME_PX, right - left - 14)
        if len(name) > 1:
            write(pen, (int(left) + 8, top + 38), name, _NAME_PX, _PLAIN)


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(int(time_s), 60)
    return f"{minutes}:{seconds:02d}"

"""The picture of a remix family: a row a take, lines from each to what was made from it.

It is 1000 pixels wide and read on a phone at 390: titles are 13 of its pixels high there. The ground is dark
in Discord's light and dark theme alike.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw

from bot.engine.picture.lettering import fitted, write
from bot.library.family import Drawing, Line

WIDTH: Final = 1000
_MARGIN, _HEAD, _ROW, _FOOT = 32, 92, 92, 64
_INDENT_PX: Final = 46
_DEEPEST_PX: Final = 420
"""Deeper families are indented less, so that titles keep their room."""
_DOT_PX, _CHOSEN_DOT_PX = 11, 15
_TITLE_PX, _NOTE_PX, _HEADING_PX = 36, 31, 38
_GROUND, _BAND = (18, 11, 33), (38, 27, 66)
_LINE, _FAINT, _PLAIN, _TITLE, _BRIGHT = (
    (98, 80, 140),
    (128, 112, 160),
    (178, 163, 209),
    (244, 239, 255),
    (255, 122, 89),
)


def draw_tree(drawing: Drawing) -> bytes:
    """A PNG of the drawing, as high as it has rows."""
    height = _HEAD + _ROW * len(drawing.lines) + _FOOT
    picture = Image.new("RGB", (WIDTH, height), _GROUND)
    pen = ImageDraw.Draw(picture)
    room_px = WIDTH - 2 * _MARGIN
    write(pen, (_MARGIN, 62), fitted(drawing.heading, _HEADING_PX, room_px), _HEADING_PX, _TITLE)
    deepest = max((len(line.goes_on) for line in drawing.lines), default=0)
    indent = min(float(_INDENT_PX), _DEEPEST_PX / max(1, deepest))
    below = [*drawing.lines[1:], None]
    for index, (line, following) in enumerate(zip(drawing.lines, below, strict=True)):
        has_children = following is not None and len(following.goes_on) > len(line.goes_on)
        _row(pen, line, _HEAD + index * _ROW, indent, has_children=has_children)
    write(pen, (_MARGIN, height - 24), fitted(drawing.footing, _NOTE_PX, room_px), _NOTE_PX, _PLAIN)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _row(pen: ImageDraw.ImageDraw, line: Line, top: int, indent: float, *, has_children: bool) -> None:
    depth = len(line.goes_on)
    middle = top + _ROW // 2
    x = _MARGIN + _CHOSEN_DOT_PX + depth * indent
    if line.chosen:
        pen.rounded_rectangle((x - 24, top + 4, WIDTH - _MARGIN + 12, top + _ROW - 4), 14, fill=_BAND)
    _lines(pen, line.goes_on, top, indent)
    if has_children:
        pen.line((x, middle, x, top + _ROW), fill=_LINE, width=4)
    reach = _CHOSEN_DOT_PX if line.chosen else _DOT_PX
    box = (x - reach, middle - reach, x + reach, middle + reach)
    if line.faded:
        pen.ellipse(box, fill=_GROUND, outline=_FAINT, width=4)
    else:
        pen.ellipse(box, fill=_BRIGHT if line.chosen else _PLAIN)
    left = x + 30
    room_px = WIDTH - _MARGIN - left
    title = fitted(line.title, _TITLE_PX, room_px)
    write(pen, (left, top + (44 if line.note else 58)), title, _TITLE_PX, _FAINT if line.faded else _TITLE)
    if line.note:
        write(pen, (left, top + 79), fitted(line.note, _NOTE_PX, room_px), _NOTE_PX, _PLAIN)


def _lines(pen: ImageDraw.ImageDraw, goes_on: tuple[bool, ...], top: int, indent: float) -> None:
    """What passes by on the left, and the elbow to this row."""
    middle = top + _ROW // 2
    for level, passes in enumerate(goes_on):
        at = _MARGIN + _CHOSEN_DOT_PX + level * indent
        own = level == len(goes_on) - 1
        if own or passes:
            pen.line((at, top, at, top + _ROW if passes else middle), fill=_LINE, width=4)
        if own:
            pen.line((at, middle, at + indent, middle), fill=_LINE, width=4)

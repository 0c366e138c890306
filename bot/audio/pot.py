"""The picture of a pot: what is left of it, what of that is mine, and who used how much.

It is 1000 pixels wide and read on a phone at about 360: what matters is 40 of its pixels high there, no text
is less than 12. The ground is dark in Discord's light and dark theme alike.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw

from bot.engine.picture.lettering import fitted, width_px, write
from bot.money.drawing import Bar, Gauge, PotDrawing

WIDTH: Final = 1000
_MARGIN, _HEAD, _GAUGE, _LIST_HEAD, _ROW, _FOOT = 40, 104, 250, 76, 72, 72
_HEADING_PX, _TITLE_PX, _AMOUNT_PX, _NOTE_PX, _ROW_PX, _FOOTING_PX = 40, 36, 112, 38, 36, 34
_WORD_PX = 72
"""Of what is written large and is no number, so that it keeps its distance in every script."""
_COLOURS: Final = 64
"""Of which most are the edges of letters."""
_BAR_PX, _THIN_PX = 36, 24
_NAME_WIDE, _AMOUNT_WIDE, _GAP = 330, 150, 20
_GROUND, _TRACK, _EDGE = (18, 11, 33), (45, 34, 74), (98, 80, 140)
_PLAIN, _TITLE = (190, 178, 218), (244, 239, 255)
_OURS, _MINE, _FAINT = (142, 114, 255), (255, 122, 89), (104, 88, 150)
_Colour = tuple[int, int, int]


def draw_pot(drawing: PotDrawing) -> bytes:
    """A PNG of the drawing, as high as what it shows."""
    below = (_LIST_HEAD + _ROW * len(drawing.bars) + 16) if drawing.bars else 0
    foot = _FOOT if drawing.footing else 24
    height = _HEAD + _GAUGE * len(drawing.gauges) + below + foot
    picture = Image.new("RGB", (WIDTH, height), _GROUND)
    pen = ImageDraw.Draw(picture)
    room_px = WIDTH - 2 * _MARGIN
    write(pen, (_MARGIN, 70), fitted(drawing.heading, _HEADING_PX, room_px), _HEADING_PX, _TITLE)
    top = _HEAD
    for gauge in drawing.gauges:
        _gauge(pen, gauge, top)
        top += _GAUGE
    if drawing.bars:
        write(pen, (_MARGIN, top + 46), fitted(drawing.list_title, _TITLE_PX, room_px), _TITLE_PX, _PLAIN)
        top += _LIST_HEAD
        for bar in drawing.bars:
            _line(pen, bar, top)
            top += _ROW
    if drawing.footing:
        line = fitted(drawing.footing, _FOOTING_PX, room_px)
        write(pen, (_MARGIN, height - 30), line, _FOOTING_PX, _PLAIN)
    file = io.BytesIO()
    picture.quantize(_COLOURS).save(file, "PNG", optimize=True)
    return file.getvalue()


def _gauge(pen: ImageDraw.ImageDraw, gauge: Gauge, top: int) -> None:
    colour, room_px = _MINE if gauge.mine else _OURS, WIDTH - 2 * _MARGIN
    write(pen, (_MARGIN, top + 34), fitted(gauge.title, _TITLE_PX, room_px), _TITLE_PX, _PLAIN)
    size_px = _AMOUNT_PX if gauge.amount.removeprefix("−")[:1].isdigit() else _WORD_PX
    amount = fitted(gauge.amount, size_px, room_px * 0.7)
    wide = write(pen, (_MARGIN, top + 146), amount, size_px, _TITLE)
    note = fitted(gauge.note, _NOTE_PX, room_px - wide - _GAP)
    write(pen, (_MARGIN + wide + _GAP, top + 146), note, _NOTE_PX, _PLAIN)
    _bar(pen, (_MARGIN, top + 172, WIDTH - _MARGIN, top + 172 + _BAR_PX), gauge.filled, colour)


def _line(pen: ImageDraw.ImageDraw, bar: Bar, top: int) -> None:
    foot, middle = top + 48, top + 36
    name = fitted(bar.name, _ROW_PX, _NAME_WIDE)
    write(pen, (_MARGIN, foot), name, _ROW_PX, _TITLE if bar.mine else _PLAIN)
    left, right = _MARGIN + _NAME_WIDE + _GAP, WIDTH - _MARGIN - _AMOUNT_WIDE - _GAP
    half = _THIN_PX // 2
    _bar(pen, (left, middle - half, right, middle + half), bar.filled, _MINE if bar.mine else _OURS)
    amount = fitted(bar.amount, _ROW_PX, _AMOUNT_WIDE)
    write(pen, (WIDTH - _MARGIN - width_px(amount, _ROW_PX), foot), amount, _ROW_PX, _TITLE)


def _bar(
    pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], filled: float | None, colour: _Colour
) -> None:
    """A track and what is filled of it; dashes where there is no end to it."""
    left, top, right, bottom = box
    round_px = (bottom - top) // 2
    pen.rounded_rectangle(box, round_px, fill=_TRACK)
    if filled is None:
        for at in range(left + 14, right - 40, 60):
            pen.rounded_rectangle((at, top + 10, at + 34, bottom - 10), 6, fill=_FAINT)
    elif filled > 0:
        # What is there is seen, however little it is.
        reach = left + max(bottom - top, round((right - left) * min(1.0, filled)))
        pen.rounded_rectangle((left, top, reach, bottom), round_px, fill=colour)
    pen.rounded_rectangle(box, round_px, outline=_EDGE, width=2)

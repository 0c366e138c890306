"""Words on pictures, in any script: never an empty box, whatever a person is called.

Two fonts lie beside this file: Noto Sans for Latin, Greek and Cyrillic, and a cut of Noto Sans CJK for
Chinese, Japanese and Korean. What neither has is written in Latin letters (a Thai or Arabic name about as it
sounds); emoji are left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from anyascii import anyascii
from PIL import ImageDraw, ImageFont, features

_FOLDER: Final = Path(__file__).with_name("fonts")
_FILES: Final = (_FOLDER / "NotoSans.ttf", _FOLDER / "NotoSansCJK.otf")
_PROBE_PX: Final = 16
_KANA: Final = re.compile("[\u3041-\u30ff\u31f0-\u31ff]")
_PILE: Final = re.compile("([\u0300-\u036f])[\u0300-\u036f]+")
"""Accents upon accents: the first is a letter's, the others would grow into the lines above and below."""
_NOTHING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Me"})
"""Categories of what has no look of its own: controls, joiners, holes in Unicode, frames around letters."""
_ELLIPSIS: Final = "…"
_UNREADABLE: Final = "?"


@lru_cache(maxsize=64)
def font(size_px: int, which: int = 0) -> ImageFont.FreeTypeFont:
    """The font for Latin (0), which has all digits and signs, or for East Asia (1)."""
    return ImageFont.truetype(_FILES[which], size_px)


@cache
def _unknown(which: int) -> bytes:
    """What a font draws for a character that it has not; no font has U+FFFF, which is none."""
    return _shape("\uffff", which)


@cache
def _probe(which: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FILES[which], _PROBE_PX, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def font_of(character: str) -> int | None:
    """The first font that has it; none where both would draw their empty box."""
    if unicodedata.category(character) in ("Cc", "Cn", "Cs"):
        return None
    return next((which for which in range(len(_FILES)) if _shape(character, which) != _unknown(which)), None)


def _shape(character: str, which: int) -> bytes:
    mask: Any = _probe(which).getmask(character)
    return bytes(mask)


def readable(text: str) -> str:
    """The text in one line and in characters that can be drawn.

    Fancy letters become plain ones, unknown scripts Latin, emoji go: where nothing else is there, their
    names stay. Never empty for a text that is not.
    """
    line = _PILE.sub(r"\1", unicodedata.normalize("NFC", " ".join(text.split())))
    drawn = " ".join("".join(map(_readable, line)).split())
    return drawn or anyascii(line).replace("::", " ").strip(": ") or _UNREADABLE * bool(line)


@lru_cache(maxsize=8192)
def _readable(character: str) -> str:
    """One character, in its own shape or in one that stands for it."""
    category = unicodedata.category(character)
    if category in _NOTHING:
        return ""
    if font_of(character) is not None:
        return character
    if category in ("So", "Sk"):  # emoji, flags, skin tones; ♪ and ♥ are in the fonts
        return ""
    plain = unicodedata.normalize("NFKC", character)
    if all(font_of(each) is not None for each in plain):
        return plain
    return anyascii(character) or ("" if category.startswith("M") else _UNREADABLE)


def _runs(text: str) -> list[tuple[int, str]]:
    """Pieces of the text that one font has; blanks and accents stay with what is before them."""
    runs: list[tuple[int, str]] = []
    for character in text:
        which = font_of(character) or 0
        if runs and (which == runs[-1][0] or character.isspace() or unicodedata.combining(character)):
            runs[-1] = (runs[-1][0], runs[-1][1] + character)
        else:
            runs.append((which, character))
    return runs


def width_px(text: str, size_px: int) -> float:
    """How wide :func:`write` draws it."""
    return sum(font(size_px, which).getlength(run) for which, run in _runs(readable(text)))


def fitted(text: str, size_px: int, most_px: float) -> str:
    """The text, with an ellipsis where it is cut because it would be wider than ``most_px``."""
    text = readable(text)
    if width_px(text, size_px) <= most_px:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width_px(text[:middle].rstrip() + _ELLIPSIS, size_px) <= most_px
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + _ELLIPSIS


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size_px: int,
    fill: tuple[int, ...] | str,
    anchor: str = "ls",
) -> float:
    """Draw a line of text and return its width in pixels.

    ``anchor`` is as Pillow's: l, m or r across; a (top), m (middle) or s (the line it stands on) down. Han
    characters beside kana have their Japanese form, others that of the mainland.
    """
    text = readable(text)
    ascent, descent = font(size_px).getmetrics()
    wide = width_px(text, size_px)
    left = at[0] - wide * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
    foot = at[1] + {"a": float(ascent), "m": (ascent - descent) / 2, "s": 0.0}[anchor[1]]
    tongue = "ja" if _KANA.search(text) and features.check("raqm") else None
    for which, run in _runs(text):
        pen.text((left, foot), run, fill, font(size_px, which), "ls", language=tongue)
        left += font(size_px, which).getlength(run, language=tongue)
    return wide

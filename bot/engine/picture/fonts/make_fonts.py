"""Cuts the two fonts of pictures out of Noto's: ``python make_fonts.py NOTO_SANS.ttf NOTO_SANS_CJK.ttc``.

Only for developers; needs ``fonttools``, which nothing else here does. The first is Noto Sans 2.015 with its
axes (``NotoSans[wdth,wght].ttf``), the second Noto Sans CJK 2.004 Regular; both stand under the SIL Open
Font License, see LICENSE. Kept are Latin, Greek and Cyrillic of the first, and of the second what the
national standards hold: GB 2312, the first level of Big5, JIS X 0208 and the syllables of KS X 1001, with the
forms that Japanese has of its own.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LATIN, EAST_ASIAN = HERE / "NotoSans.ttf", HERE / "NotoSansCJK.otf"
_SIMPLIFIED = 2
"""Which face of the collection: Chinese as in the mainland, where nothing asks for another form."""

_ROWS = range(0xA1, 0xFF)
_STANDARDS = (
    ("gb2312", _ROWS, _ROWS),
    ("big5", range(0xA1, 0xC7), [*range(0x40, 0x7F), *_ROWS]),
    ("euc_jp", _ROWS, _ROWS),
    ("euc_kr", range(0xB0, 0xC9), _ROWS),
)
_BLOCKS = (
    (0x0020, 0x0530),  # Latin, phonetic, Greek, Cyrillic
    (0x1E00, 0x2070),  # Latin and Greek with more accents, punctuation
    (0x20A0, 0x2670),  # money, arrows, mathematics, boxes, notes, hearts
    (0x2700, 0x27C0),
    (0x3000, 0x3130),  # kana, bopomofo
    (0x31F0, 0x3200),
    (0xFF00, 0xFFF0),
)


def wanted() -> set[int]:
    """The code points to keep, of those that a font has."""
    found = {point for low, high in _BLOCKS for point in range(low, high)}
    for codec, leads, trails in _STANDARDS:
        pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
        texts = (pair.decode(codec, "ignore") for pair in pairs)
        found.update(ord(text) for text in texts if len(text) == 1)
    return found


def cut(font: Any, features: list[str], scripts: list[str], file: Path) -> None:
    """Keep what is wanted of a font and write it."""
    subset: Any = importlib.import_module("fontTools.subset")
    options = subset.Options(
        layout_features=features, layout_scripts=scripts, hinting=False, name_IDs=["*"], notdef_outline=True
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    font.save(file)


def main(latin: str, east_asian: str) -> None:
    """Write both files."""
    fonts: Any = importlib.import_module("fontTools.ttLib")
    instancer: Any = importlib.import_module("fontTools.varLib.instancer")
    plain = instancer.instantiateVariableFont(fonts.TTFont(latin), {"wght": 400, "wdth": 100})
    cut(plain, ["kern", "mark", "mkmk", "ccmp"], ["*"], LATIN)
    collection = fonts.TTFont(east_asian, fontNumber=_SIMPLIFIED)
    scripts = [f"{script}.{tongue}" for script in ("hani", "kana") for tongue in ("dflt", "JAN")]
    cut(collection, ["kern", "locl"], ["DFLT.dflt", "latn.dflt", *scripts], EAST_ASIAN)


if __name__ == "__main__":
    main(*sys.argv[1:])

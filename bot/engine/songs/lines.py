"""Lines of lyrics to lines that can be sung in one breath."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.engine.singing import syllables
from bot.engine.spec import MAX_LINE_CHARACTERS

if TYPE_CHECKING:
    from bot.engine.singing import Syllable

_PAUSES = re.compile(r"(?<=[,;:.!?，、；：。！？…])\s*")
_PIECE = re.compile(r"\S+\s*")
_LONGEST_SUNG, _LONGEST_RAPPED = 16, 22


@dataclass(frozen=True, slots=True)
class LyricLine:
    """A line as it was written (or a part of a long one) with its syllables, one or more."""

    text: str
    syllables: tuple[Syllable, ...]

    @property
    def size(self) -> int:
        """Return the number of syllables."""
        return len(self.syllables)


@lru_cache(maxsize=2048)
def syllables_of(text: str) -> tuple[Syllable, ...]:
    """Return the syllables of a text; the same text is only looked up once."""
    return tuple(syllables(text))


def breath_lines(lines: tuple[str, ...], *, rapped: bool = False) -> list[LyricLine]:
    """Return the lines that can be sung, long ones in parts of a breath each; soundless ones are left out."""
    longest = _LONGEST_RAPPED if rapped else _LONGEST_SUNG
    parts = [part for line in lines for part in _in_breaths(line.strip(), longest)]
    sung = [LyricLine(part, syllables_of(part)) for part in parts]
    return [line for line in sung if line.syllables]


def _in_breaths(line: str, longest: int) -> list[str]:
    if len(syllables_of(line)) <= longest and len(line) <= MAX_LINE_CHARACTERS:
        return [line]
    for splitter in (_at_pauses, _at_words, _at_characters):
        pieces = splitter(line)
        if len(pieces) > 1:
            return [part for half in _halves(pieces) for part in _in_breaths(half, longest)]
    return [line]


def _at_pauses(line: str) -> list[str]:
    return [piece for piece in _PAUSES.split(line) if piece.strip()]


def _at_words(line: str) -> list[str]:
    return _PIECE.findall(line)


def _at_characters(line: str) -> list[str]:
    return list(line)


def _halves(pieces: list[str]) -> tuple[str, str]:
    """Join pieces into two lines of about the same number of syllables."""
    sizes = [len(syllables_of(piece)) for piece in pieces]
    if not any(sizes):
        sizes = [len(piece) for piece in pieces]
    half, total, reached = sum(sizes) / 2.0, 0, 0
    for place, size in enumerate(sizes[:-1]):
        if place and abs(total + size - half) > abs(total - half):
            break
        total += size
        reached = place + 1
    return _joined(pieces[:reached]), _joined(pieces[reached:])


def _joined(pieces: list[str]) -> str:
    text = "".join(pieces)
    spaced = any(piece.endswith(" ") for piece in pieces) or len(max(pieces, key=len)) == 1
    return text.strip() if spaced or not text.isascii() else " ".join(piece.strip() for piece in pieces)

"""A text as those see it who want to know which words are in it, however they are written.

A folded text has two streams. In ``letters`` each character is the letters that it is; in ``looks`` it is
what it is taken for, with signs and digits that are written for letters among them. Both are needed: a
capital Н is an н to who reads Russian, and an H to who does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from bot.safety.lookalikes import INSTEAD, LOOSE, is_accent, is_invisible, letters_in, taken_for

NONE, JOINER, SPACE, APOSTROPHE, SENTENCE = range(5)
"""What stands before a letter: nothing, a sign within a word, blanks, an apostrophe, punctuation."""
LETTER, DIGIT, SIGN, UNSPACED = range(4)
"""Kinds of letters; ``UNSPACED`` are those of languages that put no blanks between words."""

_APOSTROPHES: Final = frozenset("'’‘ʼ`´′")
_SENTENCE: Final = frozenset(',;:?"“”„«»()，。、！？；：…「」『』（）')
_HALF_WIDTH: Final = re.compile("[\uff66-\uff9f]+")
"""Kana of half width, whose sound marks are characters of their own."""
_DASHES: Final = frozenset("-‐‑‒–—―−─━－ｰ")
_MERGED: Final = str.maketrans({"i": "l", "g": "b", "q": "b", "v": "u"})
"""Letters for which the same sign may stand are one while candidates are sought, and told apart then."""
_UNSPACED: Final = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3005, 0x3007)),
    *((0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One letter of a stream, before it stands anywhere."""

    likely: str
    """What it is sought as."""
    may_be: frozenset[str]
    """All that it stands for."""
    at_most: frozenset[str]
    """All that a strict reader takes it for."""
    kind: int


@dataclass(slots=True)
class Stream:
    """Letters in a row, by their places; every list has an item for each."""

    cells: list[Cell] = field(default_factory=list[Cell])
    at: list[int] = field(default_factory=list[int])
    """Where in ``Folded.text`` each comes from."""
    gaps: list[int] = field(default_factory=list[int])
    """What stands before each."""

    def put(self, cells: Sequence[Cell], at: int, gap: int) -> None:
        """Add the letters of one character."""
        for cell in cells:
            self.cells.append(cell)
            self.at.append(at)
            self.gaps.append(gap)
            gap = NONE

    @property
    def sought(self) -> str:
        """The letters, those merged that the same sign may stand for."""
        return "".join([cell.likely for cell in self.cells]).translate(_MERGED)


@dataclass(frozen=True)
class Folded:
    """A text that was folded."""

    text: str
    """Composed and without what nobody sees; positions count its characters."""
    letters: Stream
    looks: Stream

    @cached_property
    def plain(self) -> tuple[str, Sequence[int]]:
        """The text in its plainest letters, with its blanks and signs, and where each comes from."""
        told: list[str] = []
        at: list[int] = []
        for place, character in enumerate(self.text):
            plain = character.lower() if character.isascii() else plainest(character)
            told.append(plain)
            at.extend([place] * len(plain))
        return "".join(told), at


def clean(text: str) -> str:
    """The text composed, without characters that nobody sees."""
    if text.isascii() and text.isprintable():
        return text
    seen = "".join([each for each in text if not is_invisible(each)])
    return unicodedata.normalize("NFC", _HALF_WIDTH.sub(_full_width, seen))


def _full_width(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def plainest(character: str) -> str:
    """What a character beyond ASCII is taken for, else the letters in it; nothing for an accent."""
    if is_accent(character):
        return ""
    own = letters_in(character)
    return own if own and is_unspaced(own[0]) else taken_for(character) or own


def folded(text: str) -> str:
    """The text in its plainest letters. Folding it again changes nothing."""
    known = text
    for _ in range(4):
        told = fold(known).plain[0]
        told = unicodedata.normalize("NFC", told)
        if told == known:
            break
        known = told
    return known


def fold(text: str) -> Folded:
    """Both streams of a text."""
    text = clean(text)
    letters, looks = Stream(), Stream()
    gap_letters = gap_looks = NONE
    for place, character in enumerate(text):
        as_letters, as_looks = _cells(character)
        if not as_looks:
            if character in _DASHES and looks.cells and _is_kana(looks.cells[-1].likely):
                as_looks = (_LONG,)
            elif is_accent(character):
                continue
        told = _gap(character)
        if as_letters:
            letters.put(as_letters, place, gap_letters)
            gap_letters = NONE
        else:
            gap_letters = _wider(gap_letters, told)
        if as_looks:
            looks.put(as_looks if character != "I" else _capital_i(text, place), place, gap_looks)
            gap_looks = NONE
        else:
            gap_looks = _wider(gap_looks, told)
    return Folded(text, letters, looks)


def _wider(known: int, told: int) -> int:
    """What stands between two letters, of two signs: blanks before punctuation before all others."""
    if SPACE in (known, told):
        return SPACE
    if SENTENCE in (known, told):
        return SENTENCE
    return told if known in (NONE, told) else JOINER


def _gap(character: str) -> int:
    if character.isspace():
        return SPACE
    if character in _APOSTROPHES:
        return APOSTROPHE
    return SENTENCE if character in _SENTENCE else JOINER


_LONG: Final = Cell("ー", frozenset("ー"), frozenset("ー"), UNSPACED)
_I: Final = Cell("i", frozenset("i"), frozenset("il"), LETTER)
_I_OR_L: Final = Cell("i", frozenset("il"), frozenset("il"), LETTER)


def _capital_i(text: str, place: int) -> tuple[Cell, ...]:
    """An I among small letters may be an l."""
    beside = text[max(0, place - 1) : place + 2]
    return (_I_OR_L if any(each.islower() for each in beside) else _I,)


def _is_kana(letter: str) -> bool:
    return "\u3040" <= letter <= "\u30ff"


def is_unspaced(letter: str) -> bool:
    """Whether it belongs to a language that puts no blanks between words."""
    code = ord(letter)
    return code >= 0xE00 and any(low <= code <= high for low, high in _UNSPACED)


@lru_cache(maxsize=16384)
def _cells(character: str) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """What one character puts into either stream."""
    if is_accent(character) or character.isspace():
        return (), ()
    if character.isascii():
        own = character.lower()
        wide = frozenset((own, *INSTEAD.get(own, ""), *LOOSE.get(own, "")))
        may_be = frozenset((own, *INSTEAD.get(own, "")))
        if own.isalpha():
            return (_of(own),), (Cell(own, frozenset(own), wide, LETTER),)
        likely = INSTEAD.get(own, own)[0]
        seen = (Cell(likely, may_be, wide, DIGIT if own.isdigit() else SIGN),)
        return ((_of(own),), seen) if own.isdigit() else ((), seen if own in INSTEAD else ())
    return _beyond_ascii(character)


def _beyond_ascii(character: str) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    own, seen = letters_in(character), taken_for(character)
    if len(own) == 1 and own.isascii():
        return _cells(own)  # of another width or shape
    category = unicodedata.category(character)
    is_letter = category[0] in "LNM" and own != ""
    letters = tuple(_of(each) for each in own if _counts(each)) if is_letter else ()
    if not is_letter and not seen and category != "So" and character not in INSTEAD:
        if own == character or not own:
            return (), ()
        inner = [_cells(each) for each in own]  # ％ is a %, ⑴ is (1)
        return tuple(each for cells, _ in inner for each in cells), tuple(
            e for _, cells in inner for e in cells
        )
    if len(seen) > 1 or (seen and len(own) != 1):
        return letters, tuple(_of(each) for each in seen)
    if not seen and len(own) > 1:
        return letters, letters
    return letters, (_look(own or character, seen, character, letters),)


def _look(own: str, seen: str, character: str, letters: Sequence[Cell]) -> Cell:
    """The one cell of a character that looks like one letter."""
    may_be = {own, *seen}
    if seen == "l":
        may_be.add("i")  # what looks like a bar is read as either
    likely = seen or INSTEAD.get(character, own)[0]
    at_most = may_be | set(LOOSE.get(own, "")) | set(INSTEAD.get(seen, ""))
    if character in INSTEAD:
        may_be |= set(INSTEAD[character])
        at_most |= may_be
    if not seen and own in LOOSE and character not in INSTEAD:
        likely = LOOSE[own]
    likely = INSTEAD[likely][0] if likely in INSTEAD and not likely.isalpha() and seen else likely
    kind = letters[0].kind if letters else SIGN
    return Cell(likely, frozenset(may_be), frozenset(at_most), kind)


def _of(letter: str) -> Cell:
    """A letter that is nothing but itself."""
    kind = UNSPACED if is_unspaced(letter) else DIGIT if letter.isdigit() else LETTER
    return Cell(letter, frozenset(letter), frozenset(letter), kind)


def _counts(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"

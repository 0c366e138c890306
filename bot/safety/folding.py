"""A text as those see it who want to know which words are in it, however they are written.

A folded text has two streams. In ``letters`` each character is the letters that it is; in ``looks`` it is
what it is taken for, with signs and digits that are written for letters among them. Both are needed: a
capital Н is an н to who reads Russian, and an H to who does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from bot.safety.lookalikes import (
    INSTEAD,
    LOOSE,
    TOGETHER,
    is_accent,
    is_invisible,
    letters_in,
    loose_looks,
    skeleton,
    taken_for,
)

NONE, JOINER, SPACE, APOSTROPHE, SENTENCE = range(5)
"""What stands before a letter: nothing, a sign within a word, blanks, an apostrophe, punctuation."""
LETTER, DIGIT, SIGN, UNSPACED = range(4)
"""Kinds of letters; ``UNSPACED`` are those of languages that put no blanks between words."""

_APOSTROPHES: Final = frozenset("'’‘ʼ`´′")
_SENTENCE: Final = frozenset(',;:?"“”„«»()，。、！？；：…「」『』（）')
_HALF_WIDTH: Final = re.compile("[\uff66-\uff9f]+")
"""Kana of half width, whose sound marks are characters of their own."""
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f]+")
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TOGETHER: Final = re.compile(
    "|".join(map(re.escape, sorted(TOGETHER, key=len, reverse=True))), re.IGNORECASE
)
_STROKES: Final = frozenset(("ー", "/"))
"""What dashes and slashes are taken for among kana."""
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


@dataclass(frozen=True, slots=True)
class Seen:
    """One character of a text, as each stream has it."""

    letters: tuple[Cell, ...]
    looks: tuple[Cell, ...]
    gap: int
    """What it is between letters, where it is none itself."""
    is_sign: bool
    """Whether it is one of ASCII's signs, which stand for letters or between them."""


class Stream:
    """Letters in a row, by their places; every list has an item for each."""

    def __init__(
        self, seen: Iterable[tuple[tuple[Cell, ...], int, int]], begins: Mapping[int, int] | None = None
    ) -> None:
        """Lay it out from the letters of each character, what it is between letters, and its place.

        Args:
            seen: These.
            begins: Where letters of several characters begin, by the places of their last ones, which count.
        """
        self.cells: list[Cell] = []
        self.at: list[int] = []
        """Where in ``Folded.text`` each comes from."""
        self._begins = begins or {}
        self.gaps: list[int] = []
        """What stands before each."""
        cells, places, gaps = self.cells, self.at, self.gaps
        before = NONE
        for told, gap, place in seen:
            if not told:
                before = gap if before == NONE else _wider(before, gap)
                continue
            for cell in told:
                cells.append(cell)
                places.append(place)
                gaps.append(before)
                before = NONE
        self.kinds = [cell.kind for cell in cells]
        self.sought = "".join([cell.likely for cell in cells]).translate(_MERGED)
        """The letters, those merged that the same sign may stand for."""

    def span(self, first: int, behind: int) -> tuple[int, int]:
        """Where in ``Folded.text`` these letters begin and end."""
        place = self.at[first]
        return self._begins.get(place, place), self.at[behind - 1] + 1


@dataclass(frozen=True)
class Folded:
    """A text that was folded."""

    text: str
    """Composed and without what nobody sees; positions count its characters."""
    seen: Sequence[tuple[Seen, int]]
    """Its characters with their places, those left out that only change others."""

    @cached_property
    def streams(self) -> Sequence[Stream]:
        """All streams that differ."""
        drawn = () if self.drawn is None else (self.drawn,)
        if all(each.letters is each.looks or each.letters == each.looks for each, _ in self.seen):
            return (self.letters, *drawn)
        if self.text.isascii() or not any(each.is_sign for each, _ in self.seen):
            return (self.letters, self.looks, *drawn)
        return (self.letters, self.looks, self.unsigned, *drawn)

    @cached_property
    def letters(self) -> Stream:
        """What each character is."""
        return Stream([(each.letters, each.gap, place) for each, place in self.seen])

    @cached_property
    def looks(self) -> Stream:
        """What each is taken for, signs included."""
        return Stream([(each.looks, each.gap, place) for each, place in self.seen])

    @cached_property
    def unsigned(self) -> Stream:
        """As ``looks``, with the signs of ASCII as what stands between letters."""
        return Stream([(() if each.is_sign else each.looks, each.gap, place) for each, place in self.seen])

    @cached_property
    def drawn(self) -> Stream | None:
        """As ``looks``, with letters that several characters are drawn to look like; None: there are none."""
        found = {match.start(): match for match in _TOGETHER.finditer(self.text)}
        if not found:
            return None
        laid_out: list[tuple[tuple[Cell, ...], int, int]] = []
        after = 0
        for each, place in self.seen:
            if place < after:
                continue
            if (match := found.get(place)) is None:
                laid_out.append((each.looks, each.gap, place))
                continue
            after = match.end()
            cells, _ = _cells(TOGETHER[match[0].lower()])
            laid_out.append((cells, NONE, after - 1))
        return Stream(laid_out, {match.end() - 1: place for place, match in found.items()})

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


def without_controls(text: str) -> str:
    """The text without control characters, which become blanks, and without marks and overrides of direction.

    Those turn what stands around them; joiners stay, without which some emoji and scripts fall apart.
    """
    return _CONTROLS.sub(" ", _TURNING.sub("", text))


def _full_width(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def plainest(character: str) -> str:
    """What a character beyond ASCII is taken for, else the letters in it; nothing for an accent."""
    if is_accent(character):
        return ""
    own = letters_in(character)
    seen = taken_for(character)
    return own if (own and is_unspaced(own[0])) or not seen.isalnum() else seen


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
    """All that can be read in a text."""
    text = clean(text)
    seen: list[tuple[Seen, int]] = []
    for place, character in enumerate(text):
        known = _seen(character)
        if known is None:
            continue
        if character in "Il":
            known = _bar(text, place)
        elif not known.looks and known.gap != SPACE:
            known = _stroke(text, place) or known
        seen.append((known, place))
    return Folded(text, seen)


@lru_cache(maxsize=16384)
def _seen(character: str) -> Seen | None:
    """A character by itself; None for an accent."""
    if is_accent(character):
        return None
    letters, looks = _cells(character)
    return Seen(letters, looks, _gap(character), character.isascii() and not letters)


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


_I: Final = Cell("i", frozenset("i"), frozenset("il"), LETTER)
_L: Final = Cell("l", frozenset("l"), frozenset("l"), LETTER)
_I_OR_L: Final = Cell("i", frozenset("il"), frozenset("il"), LETTER)


def _bar(text: str, place: int) -> Seen:
    """An I among small letters may be an l, and an l among capitals an I."""
    before = next((each for each in reversed(text[:place]) if not is_accent(each)), " ")
    beside = before + text[place + 1 : place + 2]
    is_small = any(each.islower() for each in beside)
    if text[place] == "I":
        return _BARS["I", is_small]
    return _BARS["l", is_small or not any(each.isalpha() for each in beside)]


_BARS: Final = {
    ("I", True): Seen((_I,), (_I_OR_L,), JOINER, is_sign=False),
    ("I", False): Seen((_I,), (_I,), JOINER, is_sign=False),
    ("l", True): Seen((_L,), (_L,), JOINER, is_sign=False),
    ("l", False): Seen((_L,), (_I_OR_L,), JOINER, is_sign=False),
}


def _stroke(text: str, place: int) -> Seen | None:
    """A dash or slash among kana is the kana that looks so."""
    character = text[place]
    if character in "-_|" or taken_for(character) not in _STROKES or not _is_among_kana(text, place):
        return None
    stroke = _look(character, taken_for(character), character, UNSPACED)
    return Seen((), (stroke,), _gap(character), character.isascii())


def _is_among_kana(text: str, place: int) -> bool:
    beside = text[max(0, place - 3) : place] + text[place + 1 : place + 4]
    return any(map(is_unspaced, beside))


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
        return _of_ascii(character.lower())
    own, seen = letters_in(character), taken_for(character)
    category = unicodedata.category(character)
    letters = tuple(_of(each) for each in own if _counts(each)) if category[0] in "LNM" else ()
    if not letters and category != "So" and not seen.isalnum() and own not in INSTEAD:
        inner = [_cells(each) for each in own if each != character]  # ％ is a %, ⑴ is (1)
        return tuple(e for cells, _ in inner for e in cells), tuple(e for _, cells in inner for e in cells)
    if len(seen) > 1 and seen.isalnum():
        return letters, tuple(_look(each, each, each, LETTER) for each in seen)
    return letters, (_look(own, seen, character, letters[0].kind if letters else SIGN),)


def _of_ascii(own: str) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    instead = INSTEAD.get(own, "")
    if own.isalpha():
        told = (Cell(own, frozenset(own), frozenset((own, *LOOSE.get(own, ""))), LETTER),)
        return told, told
    may_be = frozenset((own, *instead, like(own)))
    seen = (Cell((instead or own)[0], may_be, may_be, DIGIT if own.isdigit() else SIGN),)
    return ((_of(own),), seen) if own.isdigit() else ((), seen if instead else ())


def _look(own: str, seen: str, character: str, kind: int) -> Cell:
    """The one cell of a character that looks like one letter."""
    instead = INSTEAD.get(character, "") or INSTEAD.get(own, "")
    may_be = {like(character), *instead}
    may_be |= {each for each in (own, seen) if len(each) == 1}
    may_be |= {"i"} if seen == "l" else set()
    loose = LOOSE.get(own, "") + loose_looks().get(seen, "")
    likely = loose_looks().get(seen, seen) or own or character
    likely = INSTEAD.get(likely, likely)
    return Cell(likely[0], frozenset(may_be), frozenset((*may_be, *loose, *INSTEAD.get(seen, ""))), kind)


def like(character: str) -> str:
    """The mark by which characters that look the same know each other; no letter is equal to it."""
    return f"={skeleton(character)}"


def _of(letter: str) -> Cell:
    """A letter that is nothing but itself."""
    kind = UNSPACED if is_unspaced(letter) else DIGIT if letter.isdigit() else LETTER
    return Cell(letter, frozenset(letter), frozenset(letter), kind)


def _counts(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"

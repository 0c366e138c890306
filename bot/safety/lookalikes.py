"""What a single character stands for: the plain letters in it, and the letters that it is taken for.

Look-alikes are those of Unicode's security mechanisms (UTS #39, ``confusables.txt``; ``tables`` has that one,
regrouped, under Unicode's licence), letters named after a Latin one (small capitals, squared letters, strokes
through letters), and digits and signs as people write them for letters.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

INSTEAD: Final[Mapping[str, str]] = {
    **{"0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g"},
    **{"@": "a", "$": "s", "!": "i", "|": "il", "+": "t", "(": "c", "<": "c", "[": "c", "{": "c", "#": "h"},
    **{"€": "e", "£": "l", "¥": "y", "¢": "c", "©": "c", "®": "r", "¡": "i", "§": "s", "×": "x", "°": "o"},
}
"""Digits and signs that people write for letters; the first of several is the likeliest."""

_MORE: Final[Mapping[str, str]] = {
    **{"ƅ": "b", "ß": "b", "β": "b", "м": "m", "ʍ": "m", "ĸ": "k", "ꞓ": "e", "ɜ": "3", "μ": "u", "θ": "o"},
    **{"ᗩ": "a", "ᑕ": "c", "ᗴ": "e", "ᕮ": "e", "ᘜ": "g", "ᑫ": "q", "ᔕ": "s", "ᖻ": "y", "ᘔ": "z", "ѡ": "w"},
    **{"ո": "n", "ɛ": "e", "Ꮆ": "g", "Ꮑ": "n", "Ꮕ": "n", "Ꮖ": "t", "Ꮭ": "l", "Ꮔ": "u"},
    **{"ω": "w", "Σ": "e", "Ʃ": "e", "ʌ": "v", "Ʌ": "a", "Λ": "a", "Δ": "a", "ə": "e", "ɐ": "a", "ſ": "s"},
}
"""Look-alikes that Unicode's table lacks, or leads on to another character that no keyboard has."""

TOGETHER: Final[Mapping[str, str]] = {
    **{
        "vv": "w",
        "\\/\\/": "w",
        "\\/": "v",
        "/\\": "a",
        "/\\/\\": "m",
        "|\\/|": "m",
        "|v|": "m",
        "/\\/": "n",
    },
    **{"|\\|": "n", "|3": "b", "|)": "d", "|=": "f", "|-|": "h", "|<": "k", "|{": "k", "()": "o"},
    **{"[]": "o", "|2": "r", "|_|": "u", "><": "x"},
}
"""Several characters that are drawn to look like one letter; none that words have side by side, like rn."""

LOOSE: Final[Mapping[str, str]] = {
    **{"v": "u", "u": "v", "я": "r", "и": "n", "ш": "w", "щ": "w", "д": "a", "ц": "u", "э": "e", "п": "n"},
    **{"л": "n", "б": "b", "з": "e", "г": "r", "λ": "a", "ξ": "e", "π": "n", "ψ": "w", "φ": "o", "ч": "y"},
}
"""What only a strict reader takes for a letter."""

_NAMED: Final = re.compile(
    r"(?:LATIN (?:LETTER SMALL CAPITAL|(?:CAPITAL|SMALL) LETTER)|REGIONAL INDICATOR SYMBOL LETTER) ([A-Z])$"
)
_MARKS: Final = (
    *((0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F)),
    *((0x0670, 0x0670), (0x06D6, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF)),
    *((0x3099, 0x309A), (0xFE20, 0xFE2F)),
)
"""Accents and points that words can do without; the vowel signs of Indian scripts are none of them."""
_BLANK: Final = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u034f\u061c\u180b\u180c\u180d\u180e\u180f")
"""Characters that show nothing though their category is that of letters or marks."""
_SMALL_KANA: Final = dict(zip("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ", strict=True))


def is_invisible(character: str) -> bool:
    """Whether it shows nothing and parts nothing: joiners, direction marks, variation selectors, tags."""
    code = ord(character)
    if code < 0x80:
        return code < 0x20 and character not in "\t\n\r\x0b\x0c"
    if character in _BLANK or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF:
        return True
    return unicodedata.category(character) in {"Cf", "Cc"} and character != "\x85"


def is_accent(character: str) -> bool:
    """Whether it is an accent or a point, which words can do without."""
    code = ord(character)
    if code < 0x300 or not any(low <= code <= high for low, high in _MARKS):
        return False
    return unicodedata.category(character) in {"Mn", "Me"}


def without_accents(text: str) -> str:
    """The text without its accents; kana keep their sound marks, which make other syllables of them."""
    kept: list[str] = []
    for character in text:
        if is_accent(character):
            continue
        parts = unicodedata.normalize("NFD", character)
        kept.append(character if len(parts) > 1 and parts[1] in "\u3099\u309a" else _bare(parts))
    return unicodedata.normalize("NFC", "".join(kept))


def _bare(parts: str) -> str:
    return "".join(part for part in parts if not is_accent(part))


@lru_cache(maxsize=16384)
def letters_in(character: str) -> str:
    """The plain letters in a character: compatible forms, case, accents and kinds of kana taken off."""
    known = character
    for _ in range(4):
        told = unicodedata.normalize("NFKC", known).casefold()
        told = without_accents(unicodedata.normalize("NFKC", told))
        told = "".join(map(_plain, told))
        if told == known:
            break
        known = told
    return known


def _plain(character: str) -> str:
    code = ord(character)
    if 0x30A1 <= code <= 0x30F6:
        character = chr(code - 0x60)
    if code > 0x80 and (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    return _SMALL_KANA.get(character, character)


@lru_cache(maxsize=16384)
def skeleton(character: str) -> str:
    """What a character looks like as it is written, by Unicode's table: what has the same is taken for it.

    Accents are left out. It is no text to be read: that of ``m`` is ``rn``.
    """
    table = _table()
    if character in table:
        return _looks_of(character)
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and not any(part in table for part in unicodedata.normalize("NFD", character)):
        return "".join(map(_looks_of, without_accents(plain)))
    return _looks_of(character)


def _looks_of(character: str) -> str:
    table = _table()
    parts = unicodedata.normalize("NFD", character)
    seen = unicodedata.normalize("NFD", "".join(table.get(part, part) for part in parts))
    kana = len(parts) > 1 and parts[1] in "\u3099\u309a"
    return seen if kana else _bare(seen)


@lru_cache(maxsize=16384)
def taken_for(character: str) -> str:
    """The letters that a character is read as by its looks; the same for all of one skeleton."""
    kana = _katakana(letters_in(character))
    looks = skeleton(kana if len(kana) == 1 and "\u30a1" <= kana <= "\u30f6" else character)
    return _read(looks)


@lru_cache(maxsize=16384)
def _read(looks: str) -> str:
    if looks == "rn":
        return "m"
    if looks[1:] in {"\u3099", "\u309a"}:
        return letters_in(unicodedata.normalize("NFC", looks))
    told = "".join(_letter(each) for each in looks)
    return told if told.isalnum() else looks


def _letter(character: str) -> str:
    known = letters_in(character)
    if character.isascii() or known.isascii():
        return known
    return letters_in(_MORE.get(character) or _MORE.get(known) or _named(character) or known)


@cache
def loose_looks() -> Mapping[str, str]:
    """What only a strict reader takes for a letter, by what it is read as otherwise."""
    return {
        taken_for(form): letter
        for own, letter in LOOSE.items()
        if not own.isascii()
        for form in (own.upper(), own)
        if not taken_for(form).isascii()
    }


def _katakana(text: str) -> str:
    return "".join(chr(ord(each) + 0x60) if 0x3041 <= ord(each) <= 0x3096 else each for each in text)


def _named(character: str) -> str:
    if len(character) != 1:
        return ""
    name = unicodedata.name(character, "")
    head = name.partition(" WITH ")[0]
    if found := _NAMED.search(head):
        return found[1].lower()
    if head == name:
        return ""
    try:
        return unicodedata.lookup(head)
    except KeyError:
        return ""


@cache
def _table() -> Mapping[str, str]:
    told = json.loads((Path(__file__).parent / "tables" / "confusables.json").read_text("utf-8"))
    looks: Mapping[str, str] = told["looks"]
    return {source: look for look, sources in looks.items() for source in sources}

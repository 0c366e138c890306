"""Lyrics as syllables: what is sung, in order, whatever else stands between."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from bot.engine.singing.chinese import character_syllables
from bot.engine.singing.english import word_syllables
from bot.engine.singing.numbers import chinese_number, english_number, ordinal, plural
from bot.engine.singing.phones import Syllable

_CHARACTERS = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKENS = re.compile(
    rf"(?P<characters>[{_CHARACTERS}]+)"
    r"|(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<ending>(?:st|nd|rd|th|s)(?![a-z]))?"
    r"|(?P<word>[a-z]+(?:'[a-z]+)*'?|'[a-z]+(?:'[a-z]+)*)"
    r"|(?P<sign>[&%+])",
    re.IGNORECASE,
)
_ANY_CHARACTER = re.compile(rf"[{_CHARACTERS}]")
_ANY_LATIN_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_SIGNS = {"&": "and", "%": "percent", "+": "plus"}
_SPELT_OUT = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}
)


def is_chinese(text: str) -> bool:
    """Return whether a text is Chinese more than anything else: as many characters as Latin words."""
    characters = len(_ANY_CHARACTER.findall(text))
    return characters > 0 and characters >= len(_ANY_LATIN_WORD.findall(text))


def syllables(text: str) -> list[Syllable]:
    """Return the syllables of a text in order; each takes one note. [] where there is nothing to sing.

    English words, Chinese characters and numbers are read; accents are dropped; other scripts, emoji and
    punctuation are passed over. Never raises, whatever the text.
    """
    plain = _without_accents(text.translate(_SPELT_OUT))
    said_in_chinese = is_chinese(plain)
    found: list[Syllable] = []
    for token in _TOKENS.finditer(plain):
        if token["characters"]:
            found += character_syllables(token["characters"])
        elif token["digits"]:
            found += _number(
                token["digits"].replace(",", ""), (token["ending"] or "").lower(), said_in_chinese
            )
        elif token["sign"]:
            found += _number_words([_SIGNS[token["sign"]]], token["sign"])
        else:
            found += word_syllables(token["word"])
    return found


def _without_accents(text: str) -> str:
    wide = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in wide if not unicodedata.combining(letter))


def _number(digits: str, ending: str, said_in_chinese: bool) -> list[Syllable]:
    if said_in_chinese and not ending:
        read = character_syllables(chinese_number(digits))
        return [replace(one, text=digits if place == 0 else "") for place, one in enumerate(read)]
    words = english_number(digits)
    if ending == "s":
        words[-1] = plural(words[-1])
    elif ending:
        words[-1] = ordinal(words[-1])
    return _number_words(words, digits + ending)


def _number_words(words: list[str], written: str) -> list[Syllable]:
    """Return the syllables of a number's words; all of what was written stands with the first."""
    said = [syllable for word in words for syllable in word_syllables(word)]
    return [replace(syllable, text=written if place == 0 else "") for place, syllable in enumerate(said)]

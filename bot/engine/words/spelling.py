"""Spelling: one way to write a prompt, and the known word that a plural, a compound or a typo stands for."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache

from bot.engine.words.lexicon_table import MIN_FUZZY_LETTERS, lexicon

_SYMBOLS = str.maketrans(
    {"’": "'", "‘": "'", "♯": "#", "♭": "b", "，": ",", "、": "/", "。": ".", "；": ";", "\ufe0f": ""}
)
_FUZZY_CUTOFF = 0.82
_MAX_FUZZY_LETTERS = 24
# Other spellings of "no": "w/o drums", "drum-free house", "techno, no-drums"; and of "or": "no drums/bass".
_PLAIN_SPELLINGS = (
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\b([a-z]+)-free\b"), r"no \1 ,"),
    (re.compile(r"\bno-(?=[a-z])"), "no "),
    (re.compile(r"/"), " / "),
)


def normalise(prompt: str) -> str:
    """Return a prompt in one spelling: compatibility forms folded, Latin accents dropped, case kept."""
    folded = unicodedata.normalize("NFKC", prompt).translate(_SYMBOLS)
    return " ".join("".join(map(_without_accent, folded)).split())


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() else character


def plain(text: str) -> str:
    """Return lower-case text with refusals spelled out and words of mixed script made whole."""
    for spelling, replacement in _PLAIN_SPELLINGS:
        text = spelling.sub(replacement, text)
    for mixed, alias in lexicon().mixed.items():
        text = text.replace(mixed, alias)
    return text


def closest(word: str) -> str | None:
    """Return the known word for a plural, a genitive, a compound or a typo, if there is one."""
    words = lexicon()
    stems = [word.removesuffix("'s"), word.removesuffix("s"), word + "s", word.replace("-", " ")]
    stems += word.split("-") if "-" in word else []
    for stem in stems:
        if stem in words.phrases:
            return stem
    if word in words.stopwords or word in words.no_typos:
        return None
    if not MIN_FUZZY_LETTERS <= len(word) <= _MAX_FUZZY_LETTERS:
        return None
    return _closest_spelling(word)


@lru_cache(maxsize=1024)
def _closest_spelling(word: str) -> str | None:
    # A typo rarely hits the first letter, which keeps the candidates few.
    candidates = [
        known for known in lexicon().fuzzy_by_letter.get(word[0], ()) if abs(len(known) - len(word)) <= 2
    ]
    found = difflib.get_close_matches(word, candidates, n=1, cutoff=_FUZZY_CUTOFF)
    return found[0] if found else None

"""Words with a vowel blotted out (``c*t``), as those read them who fill it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_MASK: Final = re.compile(r"(?<=[^\W\d_])[*＊✱∗•](?=[^\W\d_])")
_VOWELS: Final = (("\u0370", "\u03ff", "αειουηω"), ("\u0400", "\u04ff", "аеиоуыэюя"))
_LATIN: Final = "aeiouy"
_FAR: Final = 50
"""Characters; longer words end somewhere."""


def masked_parts(text: str, reach: int) -> Iterator[tuple[int, int, list[int]]]:
    """The parts of a text in which a sign stands for a letter: from where to where, and the places of signs.

    Args:
        text: What was written.
        reach: How many characters on both sides of a sign matter; words there are whole.
    """
    start, end, places = 0, 0, list[int]()
    for found in _MASK.finditer(text):
        place = found.start()
        if places and place - reach > end:
            yield start, end, places
            places = []
        if not places:
            start = _blank_before(text, max(0, place - reach), end)
        places.append(place)
        end = _blank_behind(text, min(len(text), place + reach))
    if places:
        yield start, end, places


def _blank_before(text: str, place: int, least: int) -> int:
    """Where the word begins in which a place is, unless that is far."""
    until = max(least, place - _FAR)
    while place > until and not text[place - 1].isspace():
        place -= 1
    return place


def _blank_behind(text: str, place: int) -> int:
    """Where the word ends in which a place is, unless that is far."""
    until = min(len(text), place + _FAR)
    while place < until and not text[place].isspace():
        place += 1
    return place


def filled_in(text: str, places: list[int]) -> Iterator[str]:
    """The text with one vowel after the other in all these places, of the script that is written there."""
    vowels = [_vowels_beside(text[place - 1]) for place in places]
    for number in range(max(map(len, vowels), default=0)):
        told = list(text)
        for place, of_script in zip(places, vowels, strict=True):
            told[place] = of_script[number % len(of_script)]
        yield "".join(told)


def _vowels_beside(letter: str) -> str:
    return next((vowels for low, high, vowels in _VOWELS if low <= letter <= high), _LATIN)

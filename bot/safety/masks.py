"""Words with a vowel blotted out (``c*t``), as those read them who fill it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_MASK: Final = re.compile(r"(?<=[^\W\d_])[*＊✱∗•](?=[^\W\d_])")
_VOWELS: Final = (("\u0370", "\u03ff", "αειουηω"), ("\u0400", "\u04ff", "аеиоуыэюя"))
_LATIN: Final = "aeiouy"


def masked_places(text: str) -> list[int]:
    """Where a sign stands for a letter."""
    return [found.start() for found in _MASK.finditer(text)]


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

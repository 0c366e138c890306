"""Moving a progression between major and minor, chord by chord."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.theory.harmony import numeral_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_TO_MINOR = {
    "I": "i",
    "ii": "iv",
    "iii": "bIII",
    "IV": "iv",
    "V": "v",
    "vi": "bVI",
    "vii": "bVII",
    "II": "bVII",
    "III": "V",  # leads to the sixth degree in major, to the tonic in minor
    "VI": "I",
}
_TO_MAJOR = {"i": "I", "ii": "ii", "iv": "IV", "v": "V", "bII": "ii", "bIII": "IV", "bVI": "vi", "bVII": "V"}
_MINOR_SEVENTHS = {"maj7": "7", "maj9": "9", "6": "7"}


def _chord_to_minor(symbol: str) -> str:
    numeral = numeral_of(symbol)
    quality = symbol[len(numeral) :]
    moved = _TO_MINOR.get(numeral, numeral)
    if moved.startswith("b"):
        return moved + ("maj7" if quality in {"7", "9", "maj7", "maj9"} else "")
    if quality == "13":
        return moved + "9"
    return moved + _MINOR_SEVENTHS.get(quality, quality)


def _chord_to_major(symbol: str) -> str:
    numeral = numeral_of(symbol)
    quality = symbol[len(numeral) :]
    moved = _TO_MAJOR.get(numeral, numeral)
    if quality == "ø":
        return moved + "7"
    if moved in {"I", "IV"}:
        return moved + {"7": "maj7", "9": "maj9"}.get(quality, quality)
    if moved.islower():
        return moved + {"maj7": "7", "maj9": "9"}.get(quality, quality)
    return moved + quality


def reharmonise(progression: Sequence[str], *, minor: bool) -> tuple[str, ...]:
    """Return a progression's counterpart in minor or in major; bars may hold two chords ("V7/IV7")."""
    move = _chord_to_minor if minor else _chord_to_major
    return tuple("/".join(map(move, bar.split("/"))) for bar in progression)

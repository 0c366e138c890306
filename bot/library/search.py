"""What a member looks for in the library, and the words that a take is found by. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Self

from bot.errors import InvalidOption

WORDS_MOST: Final = 8
"""More words than these narrow nothing any more, and each is looked for in every take."""
BPM_LOW, BPM_HIGH = 20, 400
_STEPS: Final = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_SPELLINGS: Final = (
    ("C", "B#"),
    ("C#", "Db"),
    ("D",),
    ("D#", "Eb"),
    ("E", "Fb"),
    ("F", "E#"),
    ("F#", "Gb"),
    ("G",),
    ("G#", "Ab"),
    ("A",),
    ("A#", "Bb"),
    ("B", "Cb"),
)
_KEY: Final = re.compile(r"([a-h])\s*(#|♯|b|♭|sharp|flat)?\s*(.*)", re.IGNORECASE)
_MODES: Final = {"m": "minor", "min": "minor", "moll": "minor", "maj": "major", "dur": "major", "": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody typed into the search, checked. Nothing set finds everything."""

    words: str = ""
    style: str = ""
    bpm_from: float | None = None
    bpm_to: float | None = None
    key: str = ""

    @classmethod
    def checked(
        cls,
        *,
        words: str | None = None,
        style: str | None = None,
        tempo_from: float | None = None,
        tempo_to: float | None = None,
        key: str | None = None,
    ) -> Self:
        """As a person typed it, whichever end of the tempo came first.

        Raises:
            InvalidOption: ``out_of_range``, ``unknown_key``.
        """
        low, high = tempo_range(tempo_from, tempo_to)
        if key:
            keys_of(key)
        return cls(
            words=" ".join((words or "").split()),
            style=" ".join((style or "").split()),
            bpm_from=low,
            bpm_to=high,
            key=(key or "").strip(),
        )

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words of both fields: a style is told by words, too."""
        return words_of(f"{self.words} {self.style}")

    @property
    def keys(self) -> tuple[str, ...]:
        """As in :class:`Wanted`."""
        return keys_of(self.key) if self.key else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a page of the library shows. Everything that is set has to be true of a take."""

    guild_id: str
    channel_ids: frozenset[str] | None = None
    """Only of these channels; None where the takes are the member's own."""
    hidden_ids: frozenset[str] = field(default_factory=frozenset[str])
    """Not of these channels, which the member cannot see (any more)."""
    user_id: str | None = None
    """Only by this member."""
    liked_by: str | None = None
    """Only what this member likes, the newest like first."""
    words: tuple[str, ...] = ()
    bpm_from: float | None = None
    bpm_to: float | None = None
    keys: tuple[str, ...] = ()
    """Beginnings of the names of keys; one of them has to fit."""


def words_of(typed: str) -> tuple[str, ...]:
    """The words of a text as they are looked for: small letters, each once."""
    return tuple(dict.fromkeys(typed.lower().split()))[:WORDS_MOST]


def typed_words(typed: str) -> tuple[str, ...]:
    """The words of what is typed where a take is chosen: without the facts that a chosen name ends with."""
    return words_of(typed.partition(" · ")[0])


def found_by(*texts: str | None) -> str:
    """All words that a take is found by, as they are kept."""
    return " ".join(" ".join(text for text in texts if text).lower().split())


def keys_of(typed: str) -> tuple[str, ...]:
    """Every spelling of a key as it may be kept: ``Am``, ``a minor`` and ``A Moll`` are one key.

    Raises:
        InvalidOption: ``unknown_key``.
    """
    found = _KEY.fullmatch(typed.strip())
    if found is None:
        raise InvalidOption("key", "unknown_key")
    step, sign, rest = found.groups()
    mode = rest.strip().lower()
    mode = _MODES.get(mode, mode)
    if mode and not mode.replace("-", "").replace(" ", "").isalpha():
        raise InvalidOption("key", "unknown_key")
    shift = {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}.get((sign or "").lower(), 0)
    pitch = (_STEPS[step.lower()] + shift) % 12
    return tuple(f"{name} {mode}" for name in _SPELLINGS[pitch])


def tempo_range(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """The range as it is looked for, whichever end was typed first.

    Raises:
        InvalidOption: ``out_of_range``.
    """
    for option, value in (("tempo_from", low), ("tempo_to", high)):
        if value is not None and not BPM_LOW <= value <= BPM_HIGH:
            raise InvalidOption(option, "out_of_range", low=BPM_LOW, high=BPM_HIGH)
    if low is not None and high is not None and low > high:
        return high, low
    return low, high

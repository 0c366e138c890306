"""The singing room's data tables, checked against their schema when they are first read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from bot.engine.singing.phones import CONSONANTS, VOWELS
from bot.engine.tables_io import TableError, demand, known_keys, words_of

_FOLDER = Path(__file__).parent / "tables"


def read(name: str) -> dict[str, Any]:
    """Return a table of this room by name. Raises TableError if it is no JSON object."""
    content: Any = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    if not isinstance(content, dict):
        raise TableError(name, "is not an object")
    return content  # pyright: ignore[reportUnknownVariableType]  # JSON has no static shape


def list_of(value: Any, place: str) -> list[Any]:
    """Return a list of anything. Raises TableError if it is none."""
    demand(isinstance(value, list), place, "must be a list")
    return cast("list[Any]", value)


def sounds_of(text: str, place: str) -> tuple[str, ...]:
    """Return sounds written with spaces between, stress digits kept. Raises TableError at an unknown one."""
    sounds = tuple(text.split())
    for sound in sounds:
        demand(sound.rstrip("012") in VOWELS | CONSONANTS, place, f"{sound!r} is not a sound")
    return sounds


@lru_cache(maxsize=1)
def letter_rules() -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Return the letter-to-sound rules, first match wins: a pattern and the sounds that it stands for."""
    rules: list[tuple[re.Pattern[str], tuple[str, ...]]] = []
    for number, entry in enumerate(list_of(read("letters")["rules"], "letters.rules")):
        place = f"letters.rules[{number}]"
        row = list_of(entry, place)
        demand(len(row) == 2, place, "must be a pattern and its sounds")
        written, sounds = str(row[0]), str(row[1])
        try:
            pattern = re.compile(written)
        except re.error as problem:
            raise TableError(place, f"{written!r} is not a pattern: {problem}") from problem
        rules.append((pattern, sounds_of(sounds, place)))
    return rules


@lru_cache(maxsize=1)
def english_onsets() -> frozenset[tuple[str, ...]]:
    """Return the consonant clusters that an English syllable may begin with."""
    place = "letters.onsets"
    return frozenset(sounds_of(cluster, place) for cluster in words_of(read("letters")["onsets"], place))


@dataclass(frozen=True, slots=True)
class Pinyin:
    """How Chinese is said: initials, finals, the i after buzzing initials, and hums."""

    initials: dict[str, tuple[str, ...]]
    finals: dict[str, tuple[str, ...]]
    buzzing: dict[str, tuple[str, ...]]
    interjections: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def pinyin_sounds() -> Pinyin:
    """Return the sounds of pinyin. Raises TableError if the data breaks the schema."""
    table = read("pinyin")
    known_keys(
        table,
        "pinyin",
        required=frozenset({"initials", "finals", "buzzing_i", "interjections"}),
        optional=frozenset(),
    )
    parts = {
        part: {
            written: sounds_of(sounds, f"pinyin.{part}.{written}") for written, sounds in table[part].items()
        }
        for part in table
    }
    for final, sounds in parts["finals"].items():
        vowels = sum(sound in VOWELS for sound in sounds)
        demand(vowels == 1, f"pinyin.finals.{final}", "must have one vowel")
    return Pinyin(parts["initials"], parts["finals"], parts["buzzing_i"], parts["interjections"])

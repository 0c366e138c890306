"""The lexicon's data, checked: every surface form and what it means.

The tables lie in `tables/lexicon`: genres, instruments, moods, and words of all other kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.engine.instruments import instruments, roles
from bot.engine.spec import VOICES
from bot.engine.styles.templates import genres
from bot.engine.tables_io import demand, known_keys, number_of, read_family, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = re.compile(r"[a-z0-9&#']+(?:-[a-z0-9]+)*")
MAX_PHRASE_WORDS = 4
MIN_FUZZY_LETTERS = 5
_PLACE = "lexicon"
_MOOD_NAMES = frozenset(
    {"energy", "tempo", "density", "valence", "brightness", "reverb", "lofi", "drive"}
) | {
    "rain",
    "vinyl",
    "wind",
    "waves",
}
_SECTIONS = frozenset(
    {
        "genres",
        "instruments",
        "moods",
        "eras",
        "voices",
        "singers",
        "percussion",
        "bass",
        "without",
        "families",
    }
    | {"negations", "negations_joined", "carry_on", "stopwords", "no_typos", "alone", "over", "parts"}
    | {"stand_ins"}
)


_ALONE = frozenset({"anywhere", "beside", "solo"})
_PRIVATE_USE = 0xE000


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sense of a word. `kind` is genre, instrument, mood, era, voice, singer, drums or without.

    A "voice" is heard in riffs, a "singer" is who sings in songs; most words that ask for one ask for both.
    """

    kind: str
    name: str = ""
    role: str = ""
    change: tuple[tuple[str, float], ...] = ()
    year: int = 0


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All surface forms; `phrases` for words between spaces, `joined` for scripts without spaces.

    `mixed` maps words of both scripts ("80年代") to what is read in their stead; `all_joined` is every
    word that a run of characters may be cut into; `no_typos` are English words that look like others.
    """

    phrases: dict[str, tuple[Meaning, ...]]
    joined: dict[str, tuple[Meaning, ...]]
    longest_joined: int
    fuzzy_by_letter: dict[str, tuple[str, ...]]
    families: dict[str, tuple[str, ...]]
    bass_words: frozenset[str]
    negations: frozenset[str]
    joined_negations: tuple[str, ...]
    carry_on: frozenset[str]
    stopwords: frozenset[str]
    no_typos: frozenset[str]
    alone_anywhere: frozenset[str]
    alone_beside: frozenset[str]
    alone_solo: frozenset[str]
    over: frozenset[str]
    parts: dict[str, str]
    mixed: dict[str, str]
    stand_ins: frozenset[str]
    all_joined: frozenset[str]

    @property
    def surface_forms(self) -> int:
        """Return how many words and phrases are understood."""
        known = self.phrases.keys() | self.joined.keys() | self.parts.keys() | self.over
        return len(known | self.alone_anywhere | self.alone_beside | self.alone_solo)


def _meanings(table: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for genre, words in table["genres"].items():
        demand(genre in genres(), f"{_PLACE}.genres.{genre}", "has no template")
        yield from _each(words, f"genres.{genre}", Meaning("genre", genre))
    for entry in table["instruments"]:
        place = f"{_PLACE}.instruments.{entry.get('instrument')}"
        known_keys(entry, place, required=frozenset({"instrument", "role", "words"}), optional=frozenset())
        demand(entry["instrument"] in instruments(), place, "is no instrument")
        demand(entry["role"] in roles(), place, f"unknown role {entry['role']!r}")
        yield from _each(
            entry["words"], "instruments", Meaning("instrument", entry["instrument"], entry["role"])
        )
    for entry in table["moods"]:
        yield from _each(entry["words"], "moods", Meaning("mood", entry["name"], change=_change(entry)))
    for year, words in table["eras"].items():
        yield from _each(words, f"eras.{year}", Meaning("era", year=int(year)))
    for voice, words in table["voices"].items():
        yield from _each(words, f"voices.{voice}", Meaning("voice", voice))
    for singer, words in table["singers"].items():
        demand(singer in VOICES, f"{_PLACE}.singers.{singer}", "is no voice")
        yield from _each(words, f"singers.{singer}", Meaning("singer", singer))
    yield from _each(table["percussion"], "percussion", Meaning("drums"))
    for role, words in table["without"].items():
        yield from _each(words, f"without.{role}", Meaning("without", role))


def _each(words: Any, place: str, meaning: Meaning) -> Iterator[tuple[str, Meaning]]:
    for word in words_of(words, f"{_PLACE}.{place}"):
        yield word, meaning


def _change(entry: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    place = f"{_PLACE}.moods.{entry.get('name')}"
    known_keys(entry, place, required=frozenset({"name", "change", "words"}), optional=frozenset())
    unknown = entry["change"].keys() - _MOOD_NAMES
    demand(not unknown, place, f"has unknown {sorted(unknown)}")
    return tuple((name, number_of(value, place, -2, 2)) for name, value in entry["change"].items())


def _check_tokens(word: str) -> None:
    parts = TOKEN.findall(word)
    demand(" ".join(parts) == word, _PLACE, f"{word!r} can never match")
    demand(len(parts) <= MAX_PHRASE_WORDS, _PLACE, f"{word!r} is too long a phrase")


def _alias(word: str) -> str:
    """Return a word with its Latin letters and digits moved out of ASCII, so that it is read in one run."""
    return "".join(chr(_PRIVATE_USE + ord(sign)) if sign.isascii() else sign for sign in word)


def _as_read(word: str) -> str:
    return word if word.isascii() else _alias(word)


def _list(table: dict[str, Any], name: str) -> tuple[str, ...]:
    return words_of(table[name], f"{_PLACE}.{name}")


def _parts(table: dict[str, Any]) -> dict[str, str]:
    unknown = table["parts"].keys() - roles().keys()
    demand(not unknown, f"{_PLACE}.parts", f"unknown roles {sorted(unknown)}")
    return {
        word: role for role, words in table["parts"].items() for word in words_of(words, f"{_PLACE}.parts")
    }


def _senses(table: dict[str, Any]) -> dict[str, tuple[Meaning, ...]]:
    senses: dict[str, list[Meaning]] = {}
    for word, meaning in _meanings(table):
        senses.setdefault(word, []).append(meaning)
    voices = frozenset(table["families"]["vocals"])
    return {word: (*found, *_singers_inside(word, senses, voices=voices)) for word, found in senses.items()}


def _singers_inside(phrase: str, senses: dict[str, list[Meaning]], voices: frozenset[str]) -> list[Meaning]:
    """Return who is asked for by a phrase that is no singer's own: "female lead vocals", "boy band"."""
    meanings = senses[phrase]
    if any(meaning.kind == "singer" for meaning in meanings):
        return []
    kinds = [
        Meaning("singer", each.name) for each in meanings if each.kind == "voice" and each.name in VOICES
    ]
    if kinds:
        return kinds
    if any(meaning.kind == "instrument" and meaning.name not in voices for meaning in meanings):
        return []  # a tenor saxophone is no tenor
    for inner in phrase.split() if phrase.isascii() else _parts_of(phrase):
        if found := [meaning for meaning in senses.get(inner, []) if meaning.kind == "singer"]:
            return found[:1]
    return []


def _parts_of(word: str) -> Iterator[str]:
    return (word[start:end] for start in range(len(word)) for end in range(len(word), start + 1, -1))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the lexicon, read and checked once. Raises TableError if the data breaks the schema."""
    table = read_family(_PLACE)
    known_keys(table, _PLACE, required=_SECTIONS, optional=frozenset())
    known_keys(table["alone"], f"{_PLACE}.alone", required=_ALONE, optional=frozenset())
    senses = _senses(table)
    phrases = {word: found for word, found in senses.items() if word.isascii()}
    joined = {_alias(word): found for word, found in senses.items() if not word.isascii()}
    for word in phrases:
        _check_tokens(word)
    fuzzy: dict[str, list[str]] = {}
    for word, meanings in phrases.items():
        people = all(meaning.kind == "singer" for meaning in meanings)
        if len(word) >= MIN_FUZZY_LETTERS and " " not in word and not people:
            fuzzy.setdefault(word[0], []).append(word)
    alone = {kind: frozenset(words_of(table["alone"][kind], f"{_PLACE}.alone")) for kind in _ALONE}
    cut_into = {*joined, *_list(table, "over"), *_parts(table), *_list(table, "stopwords")}
    cut_into.update(*alone.values(), _list(table, "carry_on"))
    return Lexicon(
        phrases=phrases,
        joined=joined,
        longest_joined=max(map(len, joined)),
        fuzzy_by_letter={letter: tuple(words) for letter, words in fuzzy.items()},
        families={word: words_of(names, f"{_PLACE}.families") for word, names in table["families"].items()},
        bass_words=frozenset(_list(table, "bass")),
        negations=frozenset(_list(table, "negations")),
        joined_negations=tuple(sorted(_list(table, "negations_joined"), key=len, reverse=True)),
        carry_on=frozenset(_list(table, "carry_on")),
        stopwords=frozenset(_list(table, "stopwords")),
        no_typos=frozenset(_list(table, "no_typos")),
        alone_anywhere=alone["anywhere"],
        alone_beside=alone["beside"],
        alone_solo=alone["solo"],
        over=frozenset(_list(table, "over")),
        parts=_parts(table),
        mixed={word: _alias(word) for word in senses if not word.isascii() and word != _alias(word)},
        stand_ins=frozenset(map(_as_read, _list(table, "stand_ins"))),
        all_joined=frozenset(word for word in cut_into if not word.isascii()),
    )

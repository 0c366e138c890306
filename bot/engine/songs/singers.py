"""Who sings: the kind of voice that tags ask for, where it sings, and whether it raps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.engine.chance import pick
from bot.engine.spec import QUALITIES, VOICES
from bot.engine.tables_io import demand, known_keys, number_of, read_table, words_of

if TYPE_CHECKING:
    from bot.engine.words.intent import Intent

SINGER_PREFIX = "singer_"
_GUESSED = ("female", "male")


@dataclass(frozen=True, slots=True)
class VoiceTable:
    """What is known of voices: words that ask for each, MIDI range, speaking pitch; genres that rap."""

    words: dict[str, tuple[str, ...]]
    ranges: dict[str, tuple[int, int]]
    speech: dict[str, int]
    rap_genres: frozenset[str]


@dataclass(frozen=True, slots=True)
class Quality:
    """What a model name buys: melodies thrown for each line, and players beside the genre's own."""

    candidates: int
    extra_players: int


@lru_cache(maxsize=1)
def voice_table() -> VoiceTable:
    """Return the table of voices. Raises TableError if the data breaks the schema."""
    table = read_table("song_voices")
    known_keys(
        table,
        "song_voices",
        required=frozenset({"words", "ranges", "speech", "rap_genres"}),
        optional=frozenset(),
    )
    for part in ("words", "ranges", "speech"):
        demand(set(table[part]) == set(VOICES), f"song_voices.{part}", "must have every voice once")
    ranges: dict[str, tuple[int, int]] = {}
    for name, (low, high) in table["ranges"].items():
        place = f"song_voices.ranges.{name}"
        demand(high - low >= 12, place, "needs an octave")
        ranges[name] = (int(number_of(low, place, 36, 90)), int(number_of(high, place, 36, 90)))
    return VoiceTable(
        words={name: words_of(words, f"song_voices.words.{name}") for name, words in table["words"].items()},
        ranges=ranges,
        speech={
            name: int(number_of(value, f"song_voices.speech.{name}", 36, 80))
            for name, value in table["speech"].items()
        },
        rap_genres=frozenset(words_of(table["rap_genres"], "song_voices.rap_genres")),
    )


def voice_words() -> frozenset[str]:
    """Return all words that ask for a kind of voice."""
    return frozenset(word for words in voice_table().words.values() for word in words)


@lru_cache(maxsize=1)
def qualities() -> dict[str, Quality]:
    """Return what each model name buys. Raises TableError if the data breaks the schema."""
    table = read_table("song_quality")
    demand(set(table) == set(QUALITIES), "song_quality", "must have every model name")
    found: dict[str, Quality] = {}
    for name, entry in table.items():
        place = f"song_quality.{name}"
        known_keys(entry, place, required=frozenset({"candidates", "extra_players"}), optional=frozenset())
        found[name] = Quality(
            int(number_of(entry["candidates"], place, 1, 100)),
            int(number_of(entry["extra_players"], place, 0, 3)),
        )
    return found


def asked_voice(tags: str) -> str | None:
    """Return the voice that tags ask for; where they name several, the one named first."""
    text = tags.lower()
    places: dict[str, int] = {}
    for voice, words in voice_table().words.items():
        for word in words:
            pattern = rf"(?<![a-z']){re.escape(word)}(?![a-z'])" if word.isascii() else re.escape(word)
            if found := re.search(pattern, text):
                places[voice] = min(places.get(voice, found.start()), found.start())
    return min(places, key=lambda voice: places[voice]) if places else None


def choose_voice(voice: str | None, tags: str, seed: int, take: int) -> str:
    """Return who sings: the asked voice, the tags' one, or a guess that differs between the two takes."""
    asked = voice or asked_voice(tags)
    if asked:
        return asked
    first = pick(_GUESSED, "voice", seed)
    return first if take == 0 else next(other for other in _GUESSED if other != first)


def raps(intent: Intent) -> bool:
    """Tell whether verses are rapped: for the word, or for a genre that raps unless singing is asked for."""
    if "rap" in intent.voices:
        return True
    return bool(voice_table().rap_genres.intersection(intent.genres[:1])) and not intent.voices


def singer_of(voice: str) -> str:
    """Return the singer's instrument for a voice."""
    return SINGER_PREFIX + voice

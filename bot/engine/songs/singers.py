"""Who sings: the kind of voice that tags ask for, where it sings, and whether it raps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.engine.chance import pick
from bot.engine.spec import QUALITIES, VOICES
from bot.engine.tables_io import demand, known_keys, number_of, read_table, words_of
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from bot.engine.words.intent import Intent

SINGER_PREFIX = "singer_"
_GUESSED = ("female", "male")


@dataclass(frozen=True, slots=True)
class VoiceTable:
    """What is known of voices: MIDI range and speaking pitch of each; genres that rap."""

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
        required=frozenset({"ranges", "speech", "rap_genres"}),
        optional=frozenset(),
    )
    for part in ("ranges", "speech"):
        demand(set(table[part]) == set(VOICES), f"song_voices.{part}", "must have every voice once")
    ranges: dict[str, tuple[int, int]] = {}
    for name, (low, high) in table["ranges"].items():
        place = f"song_voices.ranges.{name}"
        demand(high - low >= 12, place, "needs an octave")
        ranges[name] = (int(number_of(low, place, 36, 90)), int(number_of(high, place, 36, 90)))
    return VoiceTable(
        ranges=ranges,
        speech={
            name: int(number_of(value, f"song_voices.speech.{name}", 36, 80))
            for name, value in table["speech"].items()
        },
        rap_genres=frozenset(words_of(table["rap_genres"], "song_voices.rap_genres")),
    )


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
    singers = understand(tags).singers
    return singers[0] if singers else None


def voice_or_guess(voice: str | None, tags: str) -> str:
    """Return the asked voice, the tags' one, or the first that the tags do not refuse."""
    return voice or asked_voice(tags) or _welcome(understand(tags))[0]


def choose_voice(voice: str | None, intent: Intent, seed: int, take: int) -> str:
    """Return who sings: the asked voice, the tags' one, or a guess that differs between the two takes."""
    if voice or intent.singers:
        return voice or intent.singers[0]
    welcome = _welcome(intent)
    first = pick(welcome, "voice", seed)
    others = [other for other in welcome if other != first]
    return first if take == 0 or not others else others[0]


def nobody_may_sing(intent: Intent) -> bool:
    """Tell whether tags refuse singing, or every kind of singer one by one."""
    return intent.voiceless or intent.refused_singers >= set(VOICES)


def _welcome(intent: Intent) -> tuple[str, ...]:
    """Return the voices that may be guessed: a woman's and a man's, or others where both are refused."""
    for voices in (_GUESSED, VOICES):
        if left := tuple(voice for voice in voices if voice not in intent.refused_singers):
            return left
    return _GUESSED


def raps(intent: Intent) -> bool:
    """Tell whether verses are rapped: for the word, or for a genre that raps unless singing is asked for."""
    if "rap" in intent.voices:
        return True
    return bool(voice_table().rap_genres.intersection(intent.genres[:1])) and not intent.voices


def singer_of(voice: str) -> str:
    """Return the singer's instrument for a voice."""
    return SINGER_PREFIX + voice

"""Simple lyrics about a topic: rhyming lines from tables, and a hook of the topic's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from bot.engine.chance import dice
from bot.engine.singing import is_chinese
from bot.engine.tables_io import demand, known_keys, read_table, words_of

if TYPE_CHECKING:
    import random

_FIELDS = frozenset({"themes", "verses", "choruses", "bridges", "hooks"})
_LONGEST_HOOK = {"en": 28, "zh": 8}
_FORM = ("Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Chorus")
_GENERAL = "general"
_HOOK = "{hook}"
# What people write around a topic and would not sing.
_ASKING = re.compile(
    r"^\s*(?:(?:please\s+)?(?:write|make|compose|sing|create)?\s*(?:me\s+)?(?:a|an|the)?\s*(?:\w+\s+)?"
    r"(?:song|lyrics|track|ballad|rap)\s+(?:about|on|for|of)\s+|about\s+)|^\s*(?:写|唱|做)?一?首?(?:关于|關於)",
    re.IGNORECASE,
)
_ASKING_END = re.compile(r"的?(?:歌|歌曲|歌词)$")
_JUNK = re.compile(r"[^\w\s'’-]+|_+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class WordTable:
    """One language's lines. Couplets rhyme; `themes` maps a theme to the words that call for it."""

    themes: dict[str, tuple[str, ...]]
    verses: dict[str, tuple[tuple[str, str], ...]]
    choruses: tuple[tuple[str, ...], ...]
    bridges: tuple[tuple[str, ...], ...]
    hooks: tuple[str, ...]


@lru_cache(maxsize=2)
def word_table(language: str) -> WordTable:
    """Return the lines of a language, "en" or "zh". Raises TableError if the data breaks the schema."""
    name = f"words_{language}"
    table = read_table(name)
    known_keys(table, name, required=_FIELDS, optional=frozenset[str]())
    themes = {theme: words_of(words, f"{name}.themes.{theme}") for theme, words in table["themes"].items()}
    verses: dict[str, tuple[tuple[str, str], ...]] = {}
    for theme, couplets in table["verses"].items():
        place = f"{name}.verses.{theme}"
        demand(theme == _GENERAL or theme in themes, place, "is no theme")
        pairs = [words_of(couplet, place) for couplet in couplets]
        demand(all(len(pair) == 2 for pair in pairs), place, "a couplet has two lines")
        verses[theme] = tuple((pair[0], pair[1]) for pair in pairs)
    demand(themes.keys() <= verses.keys(), name, "has a theme without lines")
    return WordTable(
        themes,
        verses,
        _stanzas(table["choruses"], f"{name}.choruses", hook=True),
        _stanzas(table["bridges"], f"{name}.bridges", hook=False),
        words_of(table["hooks"], f"{name}.hooks"),
    )


def _stanzas(value: Any, place: str, *, hook: bool) -> tuple[tuple[str, ...], ...]:
    demand(isinstance(value, list) and value != [], place, "must be a non-empty list")
    stanzas = tuple(words_of(stanza, place) for stanza in cast("list[Any]", value))
    for stanza in stanzas:
        demand(any(_HOOK in line for line in stanza) == hook, place, "has the hook in the wrong place")
    return stanzas


def write_lyrics(topic: str, *, tags: str = "", seed: int = 0) -> str:
    """Return lyrics with section marks about a topic, in Chinese if it (or, without one, the tags) is.

    The topic's own words are the hook where they are few enough to be sung; they also choose what the
    verses speak of. The same topic and seed give the same lyrics.
    """
    language = "zh" if is_chinese(topic or tags) else "en"
    table = word_table(language)
    chance = dice("lyrics", language, topic, seed)
    hook = _hook(topic, language) or chance.choice(table.hooks)
    couplets = _couplets(table, topic or tags, chance)
    chorus = [line.replace(_HOOK, hook) for line in chance.choice(table.choruses)]
    bridge = list(chance.choice(table.bridges))
    parts = {
        "Verse 1": [line for couplet in couplets[:2] for line in couplet],
        "Verse 2": [line for couplet in couplets[2:4] for line in couplet],
        "Chorus": [_capital(line) for line in chorus],
        "Bridge": bridge,
    }
    return "\n\n".join("\n".join([f"[{name}]", *parts[name]]) for name in _FORM)


def _hook(topic: str, language: str) -> str:
    """Return the topic as words to sing, or "" if there are none or too many."""
    bare = _ASKING_END.sub("", _ASKING.sub("", topic.strip()))
    words = " ".join(_JUNK.sub(" ", bare).split())
    if not words or len(words) > _LONGEST_HOOK[language] or any(sign.isdigit() for sign in words):
        return ""
    return words.replace(" ", "") if language == "zh" else words


def _couplets(table: WordTable, topic: str, chance: random.Random) -> list[tuple[str, str]]:
    """Return four couplets, those of the topic's themes first, none twice."""
    text = topic.lower()
    tokens = set(re.findall(r"[a-z]+", text))
    called = [
        theme
        for theme, words in table.themes.items()
        if any(word in tokens if word.isascii() else word in text for word in words)
    ]
    own = [couplet for theme in called for couplet in table.verses[theme]]
    general = list(table.verses[_GENERAL])
    chance.shuffle(own)
    chance.shuffle(general)
    chosen = (own[:3] + general)[:4]
    return [chosen[0], chosen[2], chosen[1], chosen[3]]  # a theme's couplets stand in both verses


def _capital(line: str) -> str:
    return line[:1].upper() + line[1:]

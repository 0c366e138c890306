"""Words of style that our engine knows, offered while a member types tags.

They are the engine's own tables, read as data: its code stays in other processes.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from bot.ui.discord_limits import CHOICE_CHARS, CHOICES_MOST
from bot.ui.text import plain, units

_LEXICON: Final = Path(__file__).parents[1] / "engine" / "tables" / "lexicon"
_COMMAS: Final = ("，", "、")
_FIRST: Final = (
    "pop",
    "indie rock",
    "hip hop",
    "jazz",
    "folk",
    "soul",
    "house",
    "country",
    "lofi",
    "metal",
    "reggae",
    "synthwave",
    "blues",
    "bossa nova",
    "ambient",
    "funk",
    "r&b",
    "waltz",
    "piano",
    "acoustic guitar",
    "sad",
    "happy",
    "slow",
    "fast",
    "dreamy",
)
"""Offered while nothing is typed."""


@cache
def style_words() -> tuple[str, ...]:
    """Every word that names a genre, a mood or an instrument: the usual ones first, each once."""
    genres = _table("genres")["genres"]
    moods = _table("moods")["moods"]
    instruments = _table("instruments")["instruments"]
    lists = [*genres.values(), *(each["words"] for each in moods), *(each["words"] for each in instruments)]
    longest = max(map(len, lists))
    in_turn = [words[place] for place in range(longest) for words in lists if place < len(words)]
    return tuple(dict.fromkeys(in_turn))


def _table(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads((_LEXICON / f"{name}.json").read_text(encoding="utf-8")))


def suggest_styles(typed: str) -> list[str]:
    """What was typed itself, then the same with its last word completed: those that begin so come first.

    Nothing for a text that is too long to be a suggestion.
    """
    typed = plain(typed, units(typed))
    if units(typed) > CHOICE_CHARS:
        return []
    for comma in _COMMAS:
        typed = typed.replace(comma, ", ")
    before, comma, last = typed.rpartition(",")
    head = f"{before.strip()}, " if comma and before.strip() else ""
    said = {tag.strip().lower() for tag in before.split(",")}
    wanted = last.strip().lower()
    known = _FIRST if not wanted else style_words()
    fitting = [word for word in known if wanted in word.lower() and word.lower() not in said]
    fitting.sort(key=lambda word: not word.lower().startswith(wanted))
    offered = ([typed.strip()] if typed.strip(" ,") else []) + [head + word for word in fitting]
    return [tags for tags in dict.fromkeys(offered) if units(tags) <= CHOICE_CHARS][:CHOICES_MOST]

"""How music sounds, in a few words."""

from __future__ import annotations

from bot.jobs.recipes.times import clock
from bot.jobs.records import Take
from bot.library.records import Shelved
from bot.ui import text
from bot.ui.naming import key_called
from bot.ui.words import say

_KEY_CHARS = 30


def sound_facts(take: Shelved | Take, locale: str) -> list[str]:
    """Length, tempo and key, as far as they are known."""
    facts: list[str] = []
    if take.duration_s is not None:
        facts.append(clock(round(take.duration_s)))
    if take.bpm is not None:
        facts.append(say("take.bpm", locale, bpm=take.bpm))
    if take.key is not None:
        facts.append(key_told(take.key, locale))
    return facts


def key_told(key: str, locale: str) -> str:
    """A musical key as a card shows it; what is none as it stands."""
    return text.shown(key_called(key, locale), _KEY_CHARS)

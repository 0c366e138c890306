"""What keys and the parts of songs are called in a language. Without Discord: pictures say them as well."""

from __future__ import annotations

from functools import cache
from typing import Final

from bot.ui.words import exists, say
from bot.ui.words.music import MODES, RARE_MODES, TONICS

PARTS: Final = ("intro", "verse", "chorus", "bridge", "outro", "hook", "solo", "break")
"""As scores name them."""


def part_names(locale: str) -> dict[str, str]:
    """What parts of songs are called."""
    return {name: say(f"part.{name}", locale) for name in PARTS}


def key_called(key: str, locale: str) -> str:
    """A key as hosts spell it, ``Ab major`` or ``D dorian``, in a language; anything else stays as it is."""
    tonic, _, mode = key.partition(" ")
    if exists(f"key.{tonic}.{mode}"):
        return say(f"key.{tonic}.{mode}", locale)
    if exists(f"tonic.{tonic}") and exists(f"mode.{mode}"):
        return say(f"mode.{mode}", locale, tonic=say(f"tonic.{tonic}", locale))
    return key


def key_typed(typed: str, locale: str) -> str:
    """The key as hosts spell it where somebody typed its name in their language; else what was typed."""
    return _by_name(locale).get(typed.strip().casefold(), typed)


@cache
def _by_name(locale: str) -> dict[str, str]:
    keys = [f"{tonic} {mode}" for tonic in TONICS for mode in (*MODES, *RARE_MODES)]
    return {key_called(key, locale).casefold(): key for key in keys}

"""Texts for measuring the screen: what servers do not want, and what nobody minds (``texts/README.md``)."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, Final

from babel import Locale

from bot.errors import InvalidOption
from bot.safety.rulebook import Rulebook
from bot.safety.words import Rule, checked_word
from bot.ui.prompts import PROMPTS

_DATA: Final = Path(__file__).parent / "texts"
_SUNG: Final = Path(__file__).parent.parent / "engine" / "singing" / "lines.txt"
OTHER_SCRIPTS: Final = ("ru", "el", "ja", "zh")


def unwanted() -> list[Rule]:
    """A list as servers use it: seven languages, whole words, as published."""
    words = zlib.decompress((_DATA / "unwanted.z").read_bytes()).decode().splitlines()
    rules: dict[str, Rule] = {}
    for word in words:
        try:
            text = checked_word(word)
        except InvalidOption:
            continue
        rules.setdefault(text, Rule(id=len(rules) + 1, kind="word", text=text))
    return list(rules.values())


def harmless() -> dict[str, list[str]]:
    """Prompts that no template made: sentences and definitions about music, sung lines, our own prompts."""
    lines = (_DATA / "harmless.txt").read_text("utf-8").splitlines()
    return {
        "sentences": [line for line in lines if line and not line.startswith("#")],
        "sung": _SUNG.read_text("utf-8").splitlines(),
        "prompts": list(PROMPTS),
    }


def names(language: str) -> list[str]:
    """Languages, countries and currencies as Unicode's CLDR calls them: plain words in another script."""
    locale: Any = Locale(language)
    tables = (locale.languages, locale.territories, locale.currencies)
    return sorted({str(name) for table in tables for name in table.values()})


def false_alarms(book: Rulebook, texts: list[str]) -> list[str]:
    """Those that meet a rule."""
    return [text for text in texts if book.met(text)]

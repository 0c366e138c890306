"""Names of people and bands: "in the style of Daft Punk" asks for nobody's punk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.engine.words.intent import Intent
    from bot.engine.words.lexicon_table import Lexicon

_NAME = r"[A-Z][A-Za-z0-9.'&$!-]+(?<![.!])(?![\w#])"
_NAMED = re.compile(
    r"\b(?i:in the style of|in style of|style of|similar to|reminiscent of|inspired by|sounds? like|like|by)"
    rf"\s+((?:the\s+|The\s+)?{_NAME}(?:(?:\s+(?:and|of|the|&))?\s+{_NAME})*)"
)
_MOST_NAMES = 4
_BREAK = " , "


def take_names(text: str, intent: Intent, words: Lexicon) -> str:
    """Note names after "in the style of", "like" or "by" as words nobody knows; return the text without them.

    Only capitals tell a name, so the text is read as it was written. What is made of known words alone
    ("like Drum and Bass") is no name.
    """
    for _ in range(_MOST_NAMES):
        found = next((match for match in _NAMED.finditer(text) if _is_name(match[1].lower(), words)), None)
        if found is None:
            return text
        intent.ignored.append(found[1].lower())
        text = text[: found.start(1)] + _BREAK + text[found.end(1) :]
    return text


def _is_name(named: str, words: Lexicon) -> bool:
    if named in words.phrases:
        return False
    known = words.stopwords | words.carry_on | words.negations
    return any(word not in words.phrases and word not in known for word in named.split())

"""Values of settings in a few words: what they were, what they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast

from bot.ui import text
from bot.ui.words import counted, say

Named = Callable[[str], str]
"""An id of Discord's as the server calls it: a member, channel or role as its mention."""

_VALUE_CHARS: Final = 60


def is_snowflake(told: str) -> bool:
    """Whether it could be an id of Discord's (https://discord.com/developers/docs/reference#snowflakes)."""
    return told.isascii() and told.isdecimal() and 15 <= len(told) <= 20


def called_in(setting: str, named: Named | None = None) -> Named | None:
    """How ids among the values of a setting are shown: its name tells what it is of, also of what is gone."""
    if "channel" in setting:
        return lambda told: f"<#{told}>"
    if "role" in setting:
        return lambda told: f"<@&{told}>"
    return named


def facts_in(value: Any) -> dict[str, Any]:
    """The facts that a value consists of; none of one that is a whole."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def differing(before: Any, after: Any) -> tuple[Any, Any]:
    """Both values; of those that consist of facts only what changed."""
    was, became = facts_in(before), facts_in(after)
    if not was and not became:
        return before, after
    changed = [name for name in (was | became) if was.get(name) != became.get(name)]
    return {name: was.get(name) for name in changed}, {name: became.get(name) for name in changed}


def value_in_words(value: Any, locale: str, named: Named | None = None) -> str:
    """A value of a setting, short; ids as ``named`` calls them, times as the reader's clock shows them."""
    if value is None or value == "":
        return say("audit.nothing", locale)
    if isinstance(value, list):
        count = len(cast("list[Any]", value))
        return counted("audit.count", count, locale)
    if isinstance(value, dict):
        facts = cast("dict[str, Any]", value).items()
        return ", ".join(
            f"{text.shown(str(name).replace('_', ' '), 40)} {value_in_words(each, locale, named)}"
            for name, each in facts
        )
    if not isinstance(value, str):
        return text.shown(json.dumps(value, ensure_ascii=False), _VALUE_CHARS)
    if named is not None and is_snowflake(value):
        return named(value)
    at = _moment(value)
    return text.shown(value, _VALUE_CHARS) if at is None else text.moment(at, "f")


def _moment(told: str) -> datetime | None:
    """The time that it is, with its zone; None for any other text."""
    if "T" not in told:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return None if at.tzinfo is None else at

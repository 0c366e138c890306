"""People's words on Discord: harmless, readable, and within its limits.

Discord shows a backslash before any punctuation as that punctuation
(https://support.discord.com/hc/en-us/articles/210298617), counts limits in code points, and resolves
mentions in message content only; we send none there and still break them.
"""

from __future__ import annotations

import re
from typing import Final

TITLE_MAX: Final = 256
CHOICE_MAX: Final = 100
_MARKDOWN = re.compile(r"([\\`*_~|<>\[\](){}#+\-.!:/@])")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Explicit direction controls (Unicode UAX 9): one left open would turn the rest of the card around."""


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def plain(text: str, limit: int = CHOICE_MAX) -> str:
    """For places without markdown (choices, file tags): one line, no direction controls, cut to fit."""
    return clip(_DIRECTION.sub("", " ".join(text.split())), limit)


def shown(text: str, limit: int = 200) -> str:
    """For embeds: no markdown, no links, no mentions, and its own direction kept to itself.

    The result may be longer than ``limit`` by the escapes, at most twice as long and two more.
    """
    escaped = _MARKDOWN.sub(r"\\\1", plain(text, limit))
    return f"{_FIRST_STRONG_ISOLATE}{escaped}{_POP_ISOLATE}"


def code(text: str) -> str:
    """A block of code that its content cannot leave."""
    return "```\n" + _DIRECTION.sub("", text).replace("`", "ˋ") + "\n```"


def bar(progress: float, width: int = 10) -> str:
    """A progress bar of ``width`` cells; ``progress`` is 0..1."""
    full = min(width, max(0, int(progress * width + 1e-9)))
    return "▰" * full + "▱" * (width - full)

"""People's words on Discord: harmless, readable, and within its limits.

Discord shows a backslash before any punctuation as that punctuation
(https://support.discord.com/hc/en-us/articles/210298617) and resolves mentions in message content only; we
send none there and still break them. Its API counts the limits of embeds in code points
(https://github.com/discord/discord-api-docs/issues/1315) and its clients those of labels and choices in
UTF-16 units, of which there are never fewer: what is cut here is cut by these.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from bot.ui.discord_limits import CHOICE_CHARS

_MARKDOWN = re.compile(r"([\\`*_~|<>\[\](){}#+\-.!:/@])")
_JOINER = "\u200d"
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Explicit direction controls (Unicode UAX 9): one left open would turn the rest of the card around."""


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """At most ``limit`` UTF-16 units, with an ellipsis where something was cut: never half an emoji."""
    if units(text) <= limit:
        return text
    kept = text[: limit - 1]
    while units(kept) > limit - 1:
        kept = kept[:-1]
    while kept and (kept[-1] == _JOINER or _belongs_before(text[len(kept)])):
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _belongs_before(character: str) -> bool:
    """Whether it only changes the character before it: accents, variants, skin tones, joiners."""
    return (
        character == _JOINER
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def plain(text: str, limit: int = CHOICE_CHARS) -> str:
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


def moment(at: datetime, style: str = "R") -> str:
    """A time as Discord tells it in the reader's own zone; ``R`` is how long ago, or from now on.

    https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
    """
    return f"<t:{int(at.timestamp())}:{style}>"


def bar(progress: float, width: int = 10) -> str:
    """A progress bar of ``width`` cells; ``progress`` is 0..1."""
    full = min(width, max(0, int(progress * width + 1e-9)))
    return "▰" * full + "▱" * (width - full)

"""What panels are made of: messages of components alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.ui import text
from bot.ui.cards.common import BRAND
from bot.ui.words import say

Panel = discord.ui.LayoutView
Box = discord.ui.Container[Panel]
_LINES_CHARS: Final = 2_000
"""Of one text among several, which all together have a limit."""


def new_box(colour: int = BRAND) -> Box:
    """An empty one."""
    return Box(accent_colour=colour)


def panel_of(filled: Box) -> Panel:
    """A panel that works for ever."""
    return Panel(timeout=None).add_item(filled)


def row(*items: Any) -> discord.ui.ActionRow[Panel]:
    """Buttons beside each other, or one menu."""
    return discord.ui.ActionRow[Panel](*items)


def good(key: str, locale: str, **facts: object) -> str:
    """A line that something is as it should be."""
    return f"✅ {say(key, locale, **facts)}"


def warning(key: str, locale: str, **facts: object) -> str:
    """A line that something is wrong."""
    return f"⚠️ {say(key, locale, **facts)}"


def say_lines(into: Box, lines: Sequence[str]) -> None:
    """Those that say something, as one text; nothing where none does."""
    if told := "\n".join(line for line in lines if line):
        into.add_item(discord.ui.TextDisplay(text.clip(told, _LINES_CHARS)))

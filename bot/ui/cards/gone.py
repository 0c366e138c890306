"""What settings name and the server has no more, each with the way to take it out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.moderation.references import Reference
from bot.ui.buttons import ActionButton
from bot.ui.cards.panels import Box, Panel, say_lines, warning
from bot.ui.words import say

_MOST: Final = 5
_KINDS: Final = ("channel", "role", "member")


def gone_lines(
    box: Box, gone: Sequence[Reference], locale: str, *, back_to: str = "", most: int = _MOST
) -> None:
    """What was deleted, or left, and still stands in the settings: each with the way to remove it.

    ``back_to`` is the panel that is shown then, ``pot``; else it is the last page of this one.
    """
    for each in gone[:most]:
        shown = f"<@{each.id}>" if each.kind == "member" else each.id
        line = discord.ui.TextDisplay[Panel](warning(f"setup.gone.{each.kind}", locale, id=shown))
        button: Any = ActionButton("setup-gone", f"{each.kind}{each.id}", locale, more=back_to)
        box.add_item(discord.ui.Section[Panel](line, accessory=button))
    if len(gone) > most:
        say_lines(box, [say("setup.gone.more", locale, count=len(gone) - most)])


def reference_of(subject: str) -> Reference | None:
    """What a button that removes is about; None where it names nothing."""
    for kind in _KINDS:
        rest = subject.removeprefix(kind)
        if rest != subject and rest.isascii() and rest.isdecimal():
            return Reference(kind=kind, id=rest)
    return None

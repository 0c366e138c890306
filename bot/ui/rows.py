"""The rows of buttons under cards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import discord

from bot.ui.buttons import ActionButton, View
from bot.ui.cards.prices import priced
from bot.ui.words import say

ROWS: Final = (
    ("reroll", "vary-slight", "vary-strong", "edit"),
    ("extend", "morph", "like", "more"),
)
"""The buttons under a result; everything else is in the menu behind the last."""
ORDERING: Final = ("reroll", "vary-slight", "vary-strong")
"""Those that order at once, without asking for anything more."""


def result_row(
    take_id: str,
    locale: str = "en",
    deeds: Collection[str] | None = None,
    *,
    likes: int = 0,
    price: int = 0,
) -> View:
    """The buttons under a result: of ``deeds`` those that have one; None stands for all.

    ``price`` is what those cost that order at once, in credits; it stands on them and in their ids.
    """
    row = View(timeout=None)
    for line, actions in enumerate(ROWS):
        for action in actions:
            if deeds is None or action in deeds:
                more = str(price) if price and action in ORDERING else ""
                button = ActionButton(action, take_id, locale, more=more, row=line)
                if action == "like":
                    button.item.label = heart(likes, locale)
                elif more:
                    button.item.label = priced(button.item.label or "", price, locale)
                row.add_item(button)
    return row


def heart(likes: int, locale: str) -> str:
    """What stands on the button for likes."""
    return say("button.like.count", locale, count=likes) if likes else say("button.like", locale)


def with_likes(message: discord.Message, take_id: str, likes: int, locale: str) -> View | None:
    """The buttons of a message with another number of likes; None where not all of them are ours."""
    row = View(timeout=None)
    for line, shown in enumerate(message.components):
        for child in shown.children if isinstance(shown, discord.ActionRow) else ():
            if not isinstance(child, discord.Button):
                return None
            button = ActionButton.of_id(child.custom_id, locale, row=line)
            if button is None:
                return None
            is_heart = (button.action, button.subject) == ("like", take_id)
            button.item.label = heart(likes, locale) if is_heart else child.label
            row.add_item(button)
    return row if row.children else None


def pair_row(take_ids: Sequence[str], locale: str = "en", *, chosen: bool = False) -> View:
    """The buttons under two takes: which of them stay, until that is known, and the way to those of each."""
    row = View(timeout=None)
    first, second = take_ids
    if not chosen:
        row.add_item(ActionButton("keep-a", first, locale, row=0))
        row.add_item(ActionButton("keep-b", second, locale, row=0))
        row.add_item(ActionButton("keep-both", first, locale, row=0))
    row.add_item(ActionButton("with-a", first, locale, row=1))
    row.add_item(ActionButton("with-b", second, locale, row=1))
    return row


def running_row(job_id: str, locale: str = "en") -> View:
    """The one button under a running card."""
    return View(timeout=None).add_item(ActionButton("cancel", job_id, locale))

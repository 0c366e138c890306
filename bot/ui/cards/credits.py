"""What cards say of how the words were understood, and of whose music something comes from."""

from __future__ import annotations

from typing import Final

from bot.jobs.parcels import Credits
from bot.jobs.recipes import Morph, Recipe
from bot.protocol.runs import Understood
from bot.ui import text
from bot.ui.cards.common import LISTED_CHARS, NAME_CHARS, message_link
from bot.ui.words import exists, say

_EACH_MOST: Final = 3
_HEARD_CHARS: Final = 30
_CREDIT_CHARS: Final = 40


def heard(understood: Understood | None, locale: str) -> list[str]:
    """One line of styles, moods and instruments, and why it has its tempo; none where nothing was told."""
    if understood is None:
        return []
    parts = [
        ", ".join(text.shown(name, _HEARD_CHARS) for name in names[:_EACH_MOST])
        for names in understood.lists
        if names
    ]
    why = f"take.tempo_from.{(understood.tempo_from or '').replace(' ', '_')}"
    if exists(why):
        parts.append(say(why, locale))
    return [say("take.understood", locale, what=" · ".join(parts))] if parts else []


def parent_line(credits_: Credits, recipe: Recipe, locale: str) -> list[str]:
    """Where its parent stands; none for morphs, which say themselves what they were made from."""
    parent = credits_.parent
    if parent is None or parent.message_id is None or isinstance(recipe, Morph):
        return []
    link = message_link(parent.guild_id, parent.channel_id, parent.message_id)
    name = text.shown(parent.name, LISTED_CHARS)
    by = text.shown(parent.user_name, NAME_CHARS)
    return [say("take.after", locale, take=f"[{name}]({link})", name=by)]


def co_authors(credits_: Credits, locale: str) -> list[str]:
    """Everybody else whose music it goes back to, for the footer."""
    if not credits_.authors:
        return []
    names = ", ".join(text.plain(name, _CREDIT_CHARS) for name in credits_.authors)
    return [say("card.with", locale, names=names)]

"""A take as a choice while typing."""

from __future__ import annotations

from bot.jobs.recipes import Morph
from bot.jobs.records import Take
from bot.ui import text
from bot.ui.words import say


def take_choice(take: Take, locale: str = "en") -> str:
    """Plain text, at most 100 characters."""
    recipe = take.recipe
    line = say(
        f"morph.{recipe.transform}.choice" if isinstance(recipe, Morph) else "morph.choice",
        locale,
        prompt=text.plain(recipe.words, 50),
        name=text.plain(take.user_name, 25),
        seconds=round(take.duration_s or 0),
    )
    return text.plain(line)

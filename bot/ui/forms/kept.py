"""What was typed and could not be used, kept for a while so that nobody has to type it again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Generic, TypeVar

import discord

from bot.errors import NotFound
from bot.jobs.ids import new_id
from bot.ui.answers import answer, locale_of, say_instead
from bot.ui.buttons import ActionButton, View

MOST: Final = 500
"""So many are kept; the oldest goes first. A restart forgets all of them."""

T = TypeVar("T")


class Kept(Generic[T]):
    """Things by a key that stands in a button's id, each for one member alone."""

    def __init__(self, action: str) -> None:
        """``action`` is that of the button, which opens the form again."""
        self._action = action
        self._kept: OrderedDict[str, tuple[str, T]] = OrderedDict()

    def keep(self, interaction: discord.Interaction, thing: T) -> str:
        """Keep it; the key under which its member finds it again."""
        key = new_id()
        self._kept[key] = (str(interaction.user.id), thing)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return key

    async def give_back(
        self, interaction: discord.Interaction, thing: T, told: str, *, in_place: bool = False
    ) -> None:
        """Keep it, and say to its member alone why it cannot be used, with the button that opens it again.

        ``in_place`` of what was pressed, which only they see.
        """
        button = ActionButton(self._action, self.keep(interaction, thing), locale_of(interaction))
        view = View(timeout=None).add_item(button)
        await (say_instead if in_place else answer)(interaction, told, view=view)

    def of(self, interaction: discord.Interaction, key: str) -> T:
        """What is kept under the key. Raises ``NotFound`` (``typed``) where it is gone or somebody else's."""
        owner, thing = self._kept.get(key, ("", None))
        if thing is None or owner != str(interaction.user.id):
            raise NotFound("typed")
        return thing

"""The desk for families: who made what from what."""

from __future__ import annotations

import io

import discord

from bot.library.house import House
from bot.ui.answers import locale_of
from bot.ui.cards.library import drawing_of, tree_card
from bot.ui.desks.library import LibraryDesk
from bot.ui.desks.presses import Handler
from bot.ui.desks.viewers import viewer_of
from bot.ui.text import plain
from bot.ui.words import say

_PICTURE = "family.png"


class TreeDesk:
    """Shows the family of a take."""

    def __init__(self, house: House, library: LibraryDesk) -> None:
        self._house = house
        self._library = library

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"tree": self.pressed}

    async def pressed(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """The button under a take."""
        await self.show(interaction, take_id)

    async def show(self, interaction: discord.Interaction, named: str) -> None:
        """The family as a picture and in words, to this person alone: it shows what only they may see.

        Raises:
            InvalidOption: No such take where this member can look.
        """
        take = await self._library.named(interaction, named)
        await interaction.response.defer(ephemeral=True, thinking=True)
        locale = locale_of(interaction)
        family = await self._house.library.family(take, viewer_of(interaction))
        picture = await self._house.draw_tree(drawing_of(family, locale))
        described = say("tree.picture", locale, title=plain(take.name, 200))
        file = discord.File(io.BytesIO(picture), filename=_PICTURE, description=described)
        card = tree_card(family, locale, picture_name=_PICTURE)
        await interaction.edit_original_response(embed=card, attachments=[file])

"""The form for a take's title."""

from __future__ import annotations

from typing import Final, Protocol

import discord

from bot.jobs.records import Take
from bot.library.shelf import TITLE_MAX
from bot.ui.forms.open import Form
from bot.ui.words import say

_LIFE_S: Final = 900.0


class Renames(Protocol):
    """Who goes on once it is filled in."""

    async def rename(self, interaction: discord.Interaction, take: Take, title: str) -> None:
        """Call it by another name."""
        ...


class TitleModal(Form):
    """Asks for a take's title."""

    def __init__(self, desk: Renames, take: Take, locale: str) -> None:
        super().__init__(title=say("modal.rename.title", locale), timeout=_LIFE_S)
        self._desk = desk
        self._take = take
        self._field = discord.ui.TextInput[TitleModal](
            default=take.title or "", required=False, max_length=TITLE_MAX, custom_id="title"
        )
        self.add_item(
            discord.ui.Label(
                text=say("modal.rename.name.label", locale),
                description=say("modal.rename.name.description", locale),
                component=self._field,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Keep it."""
        await self._desk.rename(interaction, self._take, self._field.value)

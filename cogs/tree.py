"""``/tree``: where a take came from, and what became of it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.library import shelved_choice
from bot.ui.desks.library import LibraryDesk
from bot.ui.desks.tree import TreeDesk
from bot.ui.words import say


class TreeCog(commands.Cog):
    """The command."""

    def __init__(self, desk: TreeDesk, library: LibraryDesk) -> None:
        self._desk = desk
        self._library = library

    @app_commands.command(name="tree", description=say("command.tree"))
    @app_commands.describe(take=say("command.tree.take"))
    async def tree(self, interaction: discord.Interaction, take: str) -> None:
        """Show the family."""
        await self._desk.show(interaction, take)

    @tree.autocomplete("take")
    async def takes(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Takes that this member may see."""
        return await suggestions(interaction, self._fitting(interaction, typed))

    async def _fitting(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        locale = locale_of(interaction)
        found = await self._library.fitting(interaction, typed)
        return [app_commands.Choice(name=shelved_choice(take, locale), value=take.id) for take in found]

"""``/about``: who we are, and whether the hosts answer. It works in private as well."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.desks.help import HelpDesk
from bot.ui.words import say


class AboutCog(commands.Cog):
    """The command."""

    def __init__(self, desk: HelpDesk) -> None:
        self._desk = desk

    @app_commands.command(name="about", description=say("command.about"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def about(self, interaction: discord.Interaction) -> None:
        """Show it."""
        await self._desk.about(interaction)

"""``/help``: what one may do here. It works in private as well."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.desks.help import HelpDesk
from bot.ui.words import say


class HelpCog(commands.Cog):
    """The command."""

    def __init__(self, desk: HelpDesk) -> None:
        self._desk = desk

    @app_commands.command(name="help", description=say("command.help"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def help(self, interaction: discord.Interaction) -> None:
        """Show it."""
        await self._desk.overview(interaction)

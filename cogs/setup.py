"""``/setup``: everything that a server can decide, step by step, and as a file."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.cards.setup import PAGES
from bot.ui.desks.setup import SetupDesk
from bot.ui.words import say


@app_commands.default_permissions(manage_guild=True)
class SetupCog(commands.GroupCog, group_name="setup", group_description=say("command.setup")):
    """The command group."""

    def __init__(self, desk: SetupDesk) -> None:
        self._desk = desk

    @app_commands.command(name="start", description=say("command.setup.start"))
    @app_commands.describe(page=say("command.setup.page"))
    @app_commands.choices(
        page=[app_commands.Choice(name=say(f"setup.page.{page}"), value=page) for page in PAGES]
    )
    async def start(self, interaction: discord.Interaction, page: str = "start") -> None:
        """The guide."""
        await self._desk.show(interaction, page)

    @app_commands.command(name="export", description=say("command.setup.export"))
    async def export(self, interaction: discord.Interaction) -> None:
        """As a file."""
        await self._desk.export(interaction)

    @app_commands.command(name="import", description=say("command.setup.import"))
    @app_commands.describe(file=say("command.setup.file"))
    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """From a file."""
        await self._desk.import_(interaction, file)

"""``/privacy``: what is kept of a member, and getting rid of it. It works in private as well."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.preferences import REMIXES
from bot.ui.desks.lending import LendingDesk
from bot.ui.desks.privacy import PrivacyDesk
from bot.ui.words import say


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
class PrivacyCog(commands.GroupCog, group_name="privacy", group_description=say("command.privacy")):
    """The command group."""

    def __init__(self, desk: PrivacyDesk, lending: LendingDesk) -> None:
        self._desk = desk
        self._lending = lending

    @app_commands.command(name="about", description=say("command.privacy.about"))
    async def about(self, interaction: discord.Interaction) -> None:
        """What is kept."""
        await self._desk.about(interaction)

    @app_commands.command(name="consent", description=say("command.privacy.consent"))
    @app_commands.describe(who=say("command.privacy.consent.who"))
    @app_commands.choices(
        who=[app_commands.Choice(name=say(f"remix.{remix}"), value=remix) for remix in (*REMIXES, "server")]
    )
    async def consent(self, interaction: discord.Interaction, who: str) -> None:
        """Who may make something from one's music."""
        await self._lending.decide(interaction, who if who in REMIXES else None)

    @app_commands.command(name="export", description=say("command.privacy.export"))
    async def export(self, interaction: discord.Interaction) -> None:
        """Hand everything over."""
        await self._desk.export(interaction)

    @app_commands.command(name="delete", description=say("command.privacy.delete"))
    async def delete(self, interaction: discord.Interaction) -> None:
        """Delete everything."""
        await self._desk.delete(interaction)

"""``/morph``: something else of a riff that stands in this channel."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.answers import locale_of, suggestions
from bot.ui.cards import take_choice
from bot.ui.desk import Desk
from bot.ui.words import say

_CHOICES = 25


class Morph(commands.GroupCog, group_name="morph", group_description=say("command.morph")):
    """The command group."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # The strength is checked behind it and not declared to Discord: its own message would hide our sentence.
    @app_commands.command(name="cover", description=say("command.morph.cover"))
    @app_commands.describe(
        **{option: say(f"command.morph.cover.{option}") for option in ("take", "tags", "strength")}
    )
    async def cover(
        self, interaction: discord.Interaction, take: str, tags: str, strength: float | None = None
    ) -> None:
        """Order a cover."""
        await self._desk.cover(interaction, take.strip(), tags, strength)

    @cover.autocomplete("take")
    async def takes(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The channel's takes, newest first."""
        return await suggestions(interaction, self._fitting(interaction, typed))

    async def _fitting(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        locale = locale_of(interaction)
        named = [(take_choice(take, locale), take.id) for take in await self._desk.takes(interaction)]
        fitting = [(name, take_id) for name, take_id in named if typed.strip().lower() in name.lower()]
        return [app_commands.Choice(name=name, value=take_id) for name, take_id in fitting[:_CHOICES]]

"""``/morph``: something else of a riff that stands in this channel."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.options import SEED_MAX
from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.choices import take_choice
from bot.ui.desks.morphs import MorphDesk
from bot.ui.desks.takes import TakeDesk
from bot.ui.words import say

_CHOICES = 25


class MorphCog(commands.GroupCog, group_name="morph", group_description=say("command.morph")):
    """The command group."""

    def __init__(self, desk: MorphDesk, takes: TakeDesk) -> None:
        self._desk = desk
        self._takes = takes

    @app_commands.command(name="cover", description=say("command.morph.cover"))
    @app_commands.describe(
        **{option: say(f"command.morph.cover.{option}") for option in ("take", "tags", "strength", "seed")}
    )
    async def cover(
        self,
        interaction: discord.Interaction,
        take: str,
        tags: str,
        strength: app_commands.Range[float, 0, 1] | None = None,
        seed: app_commands.Range[int, 0, SEED_MAX] | None = None,
    ) -> None:
        """Order a cover."""
        await self._desk.cover(interaction, take, tags, strength=strength, seed=seed)

    @cover.autocomplete("take")
    async def takes(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The channel's takes, newest first."""
        return await suggestions(interaction, self._fitting(interaction, typed))

    async def _fitting(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        locale = locale_of(interaction)
        fitting = await self._takes.fitting(interaction, typed)
        return [
            app_commands.Choice(name=take_choice(take, locale), value=take.id) for take in fitting[:_CHOICES]
        ]

"""``/like``, ``/stems`` and ``/midi``: more of a take than its sound."""

from __future__ import annotations

from typing import Final, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.options import SEED_MAX
from bot.protocol.engine import LikeAs
from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.choices import Choices, prompt_choices, take_choices
from bot.ui.desks.parts import Fits, PartsDesk
from bot.ui.words import say

_HOW = [app_commands.Choice(name=say(f"like_as.{name}"), value=name) for name in get_args(LikeAs)]
_OF_LIKE: Final = ("take", "prompt", "how", "seed")


class PartsCog(commands.Cog):
    """The commands and their suggestions."""

    def __init__(self, desk: PartsDesk) -> None:
        self._desk = desk

    @app_commands.command(name="like", description=say("command.like"))
    @app_commands.describe(**{name: say(f"command.like.{name}") for name in _OF_LIKE})
    @app_commands.choices(how=_HOW)
    async def like(
        self,
        interaction: discord.Interaction,
        take: str,
        prompt: str,
        how: str = "beside",
        seed: app_commands.Range[int, 0, SEED_MAX] | None = None,
    ) -> None:
        """Order a riff that goes with another."""
        await self._desk.like(interaction, take, prompt, like_as=how, seed=seed)

    @app_commands.command(name="stems", description=say("command.stems"))
    @app_commands.describe(take=say("command.stems.take"))
    async def stems(self, interaction: discord.Interaction, take: str) -> None:
        """Order the parts of a take."""
        await self._desk.stems(interaction, take)

    @app_commands.command(name="midi", description=say("command.midi"))
    @app_commands.describe(take=say("command.midi.take"))
    async def midi(self, interaction: discord.Interaction, take: str) -> None:
        """Hand out the notes of a take."""
        await self._desk.midi(interaction, take)

    @like.autocomplete("take")
    async def like_takes(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Music of this channel."""
        return await suggestions(interaction, self._fitting(interaction, typed, self._desk.has_ground))

    @stems.autocomplete("take")
    async def stems_takes(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Takes whose parts can be had."""
        return await suggestions(interaction, self._fitting(interaction, typed, self._desk.has_parts))

    @midi.autocomplete("take")
    async def midi_takes(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Takes whose notes are kept."""
        return await suggestions(interaction, self._fitting(interaction, typed, self._desk.has_notes))

    @like.autocomplete("prompt")
    async def prompts(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Good prompts that fit what was typed so far."""
        return prompt_choices(typed)

    async def _fitting(self, interaction: discord.Interaction, typed: str, fits: Fits) -> Choices:
        found = await self._desk.fitting(interaction, typed, fits)
        return take_choices(found, locale_of(interaction))

"""Where something was typed or pressed, and what the server decided for that place."""

from __future__ import annotations

import discord

from bot.jobs.preferences import Settings
from bot.library.choices import Choices
from bot.ui.answers import locale_of, locale_of_guild


def home_of(interaction: discord.Interaction) -> str:
    """The channel whose settings count: of a thread the one that it hangs in."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return str(channel.parent_id)
    return str(interaction.channel_id)


async def settings_here(interaction: discord.Interaction, choices: Choices) -> Settings:
    """What counts there."""
    return await choices.of(str(interaction.guild_id), home_of(interaction))


def locale_of_all(interaction: discord.Interaction, settings: Settings) -> str:
    """The language of what everybody there reads."""
    return settings.locale(of_guild=locale_of_guild(interaction), of_user=locale_of(interaction))

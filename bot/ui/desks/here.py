"""Where something was typed or pressed, and what the server decided for that place."""

from __future__ import annotations

import discord

from bot.jobs.preferences import Settings
from bot.library.choices import Choices
from bot.ui.answers import locale_of, locale_of_guild
from bot.ui.cards.values import Named
from bot.ui.languages import FALLBACK


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


def names_in(interaction: discord.Interaction) -> Named:
    """Ids as this server shows them: channels and roles that the gateway told of, all others as members."""
    guild = interaction.guild

    def named(told: str) -> str:
        if guild is not None and told.isdecimal():
            if guild.get_channel_or_thread(int(told)) is not None:
                return f"<#{told}>"
            if guild.get_role(int(told)) is not None:
                return f"<@&{told}>"
        return f"<@{told}>"

    return named


async def language_of_card(interaction: discord.Interaction, choices: Choices, asked_in: str | None) -> str:
    """Of the card that was pressed: the server's, else ``asked_in``; the own one of who sees it alone."""
    message = interaction.message
    if message is not None and message.flags.ephemeral:
        return locale_of(interaction)
    settings = await settings_here(interaction, choices)
    return settings.guild.language or locale_of_guild(interaction) or asked_in or FALLBACK

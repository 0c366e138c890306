"""Who presses or types, as Discord says it."""

from __future__ import annotations

import discord


def is_moderator(interaction: discord.Interaction) -> bool:
    """Whether Discord lets this person remove other people's messages here."""
    return interaction.permissions.manage_messages

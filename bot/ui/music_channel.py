"""The option of commands that are about a channel in which music can be made: forums as well, media not."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.ui.cards.setup_facts import MUSIC_KINDS


class _Kinds(app_commands.Transformer):
    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Of these kinds alone: Discord offers no others."""
        return [*MUSIC_KINDS]

    async def transform(self, interaction: discord.Interaction, value: Any, /) -> Any:
        """As Discord tells it."""
        del interaction
        return value


MusicChannel = app_commands.Transform[app_commands.AppCommandChannel, _Kinds]

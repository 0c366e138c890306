"""What everybody in a channel is told of credits that somebody gave."""

from __future__ import annotations

from typing import Final

import discord

from bot.library.choices import Choices
from bot.ui import text
from bot.ui.cards.prices import of_server
from bot.ui.desks.here import locale_of_all, settings_here
from bot.ui.mentions import NOBODY
from bot.ui.words import say

_REASON_CHARS: Final = 200


async def tell_all(
    interaction: discord.Interaction, choices: Choices, key: str, amount: int, reason: str, **facts: str
) -> None:
    """A line that everybody there reads, with names that call nobody."""
    settings = await settings_here(interaction, choices)
    locale = locale_of_all(interaction, settings)
    told = say(
        key,
        locale,
        giver=interaction.user.mention,
        price=of_server(amount, settings.guild.money, locale),
        reason=text.shown(reason, _REASON_CHARS),
        **facts,
    )
    await interaction.response.send_message(told, allowed_mentions=NOBODY)

"""What members type and everybody then reads from the bot, besides orders: titles and reasons of gifts.

The one place that looks at it: as orders are, it is refused where the server does not want its words, and to
whoever is blocked.
"""

from __future__ import annotations

import discord

from bot.library.house import House
from bot.ui.desks.here import settings_here
from bot.ui.desks.people import is_age_restricted


async def require_sayable(interaction: discord.Interaction, house: House, option: str, words: str) -> None:
    """See that the bot may say this for a member.

    Args:
        interaction: Where, and who.
        house: The services.
        option: What it is, as the option is called.
        words: As they typed it; empty words are only asked whose they are.

    Raises:
        Barred: ``blocked``.
        InvalidOption: ``screened``; what would be held is refused, since nothing of it waits.
    """
    guild_id, user_id = str(interaction.guild_id), str(interaction.user.id)
    settings = await settings_here(interaction, house.choices)
    await house.people.require_not_blocked(guild_id, user_id, settings.guild.rules)
    await house.screening.look_at_text(
        option,
        words,
        settings,
        guild_id=guild_id,
        channel_id=str(interaction.channel_id),
        user_id=user_id,
        age_restricted=is_age_restricted(interaction),
    )

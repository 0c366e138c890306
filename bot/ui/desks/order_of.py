"""An order as it was typed or pressed: what, by whom, and where its result goes."""

from __future__ import annotations

import discord

from bot.jobs.order import Order
from bot.jobs.preferences import Settings
from bot.jobs.recipes import Recipe
from bot.jobs.records import Take
from bot.protocol.runs import Clamped
from bot.ui.desks.here import home_of, locale_of_all
from bot.ui.desks.people import facts_of


def order_of(
    interaction: discord.Interaction,
    recipe: Recipe,
    settings: Settings,
    *,
    host: str,
    parent: Take | None = None,
    clamped: Clamped = (),
) -> Order:
    """What is ordered of ``host``, in a place of these settings; the others as for its counter."""
    in_thread, wanted = isinstance(interaction.channel, discord.Thread), settings.channel.delivery
    return Order(
        host=host,
        recipe=recipe,
        guild_id=str(interaction.guild_id),
        channel_id=str(interaction.channel_id),
        home_id=home_of(interaction),
        delivery="here" if in_thread and wanted == "thread" else wanted,
        user_id=str(interaction.user.id),
        user_name=interaction.user.display_name[:100],
        locale=locale_of_all(interaction, settings),
        parent_take_id=parent.id if parent is not None else None,
        parent_user_name=parent.user_name if parent is not None else None,
        clamped=clamped,
        member=facts_of(interaction, settings),
    )

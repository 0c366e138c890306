"""What the desks of ``/pot`` share: how money stands, and the panel."""

from __future__ import annotations

import discord

from bot.jobs.preferences import GuildSettings
from bot.library.house import House
from bot.moderation.references import references
from bot.money.policy import MoneySettings
from bot.ui.answers import locale_of, show_panel
from bot.ui.cards.pot import pot_panel
from bot.ui.desks.here import home_of, settings_here
from bot.ui.desks.people import role_ids
from bot.ui.desks.setup_facts import gone_from


class PotPanel:
    """Shows how everything stands, to one person alone."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def money(self, interaction: discord.Interaction) -> MoneySettings:
        """What the server decided."""
        settings = await settings_here(interaction, self._house.choices)
        return settings.guild.money

    async def show(self, interaction: discord.Interaction, note: str = "") -> None:
        """A new panel, or the one that was pressed in brought up to date; ``note`` says what was done."""
        quota = await self._house.treasury.quota(
            str(interaction.guild_id),
            user_id=str(interaction.user.id),
            role_ids=role_ids(interaction),
            channel_id=home_of(interaction),
        )
        named = references(GuildSettings(money=quota.money), ())
        gone = gone_from(interaction.guild, named)
        costs = self._house.price_list(quota.money)
        panel = pot_panel(quota.money, quota.pot, locale_of(interaction), costs=costs, note=note, gone=gone)
        await show_panel(interaction, view=panel)

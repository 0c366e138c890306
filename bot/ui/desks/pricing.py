"""What things cost where somebody presses or types, before they are ordered."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.errors import InvalidOption
from bot.jobs.preferences import Settings
from bot.jobs.recipes import Recipe
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.ui.desks.here import settings_here


class Pricing:
    """Tells prices in credits, of what is taken from the pot: nothing is where an own key pays."""

    def __init__(self, jobs: Jobs, house: House, *, default_host: str) -> None:
        self._jobs = jobs
        self._house = house
        self._default_host = default_host

    def preferred(self, settings: Settings, parent: Take | None) -> list[str]:
        """Where something is made if it can be: where its parent was, else where the server wants it."""
        hosts = [settings.guild.host or self._default_host, self._default_host]
        return hosts if parent is None else [parent.host, *hosts]

    async def of_pot(
        self, interaction: discord.Interaction, recipe: Recipe, host: str, settings: Settings
    ) -> int:
        """What it takes from a pot if it is made there."""
        price = self._jobs.price_of(recipe, host, settings.guild.money)
        return price if price and not await self._is_paid(interaction, host) else 0

    async def quote(
        self, interaction: discord.Interaction, recipe: Recipe, *, parent: Take | None = None
    ) -> int:
        """What it would cost if it were placed here. Raises ``InvalidOption`` where no host can make it."""
        settings = await settings_here(interaction, self._house.choices)
        host = self._jobs.host_for(recipe, *self.preferred(settings, parent))
        return await self.of_pot(interaction, recipe, host, settings)

    async def told(
        self,
        interaction: discord.Interaction,
        recipe: Recipe,
        *,
        parent: Take | None = None,
        host: str | None = None,
    ) -> int:
        """What something like it costs here, for a label; 0 where nobody can make it."""
        (price,) = await self.told_each(interaction, [(recipe, host)], parent=parent)
        return price

    async def told_each(
        self,
        interaction: discord.Interaction,
        wanted: Sequence[tuple[Recipe, str | None]],
        *,
        parent: Take | None = None,
    ) -> list[int]:
        """The same of many, each with the host that it is wanted of; None leaves that to us."""
        settings = await settings_here(interaction, self._house.choices)
        prices = list[int]()
        paid: dict[str, bool] = {}
        for recipe, named in wanted:
            try:
                host = named or self._jobs.host_for(recipe, *self.preferred(settings, parent))
            except InvalidOption:
                prices.append(0)
                continue
            price = self._jobs.price_of(recipe, host, settings.guild.money)
            if price and host not in paid:
                paid[host] = await self._is_paid(interaction, host)
            prices.append(0 if paid.get(host) else price)
        return prices

    async def _is_paid(self, interaction: discord.Interaction, host: str) -> bool:
        who = {"user_id": str(interaction.user.id), "guild_id": str(interaction.guild_id)}
        return await self._house.keys.is_paid(host, **who)

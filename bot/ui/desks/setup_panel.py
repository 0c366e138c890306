"""What the desks of ``/setup`` share: the panel, and whose it is."""

from __future__ import annotations

import discord

from bot.library.house import House
from bot.ui.answers import locale_of, show_panel
from bot.ui.cards.setup import setup_panel
from bot.ui.desks.people import require_manager
from bot.ui.desks.setup_facts import facts_in


class SetupPanel:
    """Shows pages, to one person alone."""

    def __init__(self, house: House, *, default_host: str) -> None:
        self._house = house
        self.default_host = default_host

    async def show(self, interaction: discord.Interaction, page: str) -> None:
        """A page, in place of the one that was pressed in if there is one. Raises ``NotAllowed`` (setup)."""
        require_right(interaction)
        facts = await facts_in(interaction, self._house, page, self.default_host)
        await show_panel(interaction, view=setup_panel(page, facts, locale_of(interaction)))


def require_right(interaction: discord.Interaction) -> None:
    """Raises ``NotAllowed`` (``setup``) for whoever does not manage the server."""
    require_manager(interaction, "setup")

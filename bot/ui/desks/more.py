"""The desk behind *More*: everything else that can be done with a take, for the person alone who asks."""

from __future__ import annotations

import discord

from bot.errors import InvalidOption
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.ui.answers import answer, locale_of
from bot.ui.buttons import ActionMenu, Presses, View
from bot.ui.cards.deeds import MENU, OWN, deeds_of
from bot.ui.desks.people import is_moderator, take_of
from bot.ui.desks.presses import Handler
from bot.ui.looks import CHOICES, LOOKS
from bot.ui.words import say


class MoreDesk:
    """Offers deeds, and hands what was chosen to whoever does it."""

    def __init__(self, jobs: Jobs, house: House) -> None:
        self._jobs = jobs
        self._choices = house.choices
        self._offers = {name: host.offers for name, host in house.hosts.items()}
        self.presses: Presses | None = None
        """Who acts on buttons; whoever builds the desks puts it here."""

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {"more": self.open, "deed": self.chosen}

    async def open(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """The menu, with what this person may do."""
        take = await take_of(interaction, self._jobs, take_id)
        locale = locale_of(interaction)
        options = [
            discord.SelectOption(
                label=say(f"deed.{_key(deed)}", locale),
                value=deed,
                description=say(f"deed.{_key(deed)}.choice", locale),
                emoji=CHOICES.get(deed) or LOOKS[deed].emoji,
            )
            for deed in await self._deeds(interaction, take)
        ]
        view = View(timeout=None).add_item(ActionMenu("deed", take.id, options, locale))
        await answer(interaction, view=view)

    async def chosen(self, interaction: discord.Interaction, take_id: str, deed: str) -> None:
        """Do it, if it can still be done.

        Raises:
            InvalidOption: Nobody does that with this take, or not this person.
            NotFound: The take is gone.
        """
        take = await take_of(interaction, self._jobs, take_id)
        if self.presses is None or deed not in await self._deeds(interaction, take):
            raise InvalidOption("take", "no_deed")
        await self.presses.pressed(interaction, deed, take_id, "")

    async def _deeds(self, interaction: discord.Interaction, take: Take) -> list[str]:
        mine = take.user_id == str(interaction.user.id)
        own = mine or await is_moderator(interaction, self._choices)
        possible = deeds_of(take, self._offers) - ({"report"} if mine else set())
        return [deed for deed in MENU if deed in possible and (own or deed not in OWN)]


def _key(deed: str) -> str:
    return deed.replace("-", "_")

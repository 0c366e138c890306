"""The desk for riffs: from what was typed or filled in to an order, and back where it cannot be played."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.errors import InvalidOption
from bot.jobs.preferences import Preset
from bot.jobs.recipes import Riff
from bot.jobs.records import Take
from bot.library.house import House
from bot.ui.answers import locale_of
from bot.ui.desks.counter import ANY_WORDS, Counter
from bot.ui.desks.here import settings_here
from bot.ui.desks.presses import Handler
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.forms.kept import Kept
from bot.ui.forms.riff import RiffModal, RiffTyped
from bot.ui.prompts import PRESETS
from bot.ui.words import say, sentence


class RiffDesk:
    """Takes orders of riffs."""

    def __init__(self, house: House, counter: Counter) -> None:
        self._house = house
        self._counter = counter
        self._kept = Kept[tuple[RiffTyped, Take | None]]("again")

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"again": self.again}

    async def order(self, interaction: discord.Interaction, typed: RiffTyped, *, more: bool) -> None:
        """Order what was typed; with ``more``, ask for the rest first."""
        if more:
            await self.ask(interaction, typed, None)
        else:
            await self.filled_in(interaction, typed, None)

    async def ask(self, interaction: discord.Interaction, typed: RiffTyped, parent: Take | None) -> None:
        """Show the form, with what is there already."""
        presets = await self.presets(interaction, "")
        modal = RiffModal(self, typed, parent, presets, locale_of(interaction))
        await self._counter.ask(interaction, modal, Riff.checked(prompt=ANY_WORDS), parent=parent)

    async def filled_in(
        self, interaction: discord.Interaction, typed: RiffTyped, parent: Take | None
    ) -> None:
        """Order it, after ``parent`` where there is one; where it cannot be played, nothing is lost."""
        try:
            preset = None if typed.preset is None else await self._preset(interaction, typed.preset)
            riff, clamped = typed.recipe(locale_of(interaction), preset=preset)
        except InvalidOption as error:
            told = sentence(error, locale_of(interaction))
            await self._kept.give_back(interaction, (typed, parent), told)
            return
        if parent is not None and isinstance(parent.recipe, Riff):
            beside = {"like": parent.recipe.like, "like_as": parent.recipe.like_as}
            riff = riff.model_copy(update=beside)
        await self._counter.place(interaction, riff, parent=parent, clamped=clamped)

    async def again(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """The form again, as it was. Raises ``NotFound`` (``typed``) after a restart."""
        typed, parent = self._kept.of(interaction, key)
        await self.ask(interaction, typed, parent)

    async def presets(self, interaction: discord.Interaction, typed: str) -> list[Preset]:
        """The server's presets, then ours, whose name or words have what was typed; no more than fit."""
        wanted = typed.strip().casefold()
        every = await self._every(interaction)
        return [each for each in every if wanted in f"{each.name} {each.prompt}".casefold()][:CHOICES_MOST]

    async def _every(self, interaction: discord.Interaction) -> Sequence[Preset]:
        settings = await settings_here(interaction, self._house.choices)
        own = settings.guild.presets
        taken = {each.name.casefold() for each in own}
        ours = (
            Preset(name=say(f"preset.{name}", locale_of(interaction)), prompt=prompt)
            for name, prompt in PRESETS.items()
        )
        return [*own, *(each for each in ours if each.name.casefold() not in taken)]

    async def _preset(self, interaction: discord.Interaction, name: str) -> Preset:
        wanted = " ".join(name.split()).casefold()
        found = [each for each in await self._every(interaction) if each.name.casefold() == wanted]
        if not found:
            raise InvalidOption("preset", "unknown_preset")
        return found[0]

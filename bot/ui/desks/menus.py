"""The desk for the menus of messages: what can be done with music from where it stands."""

from __future__ import annotations

import discord

from bot.jobs.recipes import Riff
from bot.jobs.records import Take, source_of
from bot.library.house import House
from bot.ui.answers import locale_of
from bot.ui.desks.counter import ANY_WORDS, Counter
from bot.ui.desks.morphs import MorphDesk
from bot.ui.desks.takes import TakeDesk
from bot.ui.forms.morphs import RiffForm


class MenuDesk:
    """Acts on *Riff on this*, *Morph this* and *Recipe*."""

    def __init__(self, house: House, counter: Counter, takes: TakeDesk, morphs: MorphDesk) -> None:
        self._house = house
        self._counter = counter
        self._takes = takes
        self._morphs = morphs

    async def riff_on(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Ask for the words of a riff that goes with it. Raises ``InvalidOption`` for other messages."""
        take = await self._morphs.in_message(interaction, message)
        form = RiffForm(self, take, fitting=self._fits(take), locale=locale_of(interaction))
        await self._counter.ask(interaction, form, Riff.checked(prompt=ANY_WORDS), parent=take)

    async def riff_filled_in(self, interaction: discord.Interaction, take: Take, prompt: str) -> None:
        """A riff in its tempo, key and chords where a host can, and after it in any case."""
        riff = Riff.checked(prompt=prompt)
        if self._fits(take):
            riff = riff.model_copy(update={"like": source_of(take), "like_as": "beside"})
        await self._counter.place(interaction, riff, parent=take)

    async def morph(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Ask what is to become of it. Raises ``InvalidOption`` for other messages."""
        await self._morphs.choose(interaction, await self._morphs.in_message(interaction, message))

    async def recipe(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Tell how it was made. Raises ``InvalidOption`` for other messages."""
        take = await self._morphs.in_message(interaction, message)
        await self._takes.recipe(interaction, take.id, "")

    def _fits(self, take: Take) -> bool:
        able = any(host.offers.engine_extras for host in self._house.hosts.values())
        return able and bool(take.audio)

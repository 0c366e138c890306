"""The desk for takes: the buttons under a result, and finding a take that somebody names."""

from __future__ import annotations

import random

import discord

from bot.errors import InvalidOption, NotFound
from bot.jobs.ids import is_id
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.jobs.variation import Amount, reroll, vary
from bot.ui.answers import answer, locale_of
from bot.ui.cards.choices import take_choice
from bot.ui.cards.recipe import recipe_card
from bot.ui.desks.counter import Counter
from bot.ui.desks.people import take_of
from bot.ui.desks.presses import Handler


class TakeDesk:
    """Acts on results."""

    def __init__(self, jobs: Jobs, counter: Counter) -> None:
        self._jobs = jobs
        self._counter = counter

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {
            "reroll": self.reroll,
            "vary-slight": self.vary_slightly,
            "vary-strong": self.vary_strongly,
            "recipe": self.recipe,
        }

    async def here(self, interaction: discord.Interaction, named: str) -> Take:
        """The take of this channel that was chosen, which may be older than those offered, or the only one
        that fits what was typed.

        Raises:
            InvalidOption: There is none, or several.
        """
        named = named.strip()
        if not is_id(named):
            fitting = await self.fitting(interaction, named) if named else []
            if len(fitting) != 1:
                raise InvalidOption("take", "unknown_take")
            return fitting[0]
        try:
            take = await self._jobs.take(named)
        except NotFound:
            raise InvalidOption("take", "take_gone") from None
        if take.channel_id != str(interaction.channel_id):
            raise InvalidOption("take", "unknown_take")
        return take

    async def fitting(self, interaction: discord.Interaction, typed: str) -> list[Take]:
        """This channel's takes, newest first, whose name has what was typed; or the one of just that name."""
        takes = await self._jobs.takes_in(str(interaction.channel_id))
        named = [(take, take_choice(take, locale_of(interaction)).lower()) for take in takes]
        wanted = typed.strip().lower()
        exact = [take for take, name in named if wanted in (take.id, name)]
        return exact if len(exact) == 1 else [take for take, name in named if wanted in name]

    async def reroll(self, interaction: discord.Interaction, take_id: str, price: str) -> None:
        """The same words, new music."""
        take = await take_of(interaction, self._jobs, take_id)
        await self._counter.place(interaction, reroll(take.recipe), parent=take, seen=_read(price))

    async def vary_slightly(self, interaction: discord.Interaction, take_id: str, price: str) -> None:
        """A near neighbour."""
        await self._vary(interaction, take_id, "slight", price)

    async def vary_strongly(self, interaction: discord.Interaction, take_id: str, price: str) -> None:
        """A far one."""
        await self._vary(interaction, take_id, "strong", price)

    async def _vary(self, interaction: discord.Interaction, take_id: str, amount: Amount, price: str) -> None:
        take = await take_of(interaction, self._jobs, take_id)
        varied = vary(take.recipe, amount, chance=random.random())
        await self._counter.place(interaction, varied, parent=take, seen=_read(price))

    async def recipe(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Tell how it was made, to this person alone."""
        take = await take_of(interaction, self._jobs, take_id)
        parent = await self._parent(take)
        await answer(interaction, embed=recipe_card(take, parent, locale_of(interaction)))

    async def _parent(self, take: Take) -> Take | None:
        if take.parent_take_id is None:
            return None
        try:
            return await self._jobs.take(take.parent_take_id)
        except NotFound:
            return None


def _read(price: str) -> int:
    """The price that stood on the button; on one without it stood there that it costs nothing."""
    return int(price) if price.isdecimal() else 0

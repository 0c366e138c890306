"""The desk for morphs: something else of music that is there."""

from __future__ import annotations

import discord

from bot.jobs.recipes import Morph
from bot.jobs.records import source_of
from bot.ui.desks.counter import Counter
from bot.ui.desks.takes import TakeDesk


class MorphDesk:
    """Takes orders of morphs."""

    def __init__(self, counter: Counter, takes: TakeDesk) -> None:
        self._counter = counter
        self._takes = takes

    async def cover(
        self,
        interaction: discord.Interaction,
        named: str,
        tags: str,
        *,
        strength: float | None,
        seed: int | None,
    ) -> None:
        """Order a cover of one of this channel's takes, named by its id or by words that fit only it.

        Raises:
            InvalidOption: No such take here, nothing to play, or no host that can.
        """
        take = await self._takes.here(interaction, named)
        recipe = Morph.cover_of(source_of(take), tags=tags, strength=strength, seed=seed)
        await self._counter.place(interaction, recipe, parent=take)

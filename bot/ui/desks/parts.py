"""The desk for what is inside of a take: its players, its notes, and its ground for other riffs."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import cast

import discord

from bot.errors import InvalidOption, NotFound, UnusableAudio
from bot.jobs.file_names import file_name
from bot.jobs.recipes import Morph, Parts, Riff, Song
from bot.jobs.records import Take, source_of
from bot.jobs.service import Jobs
from bot.protocol.engine import LikeAs
from bot.ui.answers import locale_of
from bot.ui.desks.counter import Counter
from bot.ui.desks.people import take_of
from bot.ui.desks.presses import Handler
from bot.ui.desks.takes import TakeDesk
from bot.ui.words import say

Fits = Callable[[Take], bool]


class PartsDesk:
    """Acts on takes whose host tells more than their sound."""

    def __init__(self, jobs: Jobs, counter: Counter, takes: TakeDesk) -> None:
        self._jobs = jobs
        self._counter = counter
        self._takes = takes

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"stems": self.stems_of, "midi": self.midi_of}

    # finding

    def has_parts(self, take: Take) -> bool:
        """Whether its host can make it again player by player."""
        return self._why_no_parts(take) is None

    def has_notes(self, take: Take) -> bool:
        """Whether its notes are kept."""
        return take.score is not None

    def has_ground(self, take: Take) -> bool:
        """Whether another riff can go with it."""
        return take.audio is not None

    async def fitting(self, interaction: discord.Interaction, typed: str, fits: Fits) -> list[Take]:
        """This channel's takes that have what was typed, and of which it can be had."""
        return [take for take in await self._takes.fitting(interaction, typed) if fits(take)]

    # doing

    async def like(
        self, interaction: discord.Interaction, named: str, prompt: str, *, like_as: str, seed: int | None
    ) -> None:
        """Order a riff that goes with a take of this channel.

        Raises:
            InvalidOption: No such take here, it is no music, nothing to play, or no host that can.
        """
        take = await self._takes.here(interaction, named)
        if not self.has_ground(take):
            raise InvalidOption("take", "no_sound")
        riff = Riff.checked(prompt=prompt, seed=seed)
        going = {"like": source_of(take), "like_as": cast("LikeAs", like_as)}
        await self._counter.place(interaction, riff.model_copy(update=going), parent=take)

    async def stems(self, interaction: discord.Interaction, named: str) -> None:
        """Order the parts of a take of this channel. Raises ``InvalidOption``."""
        await self._order_parts(interaction, await self._takes.here(interaction, named))

    async def stems_of(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Order the parts of a take. Raises ``InvalidOption``, ``NotFound``."""
        # The menu says no price: where there is one, it is shown first.
        await self._order_parts(interaction, await take_of(interaction, self._jobs, take_id), seen=0)

    async def _order_parts(
        self, interaction: discord.Interaction, take: Take, *, seen: int | None = None
    ) -> None:
        problem = self._why_no_parts(take)
        if problem is not None or not isinstance(take.recipe, Riff | Morph | Song):
            raise InvalidOption("take", problem or "no_parts")
        recipe = Parts(source=source_of(take), of=take.recipe, seed=take.recipe.seed)
        await self._counter.place(interaction, recipe, parent=take, host=take.host, seen=seen)

    def _why_no_parts(self, take: Take) -> str | None:
        """The problem of ``InvalidOption``; None where they can be had."""
        if not isinstance(take.recipe, Riff | Morph | Song) or take.audio is None or take.score is None:
            return "no_parts"
        if take.recipe.seed is None:
            return "no_parts"
        probe = Parts(source=source_of(take), of=take.recipe)
        return None if take.host in self._jobs.hosts_for(probe) else "parts_elsewhere"

    async def midi(self, interaction: discord.Interaction, named: str) -> None:
        """The notes of a take of this channel. Raises ``InvalidOption``."""
        await self._tell_notes(interaction, await self._takes.here(interaction, named))

    async def midi_of(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """The notes of a take. Raises ``InvalidOption``, ``NotFound``."""
        await self._tell_notes(interaction, await take_of(interaction, self._jobs, take_id))

    async def _tell_notes(self, interaction: discord.Interaction, take: Take) -> None:
        """A file to this person alone: no job, no cost."""
        if take.score is None:
            raise InvalidOption("take", "no_notes")
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            content = await self._jobs.midi(take)
        except (UnusableAudio, NotFound):
            raise InvalidOption("take", "no_notes") from None
        await interaction.followup.send(
            say("midi.done", locale_of(interaction)),
            file=discord.File(io.BytesIO(content), filename=file_name(take) + ".mid"),
            ephemeral=True,
        )

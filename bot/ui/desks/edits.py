"""The desk behind *Edit prompt*: the words of a take in a form, and what they become as its child."""

from __future__ import annotations

import discord

from bot.errors import InvalidOption
from bot.jobs.recipes import Riff
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.ui.answers import locale_of
from bot.ui.desks.counter import Counter
from bot.ui.desks.people import take_of
from bot.ui.desks.presses import Handler
from bot.ui.desks.riffs import RiffDesk
from bot.ui.forms.kept import Kept
from bot.ui.forms.riff import RiffTyped
from bot.ui.forms.words import WordsModal, edited, words_of
from bot.ui.words import sentence


class EditDesk:
    """Asks for other words, and orders what they say."""

    def __init__(self, jobs: Jobs, counter: Counter, riffs: RiffDesk) -> None:
        self._jobs = jobs
        self._counter = counter
        self._riffs = riffs
        self._kept = Kept[tuple[Take, dict[str, str]]]("edit-again")

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"edit": self.edit, "edit-again": self.again}

    async def edit(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Show the form. Raises ``InvalidOption`` where there are no words."""
        take = await take_of(interaction, self._jobs, take_id)
        if isinstance(take.recipe, Riff):
            await self._riffs.ask(interaction, RiffTyped.of(take.recipe), take)
            return
        typed = words_of(take.recipe)
        form = WordsModal(self, take, typed, locale_of(interaction))
        await self._counter.ask(interaction, form, take.recipe, parent=take)

    async def written(self, interaction: discord.Interaction, take: Take, typed: dict[str, str]) -> None:
        """Order it as the take's child; where it cannot be played, nothing is lost."""
        try:
            recipe = edited(take.recipe, typed)
        except InvalidOption as error:
            told = sentence(error, locale_of(interaction))
            await self._kept.give_back(interaction, (take, typed), told)
            return
        await self._counter.place(interaction, recipe, parent=take)

    async def again(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """The form again, as it was. Raises ``NotFound`` (``typed``) after a restart."""
        take, typed = self._kept.of(interaction, key)
        form = WordsModal(self, take, typed, locale_of(interaction))
        await self._counter.ask(interaction, form, take.recipe, parent=take)

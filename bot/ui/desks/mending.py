"""The desk for words that a server does not want: they come back to their member, to be changed."""

from __future__ import annotations

import discord

from bot.errors import InvalidOption
from bot.jobs.recipes import Riff
from bot.ui.answers import locale_of
from bot.ui.desks.counter import Counter
from bot.ui.desks.presses import Handler
from bot.ui.desks.riffs import RiffDesk
from bot.ui.desks.unwanted import Unwanted
from bot.ui.forms.riff import RiffTyped
from bot.ui.forms.words import WordsModal, edited


class MendDesk:
    """Shows the form with what was written, and orders what it becomes."""

    def __init__(self, counter: Counter, riffs: RiffDesk) -> None:
        self._counter = counter
        self._riffs = riffs

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"mend": self.mend}

    async def mend(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """The form. Raises ``NotFound`` (``typed``) after a restart."""
        unwanted = self._counter.given_back.of(interaction, key)
        if isinstance(unwanted.recipe, Riff):
            await self._riffs.ask(interaction, RiffTyped.of(unwanted.recipe), unwanted.parent)
            return
        form = WordsModal(self, unwanted, unwanted.typed or {}, locale_of(interaction))
        await self._counter.ask(
            interaction, form, unwanted.recipe, parent=unwanted.parent, host=unwanted.host
        )

    async def written(self, interaction: discord.Interaction, of: Unwanted, typed: dict[str, str], /) -> None:
        """Order it; where it cannot be played, nothing is lost."""
        try:
            recipe = edited(of.recipe, typed)
        except InvalidOption as error:
            await self._counter.given_back.tell(interaction, of.with_words(typed), error, show=False)
            return
        await self._counter.place(interaction, recipe, parent=of.parent, host=of.host, clamped=of.clamped)

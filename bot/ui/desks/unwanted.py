"""What was written and is not wanted in this server, given back so that nobody has to write it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import discord

from bot.errors import InvalidOption
from bot.jobs.recipes import Recipe, Riff
from bot.jobs.records import Take
from bot.protocol.runs import Clamped
from bot.ui.answers import answer, locale_of, say_instead, withdraw
from bot.ui.cards.common import quoted
from bot.ui.forms.kept import Kept
from bot.ui.forms.words import words_of
from bot.ui.words import say, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """An order that was not placed for its words."""

    recipe: Recipe
    parent: Take | None
    host: str | None
    clamped: Clamped
    typed: dict[str, str] | None
    """What can be changed of it in a form, by name; None: nothing."""

    @classmethod
    def of(cls, recipe: Recipe, *, parent: Take | None, host: str | None, clamped: Clamped) -> Self:
        """With the words that it had."""
        try:
            typed = {} if isinstance(recipe, Riff) else words_of(recipe)
        except InvalidOption:
            typed = None
        return cls(recipe=recipe, parent=parent, host=host, clamped=clamped, typed=typed)

    def with_words(self, typed: dict[str, str]) -> Self:
        """As it was changed, and can still not be ordered."""
        return replace(self, typed=typed)


class GivenBack:
    """Keeps such orders for a while, each for its member alone."""

    def __init__(self) -> None:
        self._kept = Kept[Unwanted]("mend")

    async def tell(
        self,
        interaction: discord.Interaction,
        unwanted: Unwanted,
        error: InvalidOption,
        *,
        show: bool = True,
        in_place: bool = False,
    ) -> None:
        """Say to this person alone why it was not ordered, with the words and the way to change them.

        A promised answer may be for everybody to see, so the words stand in the form alone then. ``in_place``
        of a pressed preview.
        """
        if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            await withdraw(interaction)
        locale = locale_of(interaction)
        lines = [say("screen.refused", locale) if show else sentence(error, locale)]
        if show and not interaction.response.is_done():
            lines.append(say("screen.refused.yours", locale))
            lines += quoted(unwanted.recipe)
        if unwanted.typed is None:
            await (say_instead if in_place else answer)(interaction, "\n".join(lines))
            return
        await self._kept.give_back(interaction, unwanted, "\n".join(lines), in_place=in_place)

    def of(self, interaction: discord.Interaction, key: str) -> Unwanted:
        """What is kept under a button's key. Raises ``NotFound`` (``typed``)."""
        return self._kept.of(interaction, key)

"""The form for a cover: what it is to show, and which model paints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import discord

from bot.jobs.records import Take
from bot.ui.cards.prices import priced
from bot.ui.forms.open import Form
from bot.ui.text import clip, plain
from bot.ui.words import say

_PROMPT_MOST = 500


class Painter(Protocol):
    """Who goes on once it is filled in."""

    async def cover_filled_in(
        self, interaction: discord.Interaction, take: Take, model: str, prompt: str
    ) -> None:
        """Order the cover."""
        ...


class CoverForm(Form):
    """Two questions; the words of the music stand there already."""

    def __init__(
        self,
        painter: Painter,
        take: Take,
        prices: Mapping[str, int],
        locale: str,
        *,
        prompt: str | None = None,
    ) -> None:
        super().__init__(title=say("modal.cover.title", locale), timeout=3_600)
        offered = say("cover.prompt", locale, words=plain(take.name, 300)) if prompt is None else prompt
        self._painter = painter
        self._take = take
        self._prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            default=clip(offered, _PROMPT_MOST) or None,
            max_length=_PROMPT_MOST,
            custom_id="prompt",
        )
        self._model: discord.ui.Select[Any] = discord.ui.Select(
            options=[
                discord.SelectOption(label=priced(name, price, locale), value=name, default=place == 0)
                for place, (name, price) in enumerate(prices.items())
            ],
            custom_id="model",
        )
        self.add_item(discord.ui.Label(text=say("modal.cover.prompt", locale), component=self._prompt))
        self.add_item(discord.ui.Label(text=say("modal.cover.model", locale), component=self._model))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Hand it over."""
        chosen = self._model.values[0] if self._model.values else self._model.options[0].value
        await self._painter.cover_filled_in(interaction, self._take, chosen, self._prompt.value)

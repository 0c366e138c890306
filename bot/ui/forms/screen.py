"""Forms of the screen: many rules at once, and a text to try them on."""

from __future__ import annotations

from typing import Final, Protocol

import discord

from bot.safety.words import Action, Kind
from bot.ui.discord_limits import FIELD_CHARS
from bot.ui.forms.open import Form
from bot.ui.words import say

_LIFE_S: Final = 3_600.0


class TakesRules(Protocol):
    """Who adds rules and tries them."""

    async def typed(
        self, interaction: discord.Interaction, typed: str, *, kind: Kind, action: Action, spares: bool
    ) -> None:
        """Many rules were typed."""
        ...

    async def try_text(self, interaction: discord.Interaction, text: str, rule_id: int | None) -> None:
        """A text was typed."""
        ...


class RulesModal(Form):
    """Asks for many rules."""

    def __init__(self, desk: TakesRules, kind: Kind, action: Action, *, spares: bool, locale: str) -> None:
        super().__init__(title=say("modal.screen.title", locale), timeout=_LIFE_S)
        self._desk, self._spares = desk, spares
        self._kind: Kind = kind
        self._action: Action = action
        self._field = discord.ui.TextInput[RulesModal](
            style=discord.TextStyle.paragraph, max_length=FIELD_CHARS, custom_id="rules"
        )
        described = say(f"modal.screen.rules.{kind}", locale)
        label = say("modal.screen.rules.label", locale)
        self.add_item(discord.ui.Label(text=label, description=described, component=self._field))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Add them."""
        await self._desk.typed(
            interaction, self._field.value, kind=self._kind, action=self._action, spares=self._spares
        )


class TrialModal(Form):
    """Asks for a text."""

    def __init__(self, desk: TakesRules, rule_id: int | None, locale: str) -> None:
        super().__init__(title=say("modal.screen_test.title", locale), timeout=_LIFE_S)
        self._desk, self._rule_id = desk, rule_id
        self._field = discord.ui.TextInput[TrialModal](
            style=discord.TextStyle.paragraph, max_length=FIELD_CHARS, required=False, custom_id="text"
        )
        self.add_item(
            discord.ui.Label(text=say("modal.screen_test.text.label", locale), component=self._field)
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Try it."""
        await self._desk.try_text(interaction, self._field.value, self._rule_id)

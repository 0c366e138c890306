"""The form for a preset of a server."""

from __future__ import annotations

from typing import Final, Protocol

import discord

from bot.jobs.preferences import PRESET_NAME_MAX, PRESET_PROMPT_MAX
from bot.ui.forms.open import Form
from bot.ui.words import say

_LIFE_S: Final = 900.0


class KeepsPresets(Protocol):
    """Who goes on once it is filled in."""

    async def preset_kept(self, interaction: discord.Interaction, name: str, prompt: str) -> None:
        """Keep it."""
        ...


class PresetModal(Form):
    """Asks for a name and a prompt."""

    def __init__(self, desk: KeepsPresets, locale: str) -> None:
        super().__init__(title=say("modal.preset.title", locale), timeout=_LIFE_S)
        self._desk = desk
        self._name = discord.ui.TextInput[PresetModal](max_length=PRESET_NAME_MAX, custom_id="name")
        self._prompt = discord.ui.TextInput[PresetModal](
            max_length=PRESET_PROMPT_MAX, style=discord.TextStyle.paragraph, custom_id="prompt"
        )
        for field, part in (("name", self._name), ("prompt", self._prompt)):
            self.add_item(discord.ui.Label(text=say(f"modal.preset.{field}.label", locale), component=part))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Keep it."""
        await self._desk.preset_kept(interaction, self._name.value, self._prompt.value)

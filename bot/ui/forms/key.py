"""The form into which a key is typed: the one place where it is ever seen."""

from __future__ import annotations

from typing import Protocol

import discord
from pydantic import SecretStr

from bot.keys.records import KEY_MOST_CHARS, OwnerKind
from bot.ui.discord_limits import LABEL_CHARS
from bot.ui.forms.open import Form
from bot.ui.text import clip
from bot.ui.words import say

_LIFE_S = 900.0


class TakesKeys(Protocol):
    """Who goes on once it is filled in."""

    async def brought(
        self, interaction: discord.Interaction, host: str, kind: OwnerKind, key: SecretStr
    ) -> None:
        """Check the key, and keep it."""
        ...


class KeyModal(Form):
    """One field. Each has an id of its own, since two may be open at a time."""

    def __init__(self, desk: TakesKeys, host: str, kind: OwnerKind, locale: str) -> None:
        super().__init__(title=say("modal.key.title", locale), timeout=_LIFE_S, secret=True)
        self._desk, self._host = desk, host
        self._kind: OwnerKind = kind
        self._key = discord.ui.TextInput[KeyModal](max_length=KEY_MOST_CHARS, custom_id="key")
        label = discord.ui.Label[KeyModal](
            text=clip(say(f"modal.key.key.{kind}", locale, host=host), LABEL_CHARS),
            description=say("modal.key.key.hint", locale),
            component=self._key,
        )
        self.add_item(label)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it over; nothing of it is left in the form."""
        key = SecretStr(self._key.value)
        self._key = discord.ui.TextInput[KeyModal](custom_id="key")
        self.clear_items()
        await self._desk.brought(interaction, self._host, self._kind, key)

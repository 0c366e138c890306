"""The form of the pot: what is typed, not chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import discord

from bot.ui.forms.open import Form
from bot.ui.words import say

_LIFE_S: Final = 900.0
_LENGTHS: Final = {"amount": 12, "reset_time": 5, "zone": 60, "ask_above": 12, "worth": 20}
_OPTIONAL: Final = frozenset({"worth"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PotTyped:
    """The fields as they were typed; None where nothing is said of one."""

    amount: str | None = None
    reset_time: str | None = None
    zone: str | None = None
    ask_above: str | None = None
    worth: str | None = None


class TakesPots(Protocol):
    """Who changes what was filled in."""

    async def filled_in(self, interaction: discord.Interaction, typed: PotTyped) -> None:
        """The form was sent."""
        ...


class PotForm(Form):
    """Asks for amount, time, zone, from when on to ask, and what a credit is worth."""

    def __init__(self, desk: TakesPots, stands: PotTyped, locale: str) -> None:
        super().__init__(title=say("modal.pot.title", locale), timeout=_LIFE_S)
        self._desk = desk
        self._fields = {
            name: discord.ui.TextInput[PotForm](
                custom_id=name,
                default=getattr(stands, name) or None,
                max_length=longest,
                required=name not in _OPTIONAL,
            )
            for name, longest in _LENGTHS.items()
        }
        for name, field in self._fields.items():
            self.add_item(discord.ui.Label(text=say(f"modal.pot.{name}.label", locale), component=field))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        typed = PotTyped(**{name: field.value for name, field in self._fields.items()})
        await self._desk.filled_in(interaction, typed)

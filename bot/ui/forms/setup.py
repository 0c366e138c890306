"""The forms of ``/setup``: numbers and texts, as many as a page has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot.errors import InvalidOption
from bot.ui.discord_limits import FORM_TITLE_CHARS, LABEL_CHARS
from bot.ui.forms.open import Form
from bot.ui.text import clip

_LIFE_S: Final = 900.0

Filled = Callable[[discord.Interaction, dict[str, str]], Awaitable[None]]
"""Takes what was typed, by the names of the fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A field of a form."""

    name: str
    label: str
    hint: str = ""
    stands: str = ""
    longest: int = 10
    is_long: bool = False


class SetupForm(Form):
    """Asks for what the page has; everything may be left empty."""

    def __init__(self, title: str, blanks: Sequence[Blank], filled: Filled) -> None:
        super().__init__(title=clip(title, FORM_TITLE_CHARS), timeout=_LIFE_S)
        self._filled = filled
        self._fields: dict[str, discord.ui.TextInput[SetupForm]] = {}
        for blank in blanks:
            field = discord.ui.TextInput[SetupForm](
                custom_id=blank.name,
                default=blank.stands or None,
                max_length=blank.longest,
                required=False,
                style=discord.TextStyle.paragraph if blank.is_long else discord.TextStyle.short,
            )
            self._fields[blank.name] = field
            label = discord.ui.Label[SetupForm](
                text=clip(blank.label, LABEL_CHARS), description=blank.hint or None, component=field
            )
            self.add_item(label)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        typed = {name: field.value.strip() for name, field in self._fields.items()}
        await self._filled(interaction, typed)


def count_of(name: str, typed: str, low: int, high: int) -> int | None:
    """A whole number as it was typed; None where nothing was. Raises ``InvalidOption`` (not_a_count)."""
    if not typed:
        return None
    told = typed.replace(",", "").replace(" ", "")
    if not (told.isascii() and told.isdecimal() and len(told) <= 12 and low <= int(told) <= high):
        raise InvalidOption(name, "not_a_count", low=low, high=high)
    return int(told)

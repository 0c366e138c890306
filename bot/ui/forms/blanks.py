"""Forms of answers, as ``/setup``, ``/pot`` and ``/screen`` ask for them; what cannot be used comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import discord

from bot.errors import InvalidOption
from bot.ui.answers import locale_of
from bot.ui.discord_limits import FORM_TITLE_CHARS, LABEL_CHARS
from bot.ui.forms.kept import Kept
from bot.ui.forms.open import Form
from bot.ui.text import clip
from bot.ui.words import sentence

_LIFE_S: Final = 3_600.0

Filled = Callable[[discord.Interaction, dict[str, str]], Awaitable[None]]
"""Takes what was typed, by the names of the fields. ``InvalidOption`` of a field is told by its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A field of a form."""

    name: str
    """As the errors about what is typed in it call it."""
    label: str
    hint: str = ""
    stands: str = ""
    longest: int = 10
    is_long: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """A form before it is shown."""

    title: str
    blanks: Sequence[Blank]
    filled: Filled

    def filled_with(self, typed: Mapping[str, str]) -> Questions:
        """The same with these answers standing in it."""
        return replace(self, blanks=[replace(each, stands=typed[each.name]) for each in self.blanks])

    def label_of(self, name: str) -> str | None:
        """What the field of that name is called; None: there is none."""
        return next((each.label for each in self.blanks if each.name == name), None)


class BlankForms:
    """Shows such forms, and keeps what could not be used, each for its member alone."""

    def __init__(self) -> None:
        self._kept = Kept[Questions]("form-again")

    def handlers(self) -> dict[str, Callable[[discord.Interaction, str, str], Awaitable[None]]]:
        """Which buttons end here."""
        return {"form-again": self.again}

    async def ask(self, interaction: discord.Interaction, questions: Questions) -> None:
        """Show it."""
        await interaction.response.send_modal(_BlankForm(self, questions))

    async def again(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """The form again, as it was sent. Raises ``NotFound`` (``typed``) after a restart."""
        await self.ask(interaction, self._kept.of(interaction, key))

    async def sent(
        self, interaction: discord.Interaction, questions: Questions, typed: dict[str, str]
    ) -> None:
        """Have it taken, or give it back."""
        try:
            await questions.filled(interaction, typed)
        except InvalidOption as error:
            await self.give_back(interaction, questions.filled_with(typed), error)

    async def give_back(
        self, interaction: discord.Interaction, questions: Questions, error: InvalidOption
    ) -> None:
        """Say what is wrong with what stands in it, with the button that shows it."""
        label = questions.label_of(error.option)
        told = sentence(error if label is None else error.of_field(label), locale_of(interaction))
        await self._kept.give_back(interaction, questions, told)


class _BlankForm(Form):
    """Asks for all of it."""

    def __init__(self, forms: BlankForms, questions: Questions) -> None:
        super().__init__(title=clip(questions.title, FORM_TITLE_CHARS), timeout=_LIFE_S)
        self._forms, self._questions = forms, questions
        self._fields: dict[str, discord.ui.TextInput[_BlankForm]] = {}
        for blank in questions.blanks:
            field = discord.ui.TextInput[_BlankForm](
                custom_id=blank.name,
                default=blank.stands or None,
                max_length=blank.longest,
                required=blank.required,
                style=discord.TextStyle.paragraph if blank.is_long else discord.TextStyle.short,
            )
            self._fields[blank.name] = field
            label = discord.ui.Label[_BlankForm](
                text=clip(blank.label, LABEL_CHARS), description=blank.hint or None, component=field
            )
            self.add_item(label)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it over."""
        typed = {name: field.value.strip() for name, field in self._fields.items()}
        await self._forms.sent(interaction, self._questions, typed)

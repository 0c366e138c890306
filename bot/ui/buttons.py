"""Buttons and menus that work for ever: everything they need stands in their id.

How ids are made stands in :mod:`bot.ui.action_ids`; ``rc1`` is the version of buttons, ``rm1`` that of select
menus, ``re1`` that of menus of channels and roles.
discord.py matches ids of incoming presses against the patterns here, whichever process sent the message and
however long ago. Which desk acts on an action stands in ``bot.ui.desks``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol, Self, cast

import discord

from bot.ui import answers
from bot.ui.action_ids import MORE, pattern_of
from bot.ui.attempts import note_attempt
from bot.ui.looks import LOOKS, MENUS, PICKERS
from bot.ui.words import say

View = discord.ui.View
_DIGITS_MOST: Final = 12
"""Of pages and places; a database takes no number of any length."""


def _pattern(version: str, actions: Iterable[str]) -> str:
    return pattern_of(version, "|".join(map(re.escape, actions)))


_BUTTONS: Final = _pattern("rc1", LOOKS)
_MENUS: Final = _pattern("rm1", MENUS)
_PICKERS: Final = _pattern("re1", PICKERS)
_OURS: Final = re.sub(r"\?P<\w+>", "?:", rf"(?:{_BUTTONS}|{_MENUS}|{_PICKERS})")


def number_in(more: str) -> int | None:
    """The number at the end of an id; none where it is none that any of ours could be."""
    return int(more) if more.isdecimal() and len(more) <= _DIGITS_MOST else None


def subject_of(custom_id: str | None) -> str | None:
    """What a button or menu of ours is about; None for any other id."""
    for pattern in (_BUTTONS, _MENUS, _PICKERS):
        if custom_id is not None and (found := re.fullmatch(pattern, custom_id)) is not None:
            return found["subject"]
    return None


class Presses(Protocol):
    """Who acts on a press; the client carries it as ``presses``."""

    async def pressed(self, interaction: discord.Interaction, action: str, subject: str, more: str) -> None:
        """A button, with what more its id says, or a menu, with what was chosen."""
        ...


async def _hand_over(interaction: discord.Interaction[Any], action: str, subject: str, more: str) -> None:
    try:
        presses: Presses = interaction.client.presses
        await presses.pressed(interaction, action, subject, more)
    except Exception as error:
        await answers.fault(interaction, error)


class ActionButton(discord.ui.DynamicItem[discord.ui.Button[View]], template=_BUTTONS):
    """One of our buttons."""

    def __init__(
        self, action: str, subject: str, locale: str = "en", *, more: str = "", row: int | None = None
    ) -> None:
        look = LOOKS[action]
        super().__init__(
            discord.ui.Button(
                label=say(f"button.{action.replace('-', '_')}", locale),
                emoji=look.emoji,
                style=look.style,
                custom_id=f"rc1:{action}:{subject}" + (f":{more}" if more else ""),
            ),
            row=row,
        )
        self.action = action
        self.subject = subject
        self.more = more

    @classmethod
    def of_id(cls, custom_id: str | None, locale: str, *, row: int | None = None) -> Self | None:
        """The button that has this id; None where it is none of ours."""
        told = re.fullmatch(_BUTTONS, custom_id or "")
        return (
            None
            if told is None
            else cls(told["action"], told["subject"], locale, more=told["more"] or "", row=row)
        )

    @staticmethod
    def holds(more: str) -> bool:
        """Whether a text can stand at the end of an id."""
        return re.fullmatch(MORE, more) is not None

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the pressed button's id alone."""
        return cls(match["action"], match["subject"], more=match["more"] or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press over."""
        await _hand_over(interaction, self.action, self.subject, self.more)


class ActionMenu(discord.ui.DynamicItem[discord.ui.Select[View]], template=_MENUS):
    """One of our select menus, of which one thing is chosen; that is what ``more`` is."""

    def __init__(
        self, action: str, subject: str, options: Sequence[discord.SelectOption], locale: str = "en"
    ) -> None:
        super().__init__(
            discord.ui.Select(
                placeholder=say(f"menu.{action.replace('-', '_')}", locale),
                options=list(options),
                custom_id=f"rm1:{action}:{subject}",
            )
        )
        self.action = action
        self.subject = subject

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the used menu's id alone; what it offered then may be offered no more."""
        used = cast("discord.ui.Select[View]", item)
        return cls(match["action"], match["subject"], used.options)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice over."""
        values: list[str] = cast("Any", interaction.data or {}).get("values") or [""]
        await _hand_over(interaction, self.action, self.subject, values[0])


Picker = discord.ui.ChannelSelect[View] | discord.ui.RoleSelect[View]


class PickMenu(discord.ui.DynamicItem[Picker], template=_PICKERS):
    """One of our menus of channels or roles, of which several can be chosen; ``more`` is their ids."""

    def __init__(self, action: str, subject: str, picker: Picker) -> None:
        picker.custom_id = f"re1:{action}:{subject}"
        super().__init__(picker)
        self.action = action
        self.subject = subject

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the used menu's id alone."""
        return cls(match["action"], match["subject"], cast("Picker", item))

    def to_component_dict(self) -> dict[str, Any]:
        """As Discord's API document says: ids are strings."""
        told: dict[str, Any] = super().to_component_dict()
        for each in told.get("default_values", ()):
            each["id"] = str(each["id"])
        return told

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice over; empty where nothing is chosen any more."""
        values: list[str] = cast("Any", interaction.data or {}).get("values") or []
        await _hand_over(interaction, self.action, self.subject, ",".join(values))


class StrangeButton(discord.ui.DynamicItem[discord.ui.Button[View]], template=rf"(?!{_OURS}\Z)[\s\S]*"):
    """Any other id: a button of another version. It gets an answer instead of a dead press."""

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label="?", custom_id="strange"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Nothing of the id can be trusted."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Say kindly that it does nothing; somebody may have made it up."""
        await answers.answer(interaction, say("button.strange", answers.locale_of(interaction)))
        await note_attempt(interaction, "strange")


DYNAMIC_ITEMS: Final = (ActionButton, ActionMenu, PickMenu, StrangeButton)
"""What the client registers once."""

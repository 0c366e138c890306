"""Buttons that work for ever: everything they need stands in their id, ``rc1:<action>:<job or take>``.

``rc1`` is the version of that form. discord.py matches ids of incoming presses against the patterns
here, whichever process sent the message and however long ago.
"""

from __future__ import annotations

import re
from typing import Any, Final, Protocol, Self, cast

import discord

from bot.ui import answers
from bot.ui.words import say

_ID: Final = r"[a-z0-9]{8,24}"
TAKE_ACTIONS: Final = ("reroll", "vary-slight", "vary-strong", "recipe", "delete")
_STYLES: Final = {"reroll": discord.ButtonStyle.primary, "delete": discord.ButtonStyle.danger}
_EMOJI: Final = {"reroll": "🎲", "vary-slight": "🌱", "vary-strong": "🌶️", "recipe": "📜", "delete": "🗑️"}
_OURS: Final = rf"rc1:(?:(?:{'|'.join(TAKE_ACTIONS)})|cancel):{_ID}"

View = discord.ui.View


class Presses(Protocol):
    """Who acts on a press; the client carries it as ``presses``."""

    async def take_pressed(self, interaction: discord.Interaction, action: str, take_id: str) -> None:
        """A button under a result."""
        ...

    async def cancel_pressed(self, interaction: discord.Interaction, job_id: str) -> None:
        """The button under a running card."""
        ...


def _presses(interaction: discord.Interaction) -> Presses:
    return cast("Any", interaction.client).presses


class TakeButton(
    discord.ui.DynamicItem[discord.ui.Button[View]],
    template=rf"rc1:(?P<action>{'|'.join(TAKE_ACTIONS)}):(?P<take>{_ID})",
):
    """One of the buttons under a result."""

    def __init__(self, action: str, take_id: str, locale: str = "en") -> None:
        super().__init__(
            discord.ui.Button(
                label=say(f"button.{action.replace('-', '_')}", locale),
                emoji=_EMOJI[action],
                style=_STYLES.get(action, discord.ButtonStyle.secondary),
                custom_id=f"rc1:{action}:{take_id}",
            )
        )
        self.action = action
        self.take_id = take_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the pressed button's id alone."""
        return cls(match["action"], match["take"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press over."""
        try:
            await _presses(interaction).take_pressed(interaction, self.action, self.take_id)
        except Exception as error:
            await answers.fault(interaction, error)


class CancelButton(discord.ui.DynamicItem[discord.ui.Button[View]], template=rf"rc1:cancel:(?P<job>{_ID})"):
    """The button under a running card."""

    def __init__(self, job_id: str, locale: str = "en") -> None:
        super().__init__(
            discord.ui.Button(
                label=say("button.cancel", locale),
                style=discord.ButtonStyle.secondary,
                custom_id=f"rc1:cancel:{job_id}",
            )
        )
        self.job_id = job_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the pressed button's id alone."""
        return cls(match["job"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press over."""
        try:
            await _presses(interaction).cancel_pressed(interaction, self.job_id)
        except Exception as error:
            await answers.fault(interaction, error)


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
        """Say kindly that it does nothing."""
        await answers.answer(interaction, say("button.strange", answers.locale_of(interaction)))


DYNAMIC_ITEMS: Final = (TakeButton, CancelButton, StrangeButton)
"""What the client registers once."""


def result_row(take_id: str, locale: str = "en") -> View:
    """The five buttons under a result."""
    row = View(timeout=None)
    for action in TAKE_ACTIONS:
        row.add_item(TakeButton(action, take_id, locale))
    return row


def running_row(job_id: str, locale: str = "en") -> View:
    """The one button under a running card."""
    return View(timeout=None).add_item(CancelButton(job_id, locale))

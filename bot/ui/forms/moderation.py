"""Forms of moderation: why an order is refused, and what is wrong with a take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import discord

from bot.jobs.records import Take
from bot.moderation.reports import REASON_MAX
from bot.ui import text
from bot.ui.discord_limits import FORM_TITLE_CHARS
from bot.ui.forms.open import Form
from bot.ui.words import say

_LIFE_S: Final = 3_600.0
REJECT_MAX: Final = 400

Rejects = Callable[[discord.Interaction, str, str], Awaitable[None]]
"""Refuses an order, or all that waits of a member, by its id and the reason."""


class Hears(Protocol):
    """Who takes reports."""

    async def told(self, interaction: discord.Interaction, take: Take, reason: str) -> None:
        """The form was sent."""
        ...


class RejectForm(Form):
    """Asks why an order is refused, or everything that waits of the member whom ``all_of`` names."""

    def __init__(self, rejects: Rejects, subject: str, locale: str, *, all_of: str | None = None) -> None:
        title = say("modal.reject.title", locale)
        if all_of is not None:
            title = text.plain(say("modal.reject.title.all", locale, name=all_of), FORM_TITLE_CHARS)
        super().__init__(title=title, timeout=_LIFE_S)
        self._rejects, self._subject = rejects, subject
        self._reason = _reason(REJECT_MAX)
        label, why = say("modal.reject.reason.label", locale), say("modal.reject.reason.why", locale)
        self.add_item(discord.ui.Label(text=label, description=why, component=self._reason))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        await self._rejects(interaction, self._subject, self._reason.value)


class ReportForm(Form):
    """Asks what is wrong with a take."""

    def __init__(self, desk: Hears, take: Take, locale: str) -> None:
        super().__init__(title=say("modal.report.title", locale), timeout=_LIFE_S)
        self._desk, self._take = desk, take
        self._reason = _reason(REASON_MAX)
        label, why = say("modal.report.reason.label", locale), say("modal.report.reason.why", locale)
        self.add_item(discord.ui.Label(text=label, description=why, component=self._reason))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        await self._desk.told(interaction, self._take, self._reason.value)


def _reason(most: int) -> discord.ui.TextInput[discord.ui.Modal]:
    return discord.ui.TextInput(
        custom_id="reason", style=discord.TextStyle.paragraph, max_length=most, required=True
    )

"""Forms of moderation: why an order is refused, and what is wrong with a take."""

from __future__ import annotations

from typing import Final, Protocol

import discord

from bot.jobs.records import Take
from bot.moderation.reports import REASON_MAX
from bot.ui.forms.open import Form
from bot.ui.words import say

_LIFE_S: Final = 3_600.0
REJECT_MAX: Final = 400


class Rejects(Protocol):
    """Who refuses orders."""

    async def rejected(self, interaction: discord.Interaction, job_id: str, reason: str) -> None:
        """The form was sent."""
        ...


class Hears(Protocol):
    """Who takes reports."""

    async def told(self, interaction: discord.Interaction, take: Take, reason: str) -> None:
        """The form was sent."""
        ...


class RejectForm(Form):
    """Asks why an order is refused."""

    def __init__(self, desk: Rejects, job_id: str, locale: str) -> None:
        super().__init__(title=say("modal.reject.title", locale), timeout=_LIFE_S)
        self._desk, self._job_id = desk, job_id
        self._reason = _reason_field(REJECT_MAX)
        self.add_item(
            discord.ui.Label(
                text=say("modal.reject.reason.label", locale),
                description=say("modal.reject.reason.why", locale),
                component=self._reason,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        await self._desk.rejected(interaction, self._job_id, self._reason.value)


class ReportForm(Form):
    """Asks what is wrong with a take."""

    def __init__(self, desk: Hears, take: Take, locale: str) -> None:
        super().__init__(title=say("modal.report.title", locale), timeout=_LIFE_S)
        self._desk, self._take = desk, take
        self._reason = _reason_field(REASON_MAX)
        self.add_item(
            discord.ui.Label(
                text=say("modal.report.reason.label", locale),
                description=say("modal.report.reason.why", locale),
                component=self._reason,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        await self._desk.told(interaction, self._take, self._reason.value)


def _reason_field(most: int) -> discord.ui.TextInput[discord.ui.Modal]:
    return discord.ui.TextInput(
        custom_id="reason", style=discord.TextStyle.paragraph, max_length=most, required=True
    )

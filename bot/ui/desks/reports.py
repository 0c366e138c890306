"""The desk for reports: members tell that something is wrong with a take, moderators act on it."""

from __future__ import annotations

import discord

from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.moderation.deeds import By
from bot.ui.answers import answer, locale_of
from bot.ui.cards.notices import report_panel
from bot.ui.desks.here import language_of_card
from bot.ui.desks.morphs import MorphDesk
from bot.ui.desks.people import require_here, require_moderator_of
from bot.ui.desks.presses import Handler
from bot.ui.forms.moderation import ReportForm
from bot.ui.mentions import NOBODY
from bot.ui.words import say


class ReportDesk:
    """Takes reports, and acts on the buttons of their cards."""

    def __init__(self, jobs: Jobs, house: House, morphs: MorphDesk) -> None:
        self._jobs = jobs
        self._house = house
        self._reports = house.reports
        self._morphs = morphs

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and choices end here."""
        return {
            "report": self.wanted,
            "report-delete": self.deleted,
            "report-block": self.blocked,
            "report-dismiss": self.dismissed,
        }

    async def wanted(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """The choice behind *More*: ask what is wrong. Raises ``NotFound``, ``NotAllowed``."""
        await self._ask(interaction, await self._jobs.take(take_id))

    async def of_message(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """The menu of a message. Raises ``InvalidOption`` for messages without a take."""
        await self._ask(interaction, await self._morphs.in_message(interaction, message))

    async def _ask(self, interaction: discord.Interaction, take: Take) -> None:
        require_here(interaction, take)
        await interaction.response.send_modal(ReportForm(self, take, locale_of(interaction)))

    async def told(self, interaction: discord.Interaction, take: Take, reason: str) -> None:
        """The form was sent. Raises ``InvalidOption`` for one's own, ``NotAllowed`` (report_more)."""
        locale = locale_of(interaction)
        reported = await self._reports.report(
            take, reporter_id=str(interaction.user.id), reason=reason, locale=locale
        )
        await answer(interaction, say(f"report.{reported}", locale))

    # what moderators decide

    async def deleted(self, interaction: discord.Interaction, notice_id: str, _: str) -> None:
        """Away with it, everywhere.

        Raises:
            NotAllowed: ``moderate``, ``other_server``.
            NotFound: ``report``.
            AlreadyDecided: Somebody was faster.
        """
        by = await self._by(interaction, notice_id)
        await interaction.response.defer()  # messages are deleted one by one
        await self._reports.delete(notice_id, by)
        await self._show(interaction, notice_id)

    async def blocked(self, interaction: discord.Interaction, notice_id: str, _: str) -> None:
        """Its author orders nothing any more. Raises as :meth:`deleted`."""
        by = await self._by(interaction, notice_id)
        await self._reports.block(notice_id, by)
        await self._show(interaction, notice_id)

    async def dismissed(self, interaction: discord.Interaction, notice_id: str, _: str) -> None:
        """Nothing is wrong. Raises as :meth:`deleted`."""
        by = await self._by(interaction, notice_id)
        await self._reports.dismiss(notice_id, by)
        await self._show(interaction, notice_id)

    async def _by(self, interaction: discord.Interaction, notice_id: str) -> By:
        return await require_moderator_of(interaction, self._house.choices, self._reports, notice_id)

    async def _show(self, interaction: discord.Interaction, notice_id: str) -> None:
        """The card that was pressed says at once how it was decided."""
        report = await self._reports.get(notice_id, str(interaction.guild_id))
        asked_in = report.notice.facts.get("locale")
        panel = report_panel(report, await language_of_card(interaction, self._house.choices, asked_in))
        if interaction.response.is_done():
            await interaction.edit_original_response(view=panel, allowed_mentions=NOBODY)
        else:
            await interaction.response.edit_message(view=panel, allowed_mentions=NOBODY)

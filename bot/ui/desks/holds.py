"""The desk for what waits: the buttons of moderators' cards, and ``/mod queue``."""

from __future__ import annotations

import io
from dataclasses import replace

import discord
import structlog

from bot.errors import NotFound
from bot.library.house import House
from bot.moderation.deeds import By
from bot.moderation.records import HOLD, REPORT
from bot.moderation.references import Reference
from bot.ui.answers import answer, locale_of, show_panel
from bot.ui.cards.notices import hold_panel, report_panel, words_file
from bot.ui.cards.queue import queue_panel
from bot.ui.cards.running import running_card
from bot.ui.desks.here import language_of_card
from bot.ui.desks.people import has_left, require_moderator, require_moderator_of
from bot.ui.desks.presses import Handler
from bot.ui.desks.setup_facts import gone_from
from bot.ui.forms.moderation import RejectForm
from bot.ui.mentions import NOBODY
from bot.ui.messages import FAILURES, message_of
from bot.ui.pace import OLD
from bot.ui.rows import running_row
from bot.ui.words import counted, say

_log = structlog.get_logger(__name__)


class HoldDesk:
    """Acts on orders that wait, for moderators alone. A stale card is answered with who decided."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._approvals = house.approvals

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {
            "hold-yes": self.approved,
            "hold-trust": self.trusted,
            "hold-no": self.reason_wanted,
            "hold-words": self.words_wanted,
            "queue": self.looked_at,
            "queue-all": self.all_unwanted,
        }

    async def approved(self, interaction: discord.Interaction, job_id: str, _: str) -> None:
        """Let it go.

        Raises:
            NotAllowed: ``moderate``: no moderator; ``other_server``: of another one.
            NotFound: ``hold``.
            AlreadyDecided: Somebody was faster.
        """
        await self._decide(interaction, job_id, trust=False)

    async def trusted(self, interaction: discord.Interaction, job_id: str, _: str) -> None:
        """Let it go, and what this member orders from now on. Raises as :meth:`approved`."""
        await self._decide(interaction, job_id, trust=True)

    async def _decide(self, interaction: discord.Interaction, job_id: str, *, trust: bool) -> None:
        by = await self._by(interaction, job_id)
        hold = await self._approvals.approve(job_id, by, trusted=trust)
        await self._show(interaction, job_id)
        if self._approvals.age(hold) > OLD:
            await self._tell_old_card(interaction, job_id)

    async def _tell_old_card(self, interaction: discord.Interaction, job_id: str) -> None:
        """Nothing else edits a card so old: it says once that it waits no more, until it is replaced."""
        job = (await self._approvals.waiting(job_id, str(interaction.guild_id))).job
        if job is None or job.ended or job.message_id is None or job.order.delivery == "private":
            return
        order = job.order
        card, row = running_card(job, None, order.locale), running_row(job.id, order.locale)
        message = message_of(interaction.client, order.guild_id, order.channel_id, job.message_id)
        try:
            await message.edit(embed=card, view=row, allowed_mentions=NOBODY)
        except FAILURES as error:
            _log.info("card.stays_old", job=job.id, error=repr(error))

    async def reason_wanted(self, interaction: discord.Interaction, job_id: str, _: str) -> None:
        """Ask for the reason of a refusal. Raises as :meth:`approved`."""
        by = await self._by(interaction, job_id)
        await self._approvals.require_open(job_id, by.guild_id)
        await interaction.response.send_modal(RejectForm(self.rejected, job_id, locale_of(interaction)))

    async def rejected(self, interaction: discord.Interaction, job_id: str, reason: str) -> None:
        """Refuse it. Raises as :meth:`approved`."""
        by = await self._by(interaction, job_id)
        await self._approvals.reject(job_id, by, reason=reason)
        await self._show(interaction, job_id)

    async def words_wanted(self, interaction: discord.Interaction, job_id: str, _: str) -> None:
        """All that was written for it as a file, to this moderator alone. Raises as :meth:`approved`."""
        by = await self._by(interaction, job_id)
        waiting, locale = await self._approvals.waiting(job_id, by.guild_id), locale_of(interaction)
        file = discord.File(io.BytesIO(words_file(waiting, locale).encode("utf-8")), filename="words.txt")
        await answer(interaction, say("hold.words", locale), file=file)

    async def _by(self, interaction: discord.Interaction, job_id: str) -> By:
        return await require_moderator_of(interaction, self._house.choices, self._approvals, job_id)

    async def _show(self, interaction: discord.Interaction, job_id: str) -> None:
        """The card that was pressed says at once how it was decided."""
        waiting = await self._approvals.waiting(job_id, str(interaction.guild_id))
        asked_in = None if waiting.job is None else waiting.job.order.locale
        panel = hold_panel(waiting, await language_of_card(interaction, self._house.choices, asked_in))
        await interaction.response.edit_message(view=panel, allowed_mentions=NOBODY)

    # the queue

    async def queue(self, interaction: discord.Interaction) -> None:
        """``/mod queue``. Raises ``NotAllowed`` (moderate)."""
        by = await require_moderator(interaction, self._house.choices)
        queue = await self._approvals.queue(by.guild_id)
        if queue.channel_id is not None:
            told_in = Reference(kind="channel", id=queue.channel_id)
            if gone_from(interaction.guild, [told_in]):  # which the next try to tell would meet, too
                queue = replace(queue, trouble="channel_gone")
        await show_panel(interaction, view=queue_panel(queue, locale_of(interaction)))

    async def all_unwanted(self, interaction: discord.Interaction, _: str, user_id: str) -> None:
        """Ask why all that waits of a member is refused. Raises ``NotAllowed`` (moderate)."""
        by = await require_moderator(interaction, self._house.choices)
        names = await self._house.library.names_of(by.guild_id, [user_id])
        all_of = names.get(user_id, "?")
        form = RejectForm(self.all_rejected, user_id, locale_of(interaction), all_of=all_of)
        await interaction.response.send_modal(form)

    async def all_rejected(self, interaction: discord.Interaction, user_id: str, reason: str) -> None:
        """Refuse all of it. Raises ``NotAllowed`` (moderate)."""
        by, locale = await require_moderator(interaction, self._house.choices), locale_of(interaction)
        count = await self._approvals.reject_all(user_id, by, reason=reason)
        await show_panel(interaction, view=queue_panel(await self._approvals.queue(by.guild_id), locale))
        member = f"<@{user_id}>"
        told = counted("mod.rejected_all", count, locale, member=member)
        await answer(interaction, told if count else say("mod.rejected_all.none", locale, member=member))

    async def looked_at(self, interaction: discord.Interaction, _: str, chosen: str) -> None:
        """One was chosen from the queue: its card, with its buttons, to this moderator alone."""
        kind, _, subject = chosen.partition(":")
        locale, choices, reports = locale_of(interaction), self._house.choices, self._house.reports
        if kind == HOLD:
            by = await self._by(interaction, subject)
            waiting = await self._approvals.waiting(subject, by.guild_id)
            gone = waiting.hold.state == "open" and await has_left(interaction.guild, waiting.hold.user_id)
            panel = hold_panel(waiting, locale, has_left=gone)
        elif kind == REPORT:
            by = await require_moderator_of(interaction, choices, reports, subject)
            panel = report_panel(await reports.get(subject, by.guild_id), locale)
        else:
            await require_moderator(interaction, choices)
            raise NotFound("hold")
        await interaction.response.send_message(view=panel, ephemeral=True, allowed_mentions=NOBODY)

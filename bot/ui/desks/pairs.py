"""The desk for the two takes of a job: one of them stays, or both do; and what can be done with each."""

from __future__ import annotations

import discord

from bot.errors import NotFound
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.ui.answers import answer, locale_of
from bot.ui.attachments import LETTERS
from bot.ui.cards.deeds import deeds_of
from bot.ui.desks.people import is_moderator, require_here, take_of
from bot.ui.desks.presses import Handler
from bot.ui.discord_limits import TITLE_CHARS
from bot.ui.pairs import Shown, behind, card_of, shown_alone, shown_kept
from bot.ui.rows import result_row
from bot.ui.voice_message import take_back
from bot.ui.words import say


class PairDesk:
    """Acts on the buttons under two takes."""

    def __init__(self, jobs: Jobs, house: House) -> None:
        self._jobs = jobs
        self._choices = house.choices

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {
            "keep-a": self.keep,
            "keep-b": self.keep,
            "keep-both": self.keep_both,
            "with-a": self.panel,
            "with-b": self.panel,
        }

    async def keep(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """This one stays; the other goes."""
        await self._choose(interaction, take_id, both=False)

    async def keep_both(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Nothing goes."""
        await self._choose(interaction, take_id, both=True)

    async def _choose(self, interaction: discord.Interaction, take_id: str, *, both: bool) -> None:
        require_here(interaction, await self._jobs.take_made(take_id))
        moderator = await is_moderator(interaction, self._choices)
        choice = await self._jobs.choose(
            take_id, both=both, actor_id=str(interaction.user.id), is_moderator=moderator
        )
        await interaction.response.edit_message(**await self._shown(interaction, choice.stays))
        as_asked = len(choice.stays) > 1 if both else [each.id for each in choice.stays] == [take_id]
        if choice.was_made and not as_asked:
            key = "pair.chosen.both" if len(choice.stays) > 1 else "pair.chosen.one"
            await answer(interaction, say(key, locale_of(interaction)))
        for gone in choice.goes:
            await take_back(interaction.client, gone)

    async def _shown(self, interaction: discord.Interaction, stays: tuple[Take, ...]) -> Shown:
        message = interaction.message
        if message is None:
            raise NotFound("take")
        take = stays[0]
        known = await behind(self._jobs, take, locale_of(interaction))
        if len(stays) > 1:
            return shown_kept(stays, message, known.order.locale)
        return shown_alone(take, message, known, self._jobs.offers)

    async def panel(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """The buttons of a single result, for this take and this person alone."""
        take = await take_of(interaction, self._jobs, take_id)
        locale = locale_of(interaction)
        known = await behind(self._jobs, take, locale)
        card = card_of(take, known, None, locale)
        card.title = f"{LETTERS[take.number]} · {card.title}"[:TITLE_CHARS]
        view = result_row(take.id, locale, deeds_of(take, self._jobs.offers), price=known.price)
        await interaction.response.send_message(embed=card, view=view, ephemeral=True)

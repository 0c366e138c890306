"""The desk for previews: their owner opens, posts or discards what nobody else has seen yet."""

from __future__ import annotations

import discord

from bot.jobs.parcels import Delivery, Posted
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.ui.answers import locale_of
from bot.ui.attachments import attachments
from bot.ui.cards.common import message_link
from bot.ui.desks.presses import Handler
from bot.ui.discord_errors import require_granted, translated
from bot.ui.mentions import NOBODY
from bot.ui.messages import take_away
from bot.ui.private import preview_row
from bot.ui.results import cards_of
from bot.ui.words import say


class PrivateDesk:
    """Acts on the buttons of previews, and of the cards that tell of them."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"open": self.open, "post": self.post, "discard": self.discard}

    async def open(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Show the preview to its owner."""

        async def give(job: Job, delivery: Delivery) -> Posted:
            locale = job.order.locale
            cards = cards_of(job, delivery, self._jobs.offers, interaction.created_at)
            with translated(interaction.client, job.order.guild_id, job.order.channel_id):
                shown = await interaction.edit_original_response(
                    embeds=cards,
                    attachments=attachments(delivery, locale),
                    view=preview_row(delivery.parts[0].take.id, locale),
                    allowed_mentions=NOBODY,
                )
            return Posted(card_id=str(shown.id), channel_id=job.order.channel_id, message_id=None)

        await self._jobs.previews.require(take_id, actor_id=str(interaction.user.id))
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._jobs.previews.show(take_id, give, actor_id=str(interaction.user.id))

    async def post(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Show it to everybody, once."""
        require_granted(interaction)
        await self._jobs.previews.require(take_id, actor_id=str(interaction.user.id), posted_too=True)
        await interaction.response.defer()
        job, take = await self._jobs.previews.post(take_id, actor_id=str(interaction.user.id))
        link = message_link(take.guild_id, take.channel_id, take.message_id)
        await self._close(interaction, job, say("private.posted", locale_of(interaction), link=link))

    async def discard(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Forget it."""
        await self._jobs.previews.require(take_id, actor_id=str(interaction.user.id))
        await interaction.response.defer()
        job = await self._jobs.previews.discard(take_id, actor_id=str(interaction.user.id))
        await self._close(interaction, job, say("private.discarded", locale_of(interaction)))

    async def _close(self, interaction: discord.Interaction, job: Job, told: str) -> None:
        """The last word in place of the preview; the card that told of it goes."""
        await interaction.edit_original_response(content=told, embeds=[], attachments=[], view=None)
        # An answer that only its owner sees has an id as well, but is none of the channel's messages.
        if job.message_id is not None:
            order = job.order
            await take_away(interaction.client, order.guild_id, order.channel_id, job.message_id)

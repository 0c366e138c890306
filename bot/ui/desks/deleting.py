"""The desk for deleting: it asks first, and takes away the message with the sound."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord

from bot.errors import NotAllowed
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.moderation.deeds import By
from bot.ui import text
from bot.ui.answers import locale_of
from bot.ui.buttons import ActionButton, View
from bot.ui.desks.people import is_moderator, require_here
from bot.ui.desks.presses import Handler
from bot.ui.words import say

Unpost = Callable[[Take], Awaitable[None]]


class DeleteDesk:
    """Asks, and deletes."""

    def __init__(self, jobs: Jobs, house: House, unpost: Unpost) -> None:
        self._jobs = jobs
        self._choices = house.choices
        self._takedown = house.takedown
        self._unpost = unpost

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {
            "delete": self.ask,
            "shelf-delete": self.ask,
            "delete-yes": self.confirmed,
            "delete-no": self.withdrawn,
        }

    async def ask(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Ask whether it is really to go, this person alone.

        Raises:
            NotAllowed: Somebody else's take, and no moderator.
            NotFound: It is gone already.
        """
        await self.ask_about(interaction, await self._jobs.take(take_id))

    async def ask_about(self, interaction: discord.Interaction, take: Take) -> None:
        """The same for a take that was found. Raises ``NotAllowed``."""
        await self._require(interaction, take)
        locale = locale_of(interaction)
        row = View(timeout=None)
        row.add_item(ActionButton("delete-yes", take.id, locale))
        row.add_item(ActionButton("delete-no", take.id, locale))
        told = say("delete.sure", locale, name=text.shown(take.name, 60))
        await interaction.response.send_message(told, view=row, ephemeral=True)

    async def confirmed(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Forget the music, and take its messages away."""
        take = await self._jobs.take(take_id)
        own = await self._require(interaction, take)
        by = By(guild_id=take.guild_id, actor_id=str(interaction.user.id))
        await interaction.response.defer()  # messages are deleted one by one
        if own:
            await self._jobs.delete_take(take_id, actor_id=by.actor_id, is_moderator=False)
            await self._unpost(take)
        else:
            await self._takedown.delete(take_id, by)
        done = say("delete.done", locale_of(interaction))
        await interaction.edit_original_response(content=done, view=None)

    async def _require(self, interaction: discord.Interaction, take: Take) -> bool:
        """Whether it is their own. Raises ``NotAllowed`` where it is not, and they do not moderate here."""
        require_here(interaction, take)
        own = take.user_id == str(interaction.user.id)
        if not own and not await is_moderator(interaction, self._choices):
            raise NotAllowed("delete")
        return own

    async def withdrawn(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """They thought better of it."""
        kept = say("delete.kept", locale_of(interaction))
        await interaction.response.edit_message(content=kept, view=None)

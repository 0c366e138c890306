"""The desk for jobs: what runs here, how one came about, and stopping it."""

from __future__ import annotations

import discord

from bot.errors import NotAllowed, NotFound
from bot.jobs.records import Listed
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.ui.answers import answer, locale_of
from bot.ui.cards.jobs import jobs_card, veiled
from bot.ui.desks.people import is_moderator
from bot.ui.desks.presses import Handler
from bot.ui.story import story_card
from bot.ui.words import say

_LISTED = 15


class JobDesk:
    """Tells about jobs, and stops them."""

    def __init__(self, jobs: Jobs, house: House) -> None:
        self._jobs = jobs
        self._choices = house.choices

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"cancel": self._cancel_pressed}

    async def _cancel_pressed(self, interaction: discord.Interaction, job_id: str, _: str) -> None:
        await self.cancel(interaction, job_id)

    async def cancel(self, interaction: discord.Interaction, job_id: str) -> None:
        """The button under a running card, and ``/jobs cancel``. Raises ``NotAllowed`` (other_server)."""
        job = await self._jobs.get(job_id)
        over = job.ended
        if str(interaction.guild_id) != job.order.guild_id:
            raise NotAllowed("other_server")
        moderator = await is_moderator(interaction, self._choices)
        await self._jobs.cancel(job_id, actor_id=str(interaction.user.id), is_moderator=moderator)
        await answer(interaction, say("cancel.ended" if over else "cancel.asked", locale_of(interaction)))

    async def list(self, interaction: discord.Interaction) -> None:
        """This channel's running and recent jobs."""
        listed = await self._seen(interaction, _LISTED)
        viewer_id = str(interaction.user.id)
        await answer(interaction, embed=jobs_card(listed, locale_of(interaction), viewer_id=viewer_id))

    async def _seen(self, interaction: discord.Interaction, limit: int) -> list[Listed]:
        """Jobs of this channel; of other people's private ones moderators see that there are some."""
        listed = await self._jobs.recent(str(interaction.channel_id), limit)
        if await is_moderator(interaction, self._choices):
            return listed
        viewer_id = str(interaction.user.id)
        return [each for each in listed if not veiled(each.job, viewer_id)]

    async def show(self, interaction: discord.Interaction, job_id: str) -> None:
        """One of this channel's jobs with its story; what it is called at the host is not for everybody.

        Raises:
            NotFound: There is no such job in this channel (any more).
        """
        story = await self._jobs.whole_story(job_id)
        order = story.job.order
        hidden = veiled(story.job, str(interaction.user.id))
        moderator = await is_moderator(interaction, self._choices)
        if order.channel_id != str(interaction.channel_id) or (hidden and not moderator):
            raise NotFound("job")
        sees_run = moderator or order.user_id == str(interaction.user.id)
        card = story_card(story, locale_of(interaction), sees_run=sees_run)
        if hidden:
            card.title = say("private.veiled", locale_of(interaction))
        await answer(interaction, embed=card)

    async def here(self, interaction: discord.Interaction) -> list[Listed]:
        """This channel's jobs, open ones first, then the newest."""
        return await self._seen(interaction, 50)

    async def cancellable(self, interaction: discord.Interaction) -> list[Listed]:
        """The channel's open jobs that this person may stop."""
        listed = await self._jobs.recent(str(interaction.channel_id), 50)
        moderator, mine = await is_moderator(interaction, self._choices), str(interaction.user.id)
        return [
            each for each in listed if not each.job.ended and (moderator or each.job.order.user_id == mine)
        ]

"""What commands and buttons do: the one service behind them."""

from __future__ import annotations

import random

import discord

from bot.errors import InvalidOption, MissingPermission, NotFound
from bot.jobs.ids import is_id
from bot.jobs.morph import MorphOptions, cover_of
from bot.jobs.order import Order, RiffOptions
from bot.jobs.records import Listed, Take, source_of
from bot.jobs.service import Jobs
from bot.jobs.variation import Amount, reroll, vary, vary_morph
from bot.ui import cards
from bot.ui.answers import answer, locale_of
from bot.ui.buttons import running_row
from bot.ui.discord_errors import UNKNOWN_MESSAGE, not_granted, translated
from bot.ui.story import story_card
from bot.ui.words import say

_LISTED = 15


class Desk:
    """Takes orders and presses, and renders one answer each."""

    def __init__(self, jobs: Jobs, *, default_host: str) -> None:
        self._jobs = jobs
        self._default_host = default_host

    async def cover(
        self,
        interaction: discord.Interaction,
        named: str,
        tags: str,
        *,
        strength: float | None,
        seed: int | None,
    ) -> None:
        """Order a cover of one of this channel's takes, named by its id or by words that fit only it.

        Raises:
            InvalidOption: No such take here, nothing to play, or no host that can.
        """
        riff = RiffOptions.of_morph(tags, seed)
        take = await self._take_here(interaction, named)
        await self.riff(interaction, riff, morph=cover_of(source_of(take), strength=strength), parent=take)

    async def _take_here(self, interaction: discord.Interaction, named: str) -> Take:
        """The take that was chosen, which may be older than those offered, or the only one that fits."""
        named = named.strip()
        if not is_id(named):
            fitting = await self.takes_fitting(interaction, named) if named else []
            if len(fitting) != 1:
                raise InvalidOption("take", "unknown_take")
            return fitting[0]
        try:
            take = await self._jobs.take(named)
        except NotFound:
            raise InvalidOption("take", "take_gone") from None
        if take.channel_id != str(interaction.channel_id):
            raise InvalidOption("take", "unknown_take")
        return take

    async def takes_fitting(self, interaction: discord.Interaction, typed: str) -> list[Take]:
        """This channel's takes, newest first, whose name has what was typed; or the one of just that name."""
        takes = await self._jobs.takes_in(str(interaction.channel_id))
        named = [(take, cards.take_choice(take, locale_of(interaction)).lower()) for take in takes]
        wanted = typed.strip().lower()
        exact = [take for take, name in named if wanted in (take.id, name)]
        return exact if len(exact) == 1 else [take for take, name in named if wanted in name]

    async def riff(
        self,
        interaction: discord.Interaction,
        options: RiffOptions,
        *,
        morph: MorphOptions | None = None,
        parent: Take | None = None,
    ) -> None:
        """Order a riff or a morph and show its card, which is also the acknowledgement.

        Raises:
            MissingPermission: The result could not be posted here, so nothing is ordered.
        """
        in_thread = isinstance(interaction.channel, discord.Thread)
        if lacking := not_granted(interaction.app_permissions, in_thread=in_thread):
            raise MissingPermission(", ".join(lacking))
        locale = str(interaction.guild_locale or interaction.locale)
        order = Order(
            kind="riff" if morph is None else "morph",
            host=self._host(morph, parent),
            riff=options,
            morph=morph,
            guild_id=str(interaction.guild_id),
            channel_id=str(interaction.channel_id),
            user_id=str(interaction.user.id),
            user_name=interaction.user.display_name[:100],
            locale=locale,
            parent_take_id=parent.id if parent is not None else None,
            parent_user_name=parent.user_name if parent is not None else None,
        )
        job = await self._jobs.order(order, interaction_token=interaction.token)
        card = cards.running_card(job, await self._jobs.place(job.id), locale)
        shown = await interaction.response.send_message(embed=card, view=running_row(job.id, locale))
        await self._jobs.card_shown(job.id, str(shown.message_id))

    def _host(self, morph: MorphOptions | None, parent: Take | None) -> str:
        """Where it is made: with its parent if that host can."""
        if morph is not None:
            preferred = [] if parent is None else [parent.host]
            return self._jobs.morph_host(morph.transform, *preferred, self._default_host)
        return self._default_host if parent is None else parent.host

    async def take_pressed(self, interaction: discord.Interaction, action: str, take_id: str) -> None:
        """A button under a result."""
        take = await self._jobs.take(take_id)
        match action:
            case "reroll":
                await self.riff(interaction, reroll(take.riff), morph=take.morph, parent=take)
            case "vary-slight":
                await self._vary(interaction, take, "slight")
            case "vary-strong":
                await self._vary(interaction, take, "strong")
            case "recipe":
                parent = await self._parent(take)
                await answer(interaction, embed=cards.recipe_card(take, parent, locale_of(interaction)))
            case "delete":
                await self._delete(interaction, take)
            case _:
                raise ValueError(f"a button without a deed: {action}")

    async def _vary(self, interaction: discord.Interaction, take: Take, amount: Amount) -> None:
        chance = random.random()
        if take.morph is None:
            await self.riff(interaction, vary(take.riff, amount, chance=chance), parent=take)
            return
        morph = vary_morph(take.morph, amount, chance=chance)
        await self.riff(interaction, take.riff, morph=morph, parent=take)

    async def cancel_pressed(self, interaction: discord.Interaction, job_id: str) -> None:
        """The button under a running card, and ``/jobs cancel``."""
        job = await self._jobs.get(job_id)
        over = job.ended
        if str(interaction.guild_id) != job.order.guild_id:
            raise NotFound("job")
        await self._jobs.cancel(
            job_id, actor_id=str(interaction.user.id), is_moderator=is_moderator(interaction)
        )
        await answer(interaction, say("cancel.ended" if over else "cancel.asked", locale_of(interaction)))

    async def list_jobs(self, interaction: discord.Interaction) -> None:
        """This channel's running and recent jobs."""
        listed = await self._jobs.recent(str(interaction.channel_id), _LISTED)
        await answer(interaction, embed=cards.jobs_card(listed, locale_of(interaction)))

    async def show_job(self, interaction: discord.Interaction, job_id: str) -> None:
        """One of this channel's jobs with its story; what it is called at the host is not for everybody.

        Raises:
            NotFound: There is no such job in this channel (any more).
        """
        story = await self._jobs.whole_story(job_id)
        order = story.job.order
        if order.channel_id != str(interaction.channel_id):
            raise NotFound("job")
        sees_run = is_moderator(interaction) or order.user_id == str(interaction.user.id)
        await answer(interaction, embed=story_card(story, locale_of(interaction), sees_run=sees_run))

    async def jobs_here(self, interaction: discord.Interaction) -> list[Listed]:
        """This channel's jobs, open ones first, then the newest."""
        return await self._jobs.recent(str(interaction.channel_id), 50)

    async def cancellable(self, interaction: discord.Interaction) -> list[Listed]:
        """The channel's open jobs that this person may stop."""
        listed = await self._jobs.recent(str(interaction.channel_id), 50)
        mine = str(interaction.user.id)
        return [
            each
            for each in listed
            if not each.job.ended and (is_moderator(interaction) or each.job.order.user_id == mine)
        ]

    async def _parent(self, take: Take) -> Take | None:
        if take.parent_take_id is None:
            return None
        try:
            return await self._jobs.take(take.parent_take_id)
        except NotFound:
            return None

    async def _delete(self, interaction: discord.Interaction, take: Take) -> None:
        await self._jobs.delete_take(
            take.id, actor_id=str(interaction.user.id), is_moderator=is_moderator(interaction)
        )
        await answer(interaction, say("delete.done", locale_of(interaction)))
        if interaction.message is None:
            return
        with translated(interaction.client, take.guild_id, take.channel_id):
            try:
                await interaction.message.delete()
            except discord.NotFound as error:  # somebody was faster
                if error.code != UNKNOWN_MESSAGE:
                    raise


def is_moderator(interaction: discord.Interaction) -> bool:
    """Whether Discord lets this person remove other people's messages here."""
    return interaction.permissions.manage_messages

"""``bot.jobs.ports.Stage`` on Discord: one message a job, from card to result, by the bot's own token.

Nothing here needs a cache or an interaction that is still alive. Edits repeat harmlessly; new messages carry
a nonce, so that Discord returns the one that stands if a crash made us ask twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import discord
from discord.http import Route

from bot.jobs.clock import Clock, SystemClock
from bot.jobs.endings import CANCELLED
from bot.jobs.parcels import Delivery, Posted, Voice
from bot.jobs.records import Job, Offers, Place, Take
from bot.jobs.states import State
from bot.ui.attachments import attachments
from bot.ui.cards.ended import ended_card
from bot.ui.cards.running import running_card, thread_card
from bot.ui.covers import dressed
from bot.ui.discord_errors import INVALID_TOKEN, UNKNOWN_MESSAGE, translated
from bot.ui.mentions import NOBODY
from bot.ui.messages import channel_of, message_of, take_away, tell_alone
from bot.ui.pace import OLD, Pace
from bot.ui.private import edit_original, over_card, preview_row, ready_card, ready_row
from bot.ui.results import add_line, cards_of, row_of
from bot.ui.rows import running_row
from bot.ui.threads import post_in_thread
from bot.ui.upload_limits import UploadLimits
from bot.ui.voice_message import may_speak, send_voice_message
from bot.ui.words import say

TOKEN_LIFE: Final = timedelta(minutes=14, seconds=30)
"""An interaction token dies after 15 minutes (Discord, "Interactions: Followup Messages")."""


class DiscordStage:
    """Shows, delivers and ends jobs. Errors are ``bot.errors.DiscordError``s."""

    def __init__(self, client: discord.Client, clock: Clock | None = None) -> None:
        self._client = client
        self._clock = clock or SystemClock()
        self._pace = Pace(self._clock)
        self.limits = UploadLimits(client)
        """What is known of how large files may be; whoever hears of it tells."""
        self.offers: Mapping[str, Offers] = {}
        """What each host can be asked for; whoever knows the hosts puts it here."""
        self._told_of: set[tuple[str, str]] = set()

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return channel_of(self._client, job.order.guild_id, job.order.channel_id)

    def _translated(self, job: Job) -> Any:
        return translated(self._client, job.order.guild_id, job.order.channel_id)

    async def find_card(self, job: Job) -> str | None:
        """The id of the interaction's first answer, if there is one and its token still lives."""
        if job.interaction_token is None or self._token_is_over(job):
            return None
        route = Route(
            "GET",
            "/webhooks/{application_id}/{token}/messages/@original",
            application_id=self._client.application_id,
            token=job.interaction_token,
        )
        with self._translated(job):
            try:
                message = await self._client.http.request(route)
            except discord.NotFound:
                return None
            except discord.HTTPException as error:
                if error.status == 401 or error.code == INVALID_TOKEN:  # it died earlier than we thought
                    return None
                raise
        return str(message["id"])

    async def show(self, job: Job, place: Place | None) -> None:
        """Edit the card if it looks different and it is time; never waits, never posts."""
        card = running_card(job, place, job.order.locale)
        if job.message_id is None or not self._pace.may_show(job, card.to_dict()):
            return
        with self._translated(job):
            if job.order.delivery == "private":
                row = running_row(job.id, job.order.locale)
                await self._tell_owner_alone(job, embeds=[card], view=row)
                return
            try:
                message = self._channel(job).get_partial_message(int(job.message_id))
                await message.edit(
                    embed=card, view=running_row(job.id, job.order.locale), allowed_mentions=NOBODY
                )
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise

    def limit_bytes(self, job: Job) -> int:
        """How large a file may be in the job's server, as far as is known."""
        return self.limits.limit_bytes(job.order.guild_id)

    def may_speak(self, job: Job) -> bool:
        """Whether the bot may send voice messages in the job's channel, as far as its cache tells."""
        return may_speak(self._client, job.order.guild_id, job.order.channel_id)

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """One classic message: a card, sound and picture for each take, and buttons."""
        self._pace.forget(job.id)
        locale = job.order.locale
        if job.order.delivery == "private":
            return await self._preview(job, delivery)
        cards = self._cards(job, delivery)
        if delivery.wishes.voice_message and not self.may_speak(job) and self._first_time(job, "voice"):
            add_line(cards[0], say("delivery.no_voice", locale))
        row = row_of(job, delivery, self.offers)
        if job.order.delivery == "thread":
            posted = await self._in_thread(job, delivery, cards, row)
            if posted is not None:
                return posted
            if self._first_time(job, "thread"):
                add_line(cards[0], say("thread.none", locale))
        message_id = await self._settle(
            job, embeds=cards, view=row, files=lambda: attachments(delivery, locale)
        )
        return Posted(card_id=message_id, channel_id=job.order.channel_id, message_id=message_id)

    async def _in_thread(
        self, job: Job, delivery: Delivery, cards: list[discord.Embed], row: discord.ui.View
    ) -> Posted | None:
        """In a thread of the card, which says so from then on; None where there can be none."""
        if job.message_id is None:
            return None
        locale, take = job.order.locale, delivery.parts[0].take
        with self._translated(job):
            message_id = await post_in_thread(
                self._client,
                guild_id=job.order.guild_id,
                channel_id=job.order.channel_id,
                card_id=job.message_id,
                name=take.name,
                mark=take.id,
                nonce=f"{job.id}-r",
                embeds=cards,
                view=row,
                files=lambda: attachments(delivery, locale),
            )
            if message_id is None:
                return None
            try:
                card = self._channel(job).get_partial_message(int(job.message_id))
                told = thread_card(job, job.message_id, locale)
                await card.edit(embeds=[told], view=None, attachments=[], allowed_mentions=NOBODY)
            except discord.NotFound as error:  # the thread stands without it
                if error.code != UNKNOWN_MESSAGE:
                    raise
        return Posted(card_id=job.message_id, channel_id=job.message_id, message_id=message_id)

    async def _preview(self, job: Job, delivery: Delivery) -> Posted:
        """To its owner alone, or, when their interaction is over, a card with the way to it."""
        locale, first = job.order.locale, delivery.parts[0].take
        cards = self._cards(job, delivery)
        add_line(cards[0], say("private.only_you", locale))
        with self._translated(job):
            message_id = await self._tell_owner_alone(
                job,
                embeds=cards,
                view=preview_row(first.id, locale),
                files=lambda: attachments(delivery, locale),
            )
            if message_id is None:
                sent = await self._channel(job).send(
                    embed=ready_card(job, locale), view=ready_row(first.id, locale), nonce=f"{job.id}-o"
                )
                message_id = str(sent.id)
        return Posted(card_id=message_id, channel_id=job.order.channel_id, message_id=None)

    async def _tell_owner_alone(
        self,
        job: Job,
        *,
        embeds: list[discord.Embed],
        view: discord.ui.View | None,
        files: Callable[[], list[discord.File]] | None = None,
    ) -> str | None:
        """Change the card that only its owner sees; None when that can no longer be done."""
        if job.interaction_token is None or self._token_is_over(job):
            return None
        return await edit_original(self._client, job.interaction_token, embeds=embeds, view=view, files=files)

    def _token_is_over(self, job: Job) -> bool:
        return self._clock.now() - job.created_at > TOKEN_LIFE

    def _cards(self, job: Job, delivery: Delivery) -> list[discord.Embed]:
        return cards_of(job, delivery, self.offers, self._clock.now())

    def _first_time(self, job: Job, lacks: str) -> bool:
        """Whether nobody was told in this channel yet what it lacks, since the process began."""
        told = (job.order.channel_id, lacks)
        first = told not in self._told_of
        self._told_of.add(told)
        return first

    async def speak(self, job: Job, take: Take, voice: Voice, message_id: str) -> str:
        """Answer the result with a voice message; its id. Asked again at once, it is the same one."""
        with self._translated(job):
            return await send_voice_message(
                self._client, job.order.channel_id, voice, answers=message_id, nonce=f"{take.id}-v"
            )

    async def wear(self, take: Take, cover: Path, upload: Path) -> None:
        """Show a take's new cover on its message; where nothing else hangs there, in its file as well."""
        if take.message_id is None:
            return
        with translated(self._client, take.guild_id, take.channel_id):
            worn_by = message_of(self._client, take.guild_id, take.channel_id, take.message_id)
            try:
                message = await worn_by.fetch()
                await message.edit(**dressed(message, take, cover, upload), allowed_mentions=NOBODY)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
            except discord.HTTPException as error:
                if error.status != 413 and error.code not in (30046, 40005):
                    raise  # too old to be edited so often, or too large: the take has its cover all the same

    async def end(self, job: Job, ending: str, facts: dict[str, object]) -> str | None:
        """One sentence in place of the card. Returns the message's id.

        None where nothing had to be said: whoever cancels a riff that shows no card was answered already.
        But where its music may stand in the channel, sent by a call whose answer was lost, it must not stay.
        """
        self._pace.forget(job.id)
        anew = ending not in CANCELLED or job.state is State.DELIVER
        if not anew and job.message_id is None:
            return None
        card = ended_card(job, ending, facts, job.order.locale)
        if job.order.delivery == "private":
            return await self._end_privately(job, card, anew=anew)
        return await self._settle(job, embeds=[card], view=None, files=list, anew=anew)

    async def _end_privately(self, job: Job, card: discord.Embed, *, anew: bool) -> str | None:
        with self._translated(job):
            heard = await self._tell_owner_alone(job, embeds=[card], view=None, files=list)
            if heard is not None or not anew:
                return heard or job.message_id
            sent = await self._channel(job).send(embed=over_card(job, job.order.locale), nonce=f"{job.id}-o")
        return str(sent.id)

    async def tell_owner(self, job: Job, ending: str, facts: dict[str, object]) -> None:
        """A direct message, if its reader allows any."""
        card = ended_card(job, ending, facts, job.order.locale, to_owner=True)
        with self._translated(job):
            await tell_alone(self._client, job.order.user_id, embed=card, nonce=f"{job.id}-d")

    def _is_old(self, job: Job) -> bool:
        return job.message_at is not None and self._clock.now() - job.message_at > OLD

    async def _settle(
        self,
        job: Job,
        *,
        embeds: list[discord.Embed],
        view: discord.ui.View | None,
        files: Callable[[], list[discord.File]],
        anew: bool = True,
    ) -> str:
        """Give the card its last form; post it anew where it is too old to be edited, or gone if ``anew``."""
        old = self._is_old(job)
        with self._translated(job):
            if job.message_id is not None and not old:
                try:
                    message = self._channel(job).get_partial_message(int(job.message_id))
                    await message.edit(embeds=embeds, view=view, attachments=files(), allowed_mentions=NOBODY)
                    return job.message_id
                except discord.NotFound as error:
                    if error.code != UNKNOWN_MESSAGE:
                        raise
                    if not anew:
                        return job.message_id
            nonce = f"{job.id}-r"
            extra: dict[str, Any] = {} if view is None else {"view": view}
            new = files()
            sent = await self._channel(job).send(embeds=embeds, files=new, nonce=nonce, **extra)
            if bool(sent.attachments) != bool(new):
                # An earlier call's message, whose answer was lost: it said something else.
                await sent.edit(embeds=embeds, view=view, attachments=files(), allowed_mentions=NOBODY)
        if old and job.message_id is not None:
            await take_away(self._client, job.order.guild_id, job.order.channel_id, job.message_id)
        return str(sent.id)

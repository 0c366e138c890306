"""The desk for consent: questions to authors, their answers, and what each member decides for everything."""

from __future__ import annotations

import discord

from bot.errors import Barred, InvalidOption
from bot.jobs.order import Order
from bot.jobs.orders import Also
from bot.jobs.preferences import Remix
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.library.lending import MustAsk, is_cover
from bot.library.records import Ask
from bot.ui import text
from bot.ui.answers import answer, locale_of
from bot.ui.buttons import ActionButton, View
from bot.ui.cards.common import BRAND, QUIET, title
from bot.ui.cards.running import running_card
from bot.ui.desks.placed import ordered_already, show_to_all, show_without_words
from bot.ui.desks.presses import Handler
from bot.ui.mentions import NOBODY
from bot.ui.rows import running_row
from bot.ui.words import say


class LendingDesk:
    """Asks authors, and acts on what they say."""

    def __init__(self, house: House, jobs: Jobs) -> None:
        self._house = house
        self._consent = house.consent
        self._jobs = jobs

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"allow": self.allowed, "refuse": self.refused}

    async def ask(
        self, interaction: discord.Interaction, order: Order, whom: MustAsk, *, also: Also | None = None
    ) -> None:
        """Show the question in the channel; the order waits for its answer, and ``also`` goes with it.

        Raises:
            NotAllowed: ``ask_more``: this member waits for as many answers as one may.
        """
        if order.delivery == "private":  # the question tells everybody what is wanted
            order = order.model_copy(update={"delivery": "here"})
        member = order.member.model_copy(update={"moderates": False})  # who knows until when they do
        order = order.model_copy(update={"member": member})
        ask = await self._consent.ask(order, whom, also=also)
        card, row = ask_card(ask, order.locale), ask_row(ask, order.locale)
        in_place = also is not None  # it was a preview
        if order.flagged:
            await show_without_words(interaction, order, card, row, nonce=ask.id, in_place=in_place)
        else:
            await show_to_all(interaction, card, row, in_place=in_place)

    async def allowed(self, interaction: discord.Interaction, ask_id: str, _: str) -> None:
        """The author says yes: the order is placed, or the next author is asked."""
        ask = await self._consent.open_ask(ask_id)
        following = await self._consent.next_question(ask, actor_id=str(interaction.user.id))
        locale = ask.order.locale
        if following is not None:
            await interaction.response.edit_message(
                embed=ask_card(following, locale), view=ask_row(following, locale), allowed_mentions=NOBODY
            )
            return
        try:
            job = await self._jobs.order(
                ask.order, interaction_token=interaction.token, also=self._consent.allowing(ask)
            )
        except Barred:  # that is about the asker, and the author reads it
            raise InvalidOption("take", "asker_barred") from None
        with ordered_already(job):
            card = running_card(job, await self._jobs.place(job.id), locale)
            await interaction.response.edit_message(embed=card, view=running_row(job.id, locale))
            if interaction.message is not None:
                await self._jobs.card_shown(job.id, str(interaction.message.id))

    async def refused(self, interaction: discord.Interaction, ask_id: str, _: str) -> None:
        """The author says no, or the asker no longer wants it."""
        ask = await self._consent.open_ask(ask_id)
        state = await self._consent.refuse(ask, actor_id=str(interaction.user.id))
        card = discord.Embed(
            title=_title(ask.order, ask.order.locale),
            description=say(f"ask.{state}", ask.order.locale, author=f"<@{ask.author_id}>"),
            colour=QUIET,
        )
        await interaction.response.edit_message(embed=card, view=None, allowed_mentions=NOBODY)

    async def decide(self, interaction: discord.Interaction, remix: Remix | None) -> None:
        """``/privacy consent``: who may make something from all of a member's music."""
        await self._house.choices.set_remix(str(interaction.user.id), remix)
        await answer(interaction, say(f"remix.{remix or 'server'}.set_for_all", locale_of(interaction)))


def ask_card(ask: Ask, locale: str) -> discord.Embed:
    """The question, with what would be made."""
    told = say(
        "ask.question.cover" if is_cover(ask.order) else "ask.question",
        locale,
        author=f"<@{ask.author_id}>",
        asker=text.shown(ask.order.user_name, 60),
        until=text.moment(ask.expires_at),
    )
    return discord.Embed(title=_title(ask.order, locale), description=told, colour=BRAND)


def _title(order: Order, locale: str) -> str:
    return say("card.unread", locale) if order.flagged else title(order.recipe, locale)


def ask_row(ask: Ask, locale: str) -> View:
    """Yes and no."""
    row = View(timeout=None)
    for action in ("allow", "refuse"):
        row.add_item(ActionButton(action, ask.id, locale))
    return row

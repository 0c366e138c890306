"""The counter: the one way in which an order is placed and its card is shown."""

from __future__ import annotations

from typing import Final

import discord

from bot.errors import InvalidOption
from bot.jobs.order import Order
from bot.jobs.preferences import Settings
from bot.jobs.recipes import Journey, Recipe
from bot.jobs.records import Job, Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.library.records import Draft, Terms
from bot.protocol.runs import Clamped
from bot.ui.answers import locale_of
from bot.ui.cards.common import hides_words
from bot.ui.cards.offer import offer_card
from bot.ui.cards.preview import draft_row
from bot.ui.cards.prices import priced
from bot.ui.cards.running import running_card
from bot.ui.desks.here import settings_here
from bot.ui.desks.lending import LendingDesk
from bot.ui.desks.order_of import order_of
from bot.ui.desks.placed import ordered_already, show_alone, show_to_all, show_without_words
from bot.ui.desks.pricing import Pricing
from bot.ui.desks.unwanted import GivenBack, Unwanted
from bot.ui.discord_errors import require_granted
from bot.ui.discord_limits import FORM_TITLE_CHARS
from bot.ui.rows import running_row

ANY_WORDS: Final = "la"
"""In place of words that nobody wrote yet, where only the price and the other options count."""


class Counter:
    """Takes every order, whatever it is for."""

    def __init__(self, jobs: Jobs, house: House, lending: LendingDesk, *, default_host: str) -> None:
        self._jobs = jobs
        self._house = house
        self._lending = lending
        self.prices = Pricing(jobs, house, default_host=default_host)
        self.given_back = GivenBack()

    async def place(
        self,
        interaction: discord.Interaction,
        recipe: Recipe,
        *,
        parent: Take | None = None,
        host: str | None = None,
        clamped: Clamped = (),
        seen: int | None = None,
        agreed: int | None = None,
        draft: Draft | None = None,
    ) -> None:
        """Order it and show its card, which is also the acknowledgement; or ask first: the member whether it
        may cost that much, the author whether they may.

        Args:
            interaction: Not answered yet, or promised (:meth:`promise`).
            recipe: What is to be made.
            parent: The take that it is made from or after.
            host: Where it must be made; None leaves that to us.
            clamped: What was asked for and cannot be had anywhere; the card says so.
            seen: The price that stood where the member pressed; what costs more by now is shown first.
            agreed: The price that the member was shown and said yes to; as ``seen``, and nothing else asks.
            draft: What it was until now: it goes with what takes its place, and only then.

        Raises:
            MissingPermission: The result could not be posted here, so nothing is ordered.
            NotAllowed: ``remix``: the author of what it is made from wants nobody to.
            InvalidOption: Nothing to play, or no host that can.
            NotFound: ``draft``: a second press was faster.
            TooMany: This person already has as many open jobs as one may have.
            NoSpace: The disk is full.
        """
        require_granted(interaction)
        settings = await settings_here(interaction, self._house.choices)
        preferred = self.prices.preferred(settings, parent)
        made_at = self._jobs.host_named(recipe, host) if host else self._jobs.host_for(recipe, *preferred)
        order = order_of(interaction, recipe, settings, host=made_at, parent=parent, clamped=clamped)
        try:
            flagged = await self._house.screening.look(order, settings)
        except InvalidOption as error:
            unwanted = Unwanted.of(recipe, parent=parent, host=host, clamped=clamped)
            if draft is not None:
                await self._house.drafts.take(draft)
            await self.given_back.tell(interaction, unwanted, error, in_place=draft is not None)
            return
        whom = await self._house.consent.check(order)
        price = await self.prices.of_pot(interaction, recipe, order.host, settings)
        changed = any(price > told for told in (seen, agreed) if told is not None)
        if changed or (agreed is None and asks_first(recipe, price, settings)):
            terms = Terms(host=host, clamped=clamped, price=price)
            terms_changed = changed and bool(seen or agreed)
            await self._offer(interaction, order, terms, changed=terms_changed, instead_of=draft)
            return
        taking = None if draft is None else self._house.drafts.taking(draft)
        if whom is not None:
            order = order.model_copy(update={"flagged": flagged})
            await self._lending.ask(interaction, order, whom, also=taking)
            return
        # What waits for its words is answered beside its card: the machine must not take that for the card.
        hidden = flagged and not order.member.moderates and order.delivery != "private"
        token = None if hidden else interaction.token
        job = await self._jobs.order(order, interaction_token=token, also=taking)
        with ordered_already(job):
            await self._show(interaction, job, in_place=draft is not None)

    async def _show(self, interaction: discord.Interaction, job: Job, *, in_place: bool) -> None:
        """The card of what was ordered, as the acknowledgement; ``in_place`` of a pressed preview."""
        locale = job.order.locale
        card = running_card(job, await self._jobs.place(job.id), locale)
        row = running_row(job.id, locale)
        if hides_words(job):
            nonce = f"{job.id}-r"  # as the machine's own, which posts a card that was not noted
            order = job.order
            message_id: int | None = await show_without_words(
                interaction, order, card, row, nonce=nonce, in_place=in_place
            )
        else:
            show = show_alone if job.order.delivery == "private" else show_to_all
            message_id = await show(interaction, card, row, in_place=in_place)
        await self._jobs.card_shown(job.id, str(message_id))

    async def promise(
        self, interaction: discord.Interaction, recipe: Recipe, *, host: str | None = None
    ) -> None:
        """Acknowledge an order that takes a moment before it can be placed, to whom its card will show.

        Words that others must not read are not shown to them for that moment either.

        Where nothing comes of it: :func:`bot.ui.answers.withdraw`.

        Raises:
            InvalidOption: No host can make it.
        """
        settings = await settings_here(interaction, self._house.choices)
        host = host or self._jobs.host_for(recipe, *self.prices.preferred(settings, None))
        price = await self.prices.of_pot(interaction, recipe, host, settings)
        private = settings.channel.delivery == "private" or asks_first(recipe, price, settings)
        order = order_of(interaction, recipe, settings, host=host)
        private = private or await self._hides(order, settings)
        await interaction.response.defer(thinking=True, ephemeral=private)

    async def _hides(self, order: Order, settings: Settings) -> bool:
        """Whether others must not read its words, which Discord shows behind a public answer to a command."""
        try:
            return bool(await self._house.screening.judged(order, settings)) and not order.member.moderates
        except InvalidOption:  # refused: noted, and told with all that was brought, once it is placed
            return True

    async def _offer(
        self,
        interaction: discord.Interaction,
        order: Order,
        terms: Terms,
        *,
        changed: bool,
        instead_of: Draft | None,
    ) -> None:
        """Show to this person alone what it costs; the draft outlives restarts, and is ordered once."""
        locale = locale_of(interaction)
        quote = await self._house.treasury.quote(order)
        draft = await self._house.drafts.keep(
            order.recipe,
            user_id=order.user_id,
            guild_id=order.guild_id,
            parent_take_id=order.parent_take_id,
            terms=terms,
            instead_of=instead_of,
        )
        row = draft_row(draft.id, times=False, locale=locale)
        card = offer_card(order.recipe, quote, locale, changed=changed)
        await show_alone(interaction, card, row, in_place=instead_of is not None)

    async def ask(
        self,
        interaction: discord.Interaction,
        form: discord.ui.Modal,
        recipe: Recipe,
        *,
        parent: Take | None = None,
        host: str | None = None,
    ) -> None:
        """Show a form whose answer orders something like ``recipe``, with the price in its title."""
        price = await self.prices.told(interaction, recipe, parent=parent, host=host)
        form.title = priced(form.title, price, locale_of(interaction), limit=FORM_TITLE_CHARS)
        await interaction.response.send_modal(form)


def asks_first(recipe: Recipe, price: int, settings: Settings) -> bool:
    """Whether an order is shown with its price before it is placed: what nobody takes for granted."""
    return bool(price) and (isinstance(recipe, Journey) or price > settings.guild.money.ask_above)

"""A message with the two takes of a job, once it is known which of them stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypedDict

import discord

from bot.errors import NotFound
from bot.jobs.order import Order
from bot.jobs.parcels import Credits
from bot.jobs.recipes import TakeSource
from bot.jobs.records import Job, Offers, Take
from bot.jobs.service import Jobs
from bot.protocol.runs import Clamped, Understood
from bot.ui.attachments import LETTERS, at_home, is_of, standing, staying
from bot.ui.buttons import View
from bot.ui.cards.deeds import deeds_of
from bot.ui.cards.paying import with_payer
from bot.ui.cards.result import result_card
from bot.ui.rows import pair_row, result_row
from bot.ui.words import say


class Shown(TypedDict):
    """What a message is edited to."""

    embeds: list[discord.Embed]
    attachments: list[discord.Attachment | discord.File]
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a card tells of a take besides the take itself."""

    order: Order
    credits: Credits
    clamped: Clamped = ()
    understood: Understood | None = None
    job: Job | None = None
    """None where it is forgotten."""
    plays_riffs: bool = True
    """Whether the numbers of a riff mean anything to its host, as far as that is known."""

    @classmethod
    def of(cls, job: Job, take: Take, credits_: Credits, offers: Mapping[str, Offers]) -> Self:
        """Of a take whose job is known, as far as its host told."""
        results = () if job.run is None else job.run.results
        told = results[take.number] if take.number < len(results) else None
        return cls(
            order=job.order,
            credits=credits_,
            clamped=() if told is None else told.clamped,
            understood=None if told is None else told.understood,
            job=job,
            plays_riffs=_plays_riffs(take, offers),
        )

    @property
    def price(self) -> int:
        """What it cost, in credits; another like it costs as much unless prices changed."""
        return 0 if self.job is None else self.job.price


async def behind(jobs: Jobs, take: Take, locale: str) -> Behind:
    """What stands behind a take; where its job is forgotten, as far as the take tells of it."""
    credits_, offers = await jobs.credits(take), jobs.offers
    try:
        return Behind.of(await jobs.get(take.job_id), take, credits_, offers)
    except NotFound:
        order = order_of(take, locale, credits_)
        return Behind(order=order, credits=credits_, plays_riffs=_plays_riffs(take, offers))


def _plays_riffs(take: Take, offers: Mapping[str, Offers]) -> bool:
    return take.host not in offers or offers[take.host].riffs


def order_of(take: Take, locale: str, credits_: Credits) -> Order:
    """The order as far as a card tells of it, however long ago the job was forgotten."""
    source = take.recipe.made_of
    named = source.user_name if isinstance(source, TakeSource) else None
    return Order(
        host=take.host,
        recipe=take.recipe,
        guild_id=take.guild_id,
        channel_id=take.channel_id,
        user_id=take.user_id,
        user_name=take.user_name,
        locale=locale,
        parent_take_id=take.parent_take_id,
        parent_user_name=named if credits_.parent is None else credits_.parent.user_name,
    )


def card_of(take: Take, known: Behind, picture: str | None, locale: str) -> discord.Embed:
    """The card of a take as if it were the only one."""
    card = result_card(
        take,
        known.order,
        picture or "",
        locale,
        clamped=known.clamped,
        understood=known.understood,
        credits_=known.credits,
        parameters=known.plays_riffs,
    )
    if known.job is not None:
        with_payer([card], known.job, locale)
    return card if picture is not None else card.set_image(url=None)


def shown_alone(take: Take, message: discord.Message, known: Behind, offers: Mapping[str, Offers]) -> Shown:
    """The one that stays, as if it were the only one: the files are there already, nothing is uploaded."""
    own = [file for file in standing(message) if is_of(file.filename, take.number)]
    picture = next((file.filename for file in own if file.filename.startswith("spectrogram")), None)
    locale = known.order.locale
    card = card_of(take, known, picture, locale)
    about = [each for each in message.embeds if each.title == LETTERS[take.number] and each.description]
    if about:
        card.description = f"{card.description}\n{about[0].description}"
    view = result_row(take.id, locale, deeds_of(take, offers), price=known.price)
    return Shown(embeds=[card], attachments=[staying(file) for file in own], view=view)


def shown_kept(takes: Sequence[Take], message: discord.Message, locale: str) -> Shown:
    """Both stay: the same without the question."""
    first, *rest = message.embeds
    question = say("pair.choose", locale)
    first.description = (first.description or "").removesuffix(question).rstrip("\n")
    there = standing(message)
    return Shown(
        embeds=[at_home(each, there) for each in (first, *rest)],
        attachments=[staying(file) for file in there],
        view=pair_row([take.id for take in takes], locale, chosen=True),
    )

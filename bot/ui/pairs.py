"""A message with the two takes of a job, once it is known which of them stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import discord

from bot.errors import NotFound
from bot.jobs.order import Order
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.ui.attachments import LETTERS, is_of
from bot.ui.buttons import View, pair_row, result_row
from bot.ui.cards.result import result_card
from bot.ui.reposting import order_of
from bot.ui.words import say


class Shown(TypedDict):
    """What a message is edited to."""

    embeds: list[discord.Embed]
    attachments: list[discord.Attachment | discord.File]
    view: View


async def order_behind(jobs: Jobs, take: Take, locale: str) -> Order:
    """The order of a take; where its job is forgotten, as far as the take tells of it."""
    try:
        return (await jobs.get(take.job_id)).order
    except NotFound:
        return order_of(take, locale)


def shown_alone(take: Take, message: discord.Message, order: Order) -> Shown:
    """The one that stays, as if it were the only one: the files are there already, nothing is uploaded."""
    own = [file for file in message.attachments if is_of(file.filename, take.number)]
    picture = next((file.filename for file in own if file.filename.startswith("spectrogram")), None)
    card = result_card(take, order, picture or "", order.locale)
    if picture is None:
        card.set_image(url=None)
    about = [each for each in message.embeds if each.title == LETTERS[take.number] and each.description]
    if about:
        card.description = f"{card.description}\n{about[0].description}"
    return Shown(embeds=[card], attachments=[*own], view=result_row(take.id, order.locale))


def shown_kept(takes: Sequence[Take], message: discord.Message, locale: str) -> Shown:
    """Both stay: the same without the question."""
    first, *rest = message.embeds
    question = say("pair.choose", locale)
    first.description = (first.description or "").removesuffix(question).rstrip("\n")
    return Shown(
        embeds=[first, *rest],
        attachments=[*message.attachments],
        view=pair_row([take.id for take in takes], locale, chosen=True),
    )

"""What the message of a result shows: its cards and its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import discord

from bot.jobs.parcels import Delivery
from bot.jobs.records import Job, Offers
from bot.ui.attachments import name_of_picture, picture_name, told_of
from bot.ui.cards.deeds import deeds_of
from bot.ui.cards.paying import with_payer
from bot.ui.cards.song import pair_cards
from bot.ui.pairs import Behind, card_of
from bot.ui.rows import pair_row, result_row


def cards_of(
    job: Job, delivery: Delivery, offers: Mapping[str, Offers], now: datetime
) -> list[discord.Embed]:
    """One of the only take; of two, one that tells of both and those with what is to be known of each."""
    parts, locale = delivery.parts, job.order.locale
    told = [told_of(part, delivery.wishes.format, now, locale) for part in parts]
    if len(parts) == 1:
        return [_single(job, delivery, offers, told[0])]
    pictures = [
        None if part.picture is None else picture_name(number, part.picture)
        for number, part in enumerate(parts)
    ]
    results = () if job.run is None else job.run.results
    cards = pair_cards(
        parts,
        job.order,
        pictures,
        told,
        locale,
        understood=results[0].understood if results else None,
        credits_=delivery.credits,
    )
    return with_payer(cards, job, locale)


def _single(job: Job, delivery: Delivery, offers: Mapping[str, Offers], told: list[str]) -> discord.Embed:
    part = delivery.parts[0]
    shown, name = part.picture, name_of_picture(0, part)
    if delivery.picture is not None:
        shown, name = delivery.picture, picture_name(0, delivery.picture)
    plays = shown is not None and shown.suffix == ".mp4"  # a film plays under the card
    known = Behind.of(job, part.take, delivery.credits, offers)
    card = card_of(part.take, known, None if shown is None or plays else name, job.order.locale)
    for line in told:
        add_line(card, line)
    return card


def add_line(card: discord.Embed, line: str) -> None:
    """Say one thing more below all others."""
    card.description = f"{card.description}\n{line}" if card.description else line


def row_of(job: Job, delivery: Delivery, offers: Mapping[str, Offers]) -> discord.ui.View:
    """What can be done with the take; with two, which of them stay."""
    takes, locale = [part.take for part in delivery.parts], job.order.locale
    if len(takes) > 1:
        return pair_row([take.id for take in takes], locale, chosen=any(take.kept for take in takes))
    price = job.price if job.way is None else job.way.price
    return result_row(takes[0].id, locale, deeds_of(takes[0], offers), price=price)

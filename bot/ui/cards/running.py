"""The card of a job that has not ended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import discord

from bot.jobs.endings import TROUBLES
from bot.jobs.records import Job, Place
from bot.jobs.states import State
from bot.ui import text
from bot.ui.cards.common import BRAND, credit_parts, hides_words, made_from, title, title_of
from bot.ui.cards.journey import way_line
from bot.ui.cards.paying import payer_in_words
from bot.ui.cards.prices import credits_in_words
from bot.ui.words import say

WAITING_NAME_CHARS: Final = 32
"""Of the name of somebody whose job goes first: three of them fit a phone's line or two."""


def running_card(job: Job, place: Place | None, locale: str = "en") -> discord.Embed:
    """The card of a job that has not ended."""
    state = _state_line(job, place, locale)
    order = job.order
    of = [] if hides_words(job) else made_from(order.recipe, order.guild_id, locale)
    card = discord.Embed(
        title=title_of(job, locale),
        description="\n".join([*of, state]),
        colour=BRAND,
    )
    return card.set_footer(text=_footer(job, locale))


def thread_card(job: Job, thread_id: str, locale: str = "en") -> discord.Embed:
    """The card of a job whose result stands in a thread of its own."""
    order = job.order
    card = discord.Embed(
        title=title(order.recipe, locale),
        description=say("thread.where", locale, thread=f"<#{thread_id}>"),
        colour=BRAND,
    )
    return card.set_footer(text=" · ".join(credit_parts(order, locale)))


def _state_line(job: Job, place: Place | None, locale: str) -> str:
    if job.ending is not None:
        return say("card.cancelling", locale)
    if job.hold is not None:
        whys = ", ".join(say(f"hold.why.{why}", locale) for why in job.hold.reasons)
        until = job.hold.expires_at or job.created_at
        told = say("card.held.until", locale, whys=whys, until=text.moment(until))
        if not job.hold.price:
            return told
        return f"{told} {say('card.held.price', locale, price=credits_in_words(job.hold.price, locale))}"
    if job.trouble in TROUBLES:
        return say(job.trouble, locale, host=job.order.host)
    if job.way is not None:
        return way_line(job.way, job.progress, locale)
    if job.state is State.QUEUED and place is not None:
        return place_in_words(place, locale)
    if job.state is State.WAITING and job.progress is not None:
        percent = round(job.progress * 100)
        return say("card.playing", locale, bar=text.bar(job.progress), percent=percent)
    return say(f"card.{job.state.value}", locale)


def place_in_words(place: Place, locale: str = "en") -> str:
    """How many go first, and when the music may be expected, in the reader's own time."""
    key = {0: "next", 1: "one"}.get(place.ahead, "many")
    named = ".named" if place.ahead and place.names else ""
    names = ", ".join(text.shown(name, WAITING_NAME_CHARS) for name in place.names)
    told = say(f"card.queued.{key}{named}", locale, ahead=place.ahead, names=names)
    return told if place.ready_at is None else f"{told} {expected('card.expected', place.ready_at, locale)}"


def expected(key: str, ready_at: datetime, locale: str) -> str:
    """A sentence with a time that Discord tells in the reader's own zone."""
    return say(key, locale, time=text.moment(ready_at))


def _footer(job: Job, locale: str) -> str:
    parts = credit_parts(job.order, locale)
    if payer := payer_in_words(job, locale):
        return " · ".join([*parts, payer])
    if price := job.price if job.way is None else job.way.price:
        parts.append(credits_in_words(price, locale))
    return " · ".join(parts)

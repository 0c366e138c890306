"""Whose own key paid for something, where that was no pot."""

from __future__ import annotations

import discord

from bot.jobs.records import Job
from bot.money.ledger import own_kind
from bot.ui.words import say


def payer_in_words(job: Job, locale: str) -> str | None:
    """For a footer; None where credits paid."""
    kind = own_kind(job.paid_from)
    return None if kind is None else say(f"card.own_key.{kind}", locale)


def with_payer(cards: list[discord.Embed], job: Job, locale: str) -> list[discord.Embed]:
    """The cards of a result, of which the first says it in its footer."""
    told = payer_in_words(job, locale)
    if told is not None:
        footer = cards[0].footer.text
        cards[0].set_footer(text=f"{footer} · {told}" if footer else told)
    return cards

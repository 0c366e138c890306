"""What cards say of a journey: the offer before it is spent, how far it is, and what became of it."""

from __future__ import annotations

import discord

from bot.jobs.recipes import Journey
from bot.jobs.records import Way
from bot.ui import text
from bot.ui.cards.common import BRAND, title
from bot.ui.words import say


def offer_card(journey: Journey, price: int, locale: str = "en") -> discord.Embed:
    """Where it leads and what it costs, before it is ordered."""
    card = discord.Embed(
        title=title(journey, locale),
        description=say("journey.offer", locale, steps=journey.steps, price=price),
        colour=BRAND,
    )
    return card.set_footer(
        text=say("card.price.one" if price == 1 else "card.price.many", locale, price=price)
    )


def way_line(way: Way, progress: float | None, locale: str = "en") -> str:
    """How many steps are ready, and a bar that also tells of those that are half made."""
    share = way.ready / max(1, way.steps) if progress is None else progress
    key = "journey.card.failed" if way.failed else "journey.card"
    return say(key, locale, bar=text.bar(share), ready=way.ready, steps=way.steps, failed=way.failed)


def journey_parts(journey: Journey, locale: str = "en") -> list[str]:
    """How it was made, in a few words."""
    return [
        say("journey.steps", locale, steps=journey.steps),
        say("take.denoising", locale, value=journey.denoising),
        say(f"seed_image.{journey.seed_image}.short", locale),
    ]


def left_out_lines(journey: Journey, locale: str = "en") -> list[str]:
    """One line where steps could not be made; none where all were."""
    if not journey.left_out:
        return []
    made = journey.steps - len(journey.left_out)
    return [say("journey.left_out", locale, made=made, steps=journey.steps)]

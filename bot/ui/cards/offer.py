"""What an order costs, shown to its member alone before it is placed."""

from __future__ import annotations

import discord

from bot.jobs.recipes import Journey, Recipe
from bot.treasury.records import Quote
from bot.ui.cards.common import BRAND, title
from bot.ui.cards.prices import credits_in_words, with_worth
from bot.ui.words import say


def offer_card(recipe: Recipe, quote: Quote, locale: str = "en", *, changed: bool = False) -> discord.Embed:
    """Price, what is left to pay it from, and for a journey where it leads."""
    price = with_worth(quote.price, quote.value, quote.currency, locale)
    lines = [say("offer.order.changed" if changed else "offer.order", locale, price=price)]
    if isinstance(recipe, Journey):
        lines.append(say("journey.offer", locale, steps=recipe.steps))
    if quote.left >= quote.price:  # else a sponsor pays
        lines.append(say("offer.left", locale, left=credits_in_words(quote.left, locale)))
    return discord.Embed(title=title(recipe, locale), description="\n".join(lines), colour=BRAND)

"""What a morph will work on, shown to one person before anything is spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.jobs.recipes import Morph, UploadSource
from bot.jobs.recipes.times import clock, rough_clock
from bot.ui.buttons import ActionButton, View
from bot.ui.cards.common import BRAND, made_from, title
from bot.ui.cards.prices import credits_in_words
from bot.ui.words import exists, say

PICTURE_NAME: Final = "preview.png"


def preview_card(
    recipe: Morph, *, guild_id: str, parts: Sequence[str], price: int, locale: str
) -> discord.Embed:
    """The marked picture, in words, and what it costs."""
    lines = [*made_from(recipe, guild_id, locale), *_span_in_words(recipe, locale)]
    if isinstance(recipe.source, UploadSource):
        lines.append(say("preview.file", locale, length=rough_clock(recipe.source.duration_s)))
    if parts:
        named = dict.fromkeys(
            say(f"part.{part}", locale) if exists(f"part.{part}") else part for part in parts
        )
        lines.append(say("preview.parts", locale, parts=", ".join(named)))
    lines.append(_price_in_words(price, locale))
    card = discord.Embed(title=title(recipe, locale), description="\n".join(lines), colour=BRAND)
    return card.set_image(url=f"attachment://{PICTURE_NAME}")


def _price_in_words(price: int, locale: str) -> str:
    if not price:
        return say("preview.price.none", locale)
    return say("preview.price", locale, price=credits_in_words(price, locale))


def _span_in_words(recipe: Morph, locale: str) -> list[str]:
    span = recipe.span
    if span.replace_start_s is not None and span.replace_end_s is not None:
        start, end = clock(span.replace_start_s), clock(span.replace_end_s)
        return [say("preview.inpaint", locale, start=start, end=end)]
    if span.crop_end_s is None:
        return []
    start = clock(span.crop_end_s)
    if recipe.length_s is None:
        return [say("preview.extend", locale, start=start)]
    added, whole = clock(recipe.length_s - span.crop_end_s), clock(recipe.length_s)
    return [say("preview.extend.length", locale, start=start, added=added, whole=whole)]


def draft_row(draft_id: str, *, times: bool, locale: str) -> View:
    """Make it, change its times, or leave it."""
    row = View(timeout=None)
    for action in ("draft-make", *(("draft-change",) if times else ()), "draft-drop"):
        row.add_item(ActionButton(action, draft_id, locale))
    return row

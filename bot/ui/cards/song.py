"""What cards say of songs: style, who sings, which model; and two takes of one song on one card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.jobs.order import Order
from bot.jobs.parcels import Credits, Part
from bot.jobs.recipes import Song
from bot.jobs.records import Take
from bot.protocol.runs import Understood
from bot.ui import text
from bot.ui.attachments import LETTERS
from bot.ui.cards.common import BRAND, PROMPT_CHARS, credit_parts, made_from, title
from bot.ui.cards.credits import co_authors, heard, parent_line
from bot.ui.cards.sound import sound_facts
from bot.ui.words import say

STYLE_CHARS: Final = 200


def song_title(take: Take, locale: str) -> str:
    """What a take is headed with: its title where it has one."""
    return title(take.recipe, locale) if take.title is None else text.shown(take.title, PROMPT_CHARS)


def style_lines(song: Song, locale: str) -> list[str]:
    """Its style, where it was said and is not the heading."""
    headed_by_style = song.words == song.tags
    if not song.tags or headed_by_style:
        return []
    return [say("song.style", locale, tags=text.shown(song.tags, STYLE_CHARS))]


def song_parts(song: Song, locale: str) -> list[str]:
    """Who sings, and which model plays."""
    parts: list[str] = []
    if song.model is not None:
        parts.append(say("song.model", locale, model=song.model))
    if song.instrumental:
        parts.append(say("song.instrumental", locale))
    elif song.voice is not None:
        parts.append(say(f"song.sung_by.{song.voice}", locale))
    return parts


def pair_cards(
    parts: Sequence[Part],
    order: Order,
    pictures: Sequence[str | None],
    told: Sequence[Sequence[str]],
    locale: str,
    *,
    understood: Understood | None = None,
    credits_: Credits | None = None,
) -> list[discord.Embed]:
    """One card that tells of both takes, and below it one a take with its picture and what of its file is
    to be known.

    ``pictures`` are names of attached files, None where there is none; what the host heard in the words and
    whose music it comes from is the same for both.
    """
    take = parts[0].take
    song = take.recipe if isinstance(take.recipe, Song) else None
    lines = [
        " · ".join([f"**{LETTERS[n]}**", *sound_facts(part.take, locale)]) for n, part in enumerate(parts)
    ]
    details = [] if song is None else song_parts(song, locale)
    if take.recipe.seed is not None and len({part.take.recipe.seed for part in parts}) == 1:
        details.append(say("take.seed", locale, value=take.recipe.seed))
    described = [
        *lines,
        *([] if song is None else style_lines(song, locale)),
        *heard(understood, locale),
        *made_from(take.recipe, take.guild_id, locale),
        *parent_line(credits_ or Credits(), take.recipe, locale),
        " · ".join(details),
        say("pair.choose", locale),
    ]
    first = discord.Embed(
        title=song_title(take, locale),
        description="\n".join(line for line in described if line),
        colour=BRAND,
    )
    authors = co_authors(credits_ or Credits(), locale)
    first.set_footer(text=" · ".join([*credit_parts(order, locale), *authors]))
    cards = [first]
    for number, (picture, about) in enumerate(zip(pictures, told, strict=True)):
        if picture is None and not about:
            continue
        card = discord.Embed(title=LETTERS[number], description="\n".join(about) or None, colour=BRAND)
        cards.append(card if picture is None else card.set_image(url=f"attachment://{picture}"))
    return cards

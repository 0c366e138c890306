"""The message that stays: what it is, how it sounds, how it was made, who asked."""

from __future__ import annotations

from typing import Final

import discord

from bot.jobs.order import Order
from bot.jobs.parcels import Credits
from bot.jobs.recipes import Image, Journey, Morph, Riff, Song
from bot.jobs.records import Take
from bot.protocol.runs import Clamped, Understood
from bot.ui.cards.common import BRAND, credit_parts, made_from, title
from bot.ui.cards.credits import co_authors, heard, parent_line
from bot.ui.cards.image import image_parts
from bot.ui.cards.journey import journey_parts, left_out_lines
from bot.ui.cards.song import song_parts, song_title, style_lines
from bot.ui.cards.sound import key_told
from bot.ui.words import exists, say

_ASKED_MOST: Final = 3


def result_card(
    take: Take,
    order: Order,
    picture_name: str,
    locale: str = "en",
    *,
    clamped: Clamped = (),
    understood: Understood | None = None,
    credits_: Credits | None = None,
    parameters: bool = True,
) -> discord.Embed:
    """The message that stays: what it is, how it sounds, how it was made, who asked.

    Args:
        take: What was made.
        order: What was asked for.
        picture_name: Of the attached file.
        locale: Whose words.
        clamped: Asked numbers that could not be played; those that people ask for are named.
        understood: What the host heard in the words.
        credits_: Whose music it comes from.
        parameters: Whether the host had any use for the numbers of a riff.
    """
    credits_ = credits_ or Credits()
    sound = [] if take.duration_s is None else [f"{take.duration_s:.1f} s"]
    if take.bpm is not None:
        sound.insert(0, say("take.bpm", locale, bpm=take.bpm))
    if take.key is not None:
        sound.insert(1 if take.bpm is not None else 0, key_told(take.key, locale))
    card = discord.Embed(
        title=song_title(take, locale) if isinstance(take.recipe, Song) else title(take.recipe, locale),
        description="\n".join(
            [
                *([f"**{' · '.join(sound)}**"] if sound else []),
                *_not_as_asked((*order.clamped, *clamped), locale),
                *heard(understood, locale),
                *(style_lines(take.recipe, locale) if isinstance(take.recipe, Song) else []),
                *(left_out_lines(take.recipe, locale) if isinstance(take.recipe, Journey) else []),
                *made_from(take.recipe, take.guild_id, locale),
                *parent_line(credits_, take.recipe, locale),
                *([told] if (told := _parameters(take, locale, riffs=parameters)) else []),
            ]
        ),
        colour=BRAND,
    )
    card.set_image(url=f"attachment://{picture_name}")
    return card.set_footer(text=" · ".join([*credit_parts(order, locale), *co_authors(credits_, locale)]))


def _not_as_asked(clamped: Clamped, locale: str) -> list[str]:
    """One line for an asked tempo, key and metre that could not be played; none where all could."""
    facts = [clamp for clamp in clamped if exists(f"take.asked.{clamp[0]}")]
    parts = [
        say(f"take.asked.{what}", locale, asked=key_told(asked, locale), played=key_told(played, locale))
        for what, asked, played in facts[:_ASKED_MOST]
    ]
    return [" · ".join(parts)] if parts else []


def _parameters(take: Take, locale: str, *, riffs: bool) -> str:
    match take.recipe:
        case Morph() as morph:
            parts = _of_morph(morph, locale)
        case Riff() as riff:
            parts = _of_riff(riff, locale) if riffs else []
        case Song() as song:
            parts = song_parts(song, locale)
        case Journey() as journey:
            parts = journey_parts(journey, locale)
        case Image() as image:
            parts = image_parts(image, locale)
        case _:
            parts = []
    if take.recipe.seed is not None:
        parts.append(say("take.seed", locale, value=take.recipe.seed))
    return " · ".join(parts)


def _of_morph(morph: Morph, locale: str) -> list[str]:
    told = morph.strengths.model_dump(exclude_none=True)
    return [say(f"morph.strength.{name}", locale, value=value) for name, value in told.items()]


def _of_riff(riff: Riff, locale: str) -> list[str]:
    parts = [
        say("take.denoising", locale, value=riff.denoising),
        say(f"seed_image.{riff.seed_image}.short", locale),
        say("take.steps", locale, value=riff.steps),
    ]
    if riff.prompt_b is not None:
        parts.insert(0, say("take.alpha", locale, value=riff.alpha))
    return parts

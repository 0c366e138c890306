"""Everything needed to make a take again, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import discord

from bot.jobs.recipes import Journey, Morph, Recipe, Riff, Song, TakeSource
from bot.jobs.recipes.morph import Asked
from bot.jobs.recipes.times import clock
from bot.jobs.records import Take
from bot.ui import text
from bot.ui.attachments import LETTERS
from bot.ui.cards.common import BRAND, NAME_CHARS, link_to, message_link
from bot.ui.words import say


class AddField(Protocol):
    """Adds a field to a recipe, named by its word."""

    def __call__(self, name: str, value: str, *, inline: bool = True) -> None:
        """``name`` is the part of the words key after ``recipe.``."""
        ...


def recipe_card(take: Take, parent: Take | None, locale: str = "en") -> discord.Embed:
    """What to type, what each part of it says, and what it was made from."""
    recipe = take.recipe
    line = command_line(recipe)
    card = discord.Embed(title=say("recipe.title", locale), colour=BRAND)
    if line is not None:
        card.description = f"{say('recipe.copy', locale)}\n{text.code(line)}"

    def add(name: str, value: str, *, inline: bool = True) -> None:
        card.add_field(name=say(f"recipe.{name}", locale), value=value, inline=inline)

    match recipe:
        case Morph():
            _morph_fields(take, recipe, add, locale)
        case Riff():
            _riff_fields(recipe, add)
        case Journey():
            _journey_fields(recipe, add)
        case Song():
            _song_fields(recipe, add, locale)
        case _:
            add("prompt", text.shown(recipe.words, 480), inline=False)
    add("seed", say("recipe.seed.unknown", locale) if recipe.seed is None else f"`{recipe.seed}`")
    if recipe.asked_length_s is not None:
        add("length_s", say("recipe.length_s.value", locale, value=recipe.asked_length_s))
    add("host", text.shown(take.host))
    source = recipe.made_of
    told_already = isinstance(source, TakeSource) and take.parent_take_id == source.take_id
    if take.parent_take_id is not None and not told_already:
        add("parent", _parent(parent, locale), inline=False)
    return card


def _morph_fields(take: Take, morph: Morph, add: AddField, locale: str) -> None:
    add("tags", text.shown(morph.words, 480), inline=False)
    source = morph.source
    name = text.shown(source.user_name, NAME_CHARS)
    link = link_to(source, take.guild_id) if isinstance(source, TakeSource) else None
    if link is None:
        told = say("recipe.parent.riff", locale, name=name)
    else:
        told = say("recipe.parent.link", locale, name=name, link=link)
    add(f"{morph.transform}_of", told, inline=False)
    for name, time_s in morph.span.model_dump(exclude_none=True).items():
        add(f"span.{name.removesuffix('_s')}", clock(time_s))
    if morph.length_s is not None:
        add("length_s", clock(morph.length_s))
    for strength, value in morph.strengths.model_dump(exclude_none=True).items():
        add(f"strength.{strength}", f"{value:g}")
    if morph.lyrics is not None:
        add("lyrics", text.shown(morph.lyrics, 480), inline=False)


def _riff_fields(riff: Riff, add: AddField) -> None:
    add("prompt", text.shown(riff.prompt, 480), inline=False)
    if riff.prompt_b is not None:
        add("prompt_b", text.shown(riff.prompt_b, 480), inline=False)
        add("alpha", f"{riff.alpha:g}")
    add("denoising", f"{riff.denoising:g}")
    add("seed_image", f"`{riff.seed_image}`")
    add("steps", str(riff.steps))


def _journey_fields(journey: Journey, add: AddField) -> None:
    add("prompt", text.shown(journey.prompt, 480), inline=False)
    add("prompt_b", text.shown(journey.prompt_b, 480), inline=False)
    add("journey_steps", str(journey.steps))
    add("denoising", f"{journey.denoising:g}")
    add("seed_image", f"`{journey.seed_image}`")


def _song_fields(song: Song, add: AddField, locale: str) -> None:
    for name, words in (("song_title", song.title), ("topic", song.topic), ("tags", song.tags)):
        if words:
            add(name, text.shown(words, 480), inline=False)
    if song.lyrics is not None:
        add("lyrics", text.shown(song.lyrics, 480), inline=False)
    if song.model is not None:
        add("model", song.model)
    if song.voice is not None:
        add("voice", say(f"voice.{song.voice}", locale))
    if song.instrumental:
        add("instrumental", say("recipe.instrumental.yes", locale))
    if song.length_s is not None:
        add("length_s", clock(song.length_s))
    if song.take is not None:
        add("take", LETTERS[song.take])


def _song_options(song: Song) -> dict[str, object]:
    return {
        "tags": song.tags,
        "title": song.title,
        "topic": song.topic,
        "model": song.model,
        "instrumental": song.instrumental or None,
        "voice": song.voice,
        "length_s": _number(song.length_s),
        "seed": song.seed,
    }


def _parent(parent: Take | None, locale: str) -> str:
    if parent is None:
        return say("recipe.parent.deleted", locale)
    name = text.shown(parent.user_name, NAME_CHARS)
    if parent.message_id is None:  # only its owner sees it
        return say("recipe.parent.riff", locale, name=name)
    link = message_link(parent.guild_id, parent.channel_id, parent.message_id)
    return say("recipe.parent.link", locale, name=name, link=link)


def command_line(recipe: Recipe) -> str | None:
    """The recipe as it is typed on Discord, in one line; None where it cannot be typed."""
    match recipe:
        case Riff() if recipe.like is None:
            return _typed("/riff", _riff_options(recipe))
        case Journey():
            named = ("prompt", "prompt_b", "steps", "denoising", "seed_image", "seed")
            return _typed("/journey", {name: getattr(recipe, name) for name in named})
        case Song() if recipe.lyrics is None:  # lyrics are written in a form
            return _typed("/song", _song_options(recipe))
        case Morph() if isinstance(recipe.source, TakeSource):
            options = {"take": recipe.source.take_id, **_morph_options(recipe.as_asked())}
            return _typed(f"/morph {recipe.transform.replace('_', '-')}", options)
        case _:
            return None


def _morph_options(asked: Asked) -> dict[str, object]:
    return {
        "at": _time(asked.at_s),
        "longer": _time(asked.longer_s),
        "from": _time(asked.from_s),
        "to": _time(asked.to_s),
        "tags": asked.tags,
        "lyrics": None if asked.lyrics is None else asked.lyrics.replace("\n", " / "),
        "strength": _number(asked.strength),
        "weirdness": _number(asked.weirdness),
        "seed": asked.seed,
    }


def _time(time_s: float | None) -> str | None:
    return None if time_s is None else clock(time_s)


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"


def _riff_options(riff: Riff) -> dict[str, object]:
    return {
        "prompt": riff.prompt,
        "prompt_b": riff.prompt_b,
        "alpha": None if riff.prompt_b is None else f"{riff.alpha:g}",
        "denoising": f"{riff.denoising:g}",
        "seed_image": riff.seed_image,
        "steps": riff.steps,
        "seed": riff.seed,
        "length_s": None if riff.length_s is None else f"{riff.length_s:g}",
    }


def _typed(command: str, options: Mapping[str, object]) -> str:
    return f"{command} " + " ".join(
        f"{name}:{value}" for name, value in options.items() if value is not None and value != ""
    )

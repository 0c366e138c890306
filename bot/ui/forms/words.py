"""The form behind *Edit prompt* for everything but riffs: the words of a recipe, and nothing else."""

from __future__ import annotations

from typing import Final, Protocol, TypeVar

import discord

from bot.errors import InvalidOption
from bot.jobs.options import PROMPT_MAX, sung, words
from bot.jobs.recipes import Image, Journey, Morph, Recipe, Song
from bot.jobs.recipes.lyrics import LYRICS_MAX
from bot.jobs.recipes.song import TITLE_MAX
from bot.ui.discord_limits import FIELD_CHARS
from bot.ui.forms.lyrics import halves
from bot.ui.forms.open import Form
from bot.ui.words import say

_LIFE_S: Final = 3_600.0
_REST: Final = "lyrics_rest"
_LONG: Final = frozenset({"prompt", "prompt_b", "tags", "topic", "lyrics", _REST})


def words_of(recipe: Recipe) -> dict[str, str]:
    """What can be edited, by name. Raises ``InvalidOption`` where there is nothing."""
    match recipe:
        case Journey():
            return {"prompt": recipe.prompt, "prompt_b": recipe.prompt_b}
        case Morph():
            return {"tags": recipe.tags, **_lyrics(recipe.lyrics)}
        case Song():
            about = {"topic": recipe.topic} if recipe.topic else _lyrics(recipe.lyrics)
            return {"tags": recipe.tags, "title": recipe.title or "", **about}
        case Image() if "prompt" in recipe.inputs:
            return {"prompt": str(recipe.inputs["prompt"])}
        case _:
            raise InvalidOption("prompt", "no_edit")


def _lyrics(lyrics: str | None) -> dict[str, str]:
    if lyrics is None:
        return {}
    first, rest = halves(lyrics)
    return {"lyrics": first, _REST: rest} if rest else {"lyrics": first}


def edited(recipe: Recipe, typed: dict[str, str]) -> Recipe:
    """The recipe with other words.

    Raises:
        InvalidOption: One of them is empty where it must not be, or too long.
    """
    told: dict[str, str | None] = {}
    for name, value in typed.items():
        if name == "lyrics":
            joined = "\n".join(part for part in (value, typed.get(_REST, "")) if part)
            told[name] = sung(name, joined, LYRICS_MAX)
        elif name != _REST:
            told[name] = words(name, value, required=_must_be(name, recipe))
    if isinstance(recipe, Image):
        return recipe.model_copy(update={"inputs": {**recipe.inputs, "prompt": told["prompt"] or ""}})
    if "tags" in told:
        told["tags"] = told["tags"] or ""
    if isinstance(recipe, Song):
        return recipe.model_copy(update={**told, "take": None}).checked_again()
    return recipe.model_copy(update=told)


def _must_be(name: str, recipe: Recipe) -> bool:
    """Whether nothing can be made without it."""
    is_cover = isinstance(recipe, Morph) and recipe.transform == "cover"
    return name in ("prompt", "prompt_b") or (name == "tags" and is_cover)


T_contra = TypeVar("T_contra", contravariant=True)


class TakesWords(Protocol[T_contra]):
    """Who orders what was edited."""

    async def written(self, interaction: discord.Interaction, of: T_contra, typed: dict[str, str], /) -> None:
        """The form was sent."""
        ...


class WordsModal(Form):
    """Asks for other words of a recipe, be it a take's or one that was not ordered."""

    def __init__(self, desk: TakesWords[T_contra], of: T_contra, typed: dict[str, str], locale: str) -> None:
        super().__init__(title=say("modal.edit.title", locale), timeout=_LIFE_S)

        async def written(interaction: discord.Interaction, typed: dict[str, str]) -> None:
            await desk.written(interaction, of, typed)

        self._written = written
        self._fields = {name: _field(name, value) for name, value in typed.items()}
        for name, field in self._fields.items():
            self.add_item(discord.ui.Label(text=say(f"modal.words.{name}.label", locale), component=field))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        typed = {name: field.value for name, field in self._fields.items()}
        await self._written(interaction, typed)


def _field(name: str, value: str) -> discord.ui.TextInput[WordsModal]:
    most = {"title": TITLE_MAX, "lyrics": FIELD_CHARS, _REST: FIELD_CHARS}.get(name, 2 * PROMPT_MAX)
    style = discord.TextStyle.paragraph if name in _LONG else discord.TextStyle.short
    return discord.ui.TextInput(
        custom_id=name, style=style, default=value[:most] or None, required=False, max_length=most
    )

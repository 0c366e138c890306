"""What is offered while a member types: takes, prompts, styles and pictures of sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from discord.app_commands import Choice

from bot.jobs.recipes import Morph
from bot.jobs.records import Take
from bot.protocol.predictions import SeedImageId
from bot.ui import text
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.prompts import suggest
from bot.ui.styles import suggest_styles
from bot.ui.words import say

Choices = list[Choice[str]]
SEED_IMAGES: Final[Choices] = [
    Choice(name=say(f"seed_image.{name}"), value=name) for name in get_args(SeedImageId)
]


def prompt_choices(typed: str) -> Choices:
    """Good prompts that fit what was typed so far, which itself comes first."""
    return [Choice(name=prompt, value=prompt) for prompt in suggest(typed)]


def style_choices(typed: str) -> Choices:
    """Words of style that go on with what was typed so far."""
    return [Choice(name=tags, value=tags) for tags in suggest_styles(typed)]


def take_choices(takes: Sequence[Take], locale: str) -> Choices:
    """Takes by their names, as many as can be offered."""
    return [Choice(name=take_choice(take, locale), value=take.id) for take in takes[:CHOICES_MOST]]


def take_choice(take: Take, locale: str = "en") -> str:
    """Plain text, as long as a choice may be."""
    recipe = take.recipe
    line = say(
        f"morph.{recipe.transform}.choice" if isinstance(recipe, Morph) else "morph.choice",
        locale,
        prompt=text.plain(recipe.words, 50),
        name=text.plain(take.user_name, 25),
        seconds=round(take.duration_s or 0),
    )
    return text.plain(line)

"""What cards say of pictures."""

from __future__ import annotations

from bot.jobs.recipes import Image
from bot.jobs.recipes.image import words_field
from bot.ui import text
from bot.ui.words import say

_SHOWN_MOST = 6
_VALUE_CHARS = 40


def image_parts(image: Image, locale: str) -> list[str]:
    """Which model painted it, whose cover it is, and what else was asked of it."""
    parts = [say("image.model", locale, model=text.shown(image.model, 60))]
    if image.cover_of is not None:
        parts.append(say("image.cover_of", locale, prompt=text.shown(image.cover_of.prompt, 60)))
    told = {name: value for name, value in image.inputs.items() if name != words_field(image.model)}
    parts += [
        f"{text.shown(name, 30)} {text.shown(str(value), _VALUE_CHARS)}" for name, value in told.items()
    ][:_SHOWN_MOST]
    return parts

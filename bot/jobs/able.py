"""Which host can make what: pure."""

from __future__ import annotations

from bot.jobs.recipes import Image, Morph, Parts, Recipe, Riff, Song
from bot.jobs.records import Offers


def can_make(recipe: Recipe, offers: Offers) -> bool:
    """Whether a host with these offers makes such a thing; one of songs plays a riff as an instrumental."""
    match recipe:
        case Morph():
            return recipe.transform in offers.transforms
        case Song():
            return offers.songs
        case Image():
            return offers.images
        case Parts():
            return offers.engine_extras
        case Riff() if recipe.like is not None:
            return offers.engine_extras
        case _:
            return offers.riffs or offers.songs


def no_host_for(recipe: Recipe) -> tuple[str, str]:
    """The option and the problem of ``InvalidOption``, where none can."""
    return ("take", "no_morph_host") if isinstance(recipe, Morph) else ("host", f"no_{recipe.kind}_host")

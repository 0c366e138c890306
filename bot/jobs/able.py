"""Which host can make what: pure."""

from __future__ import annotations

from typing import Final

from bot.jobs.recipes import Image, Journey, Morph, Parts, Recipe, Riff, Song, UploadSource
from bot.jobs.records import Offers
from bot.protocol.engine import Transform


def can_make(recipe: Recipe, offers: Offers) -> bool:
    """Whether a host with these offers makes such a thing; one of songs plays a riff as an instrumental."""
    match recipe:
        case Morph():
            return recipe.transform in offers.transforms and not _is_deaf(recipe, offers)
        case Song():
            return offers.songs and (offers.engine_extras or not _is_exact(recipe))
        case Image():
            return offers.images
        case Journey():
            return offers.riffs  # the way from one prompt to the other is theirs alone
        case Parts():
            return offers.engine_extras
        case Riff() if recipe.like is not None:
            return offers.engine_extras
        case _:
            return offers.riffs or offers.songs


def kinds_of(offers: Offers) -> list[str]:
    """The kinds of recipes that a host with these offers makes."""
    made = {
        "riff": offers.riffs or offers.songs,
        "song": offers.songs,
        "morph": bool(offers.transforms),
        "image": offers.images,
        "parts": offers.engine_extras,
        "journey": offers.riffs,
    }
    return [kind for kind, is_made in made.items() if is_made]


def no_host_for(recipe: Recipe) -> tuple[str, str]:
    """The option and the problem of ``InvalidOption``, where none can."""
    if isinstance(recipe, Song) and _is_exact(recipe):
        return "host", "no_exact_song_host"
    if isinstance(recipe, Morph) and isinstance(recipe.source, UploadSource) and recipe.transform in _PLAYERS:
        return "file", "needs_a_song"
    return ("take", "no_morph_host") if isinstance(recipe, Morph) else ("host", f"no_{recipe.kind}_host")


def _is_exact(song: Song) -> bool:
    """Whether it asks for what hosts of songs decide themselves."""
    return song.length_s is not None or song.seed is not None


_PLAYERS: Final = frozenset[Transform]({"swap_vocals", "swap_sound"})
"""For these every player must be known, which a recording does not tell our own engine."""


def _is_deaf(morph: Morph, offers: Offers) -> bool:
    """Whether a host with these offers cannot do that with a recording; voices are told apart nowhere."""
    if not isinstance(morph.source, UploadSource):
        return False
    return morph.transform == "swap_vocals" or (offers.engine_extras and morph.transform in _PLAYERS)

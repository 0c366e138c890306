"""What can be done with a take: by what it is, and by what the hosts of this instance can do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.jobs.able import can_make
from bot.jobs.recipes import Image, Journey, Morph, Parts, Riff, Song
from bot.jobs.records import Offers, Take

Deeds = frozenset[str]
"""Actions of buttons and of the menu behind *More*."""
MENU: Final = ("recipe", "stems", "midi", "tree", "cover-art", "title", "report", "delete")
OWN: Final = frozenset({"title", "delete"})
"""Only for its author and for moderators."""


def deeds_of(take: Take, offers: Mapping[str, Offers]) -> Deeds:
    """What anybody may try with a take, whatever its author says about remixes.

    Args:
        take: A take that stands.
        offers: Each host's, by its name.
    """
    found = {"like", "more", "recipe", "tree", "title", "report", "delete"}
    recipe = take.recipe
    if not isinstance(recipe, Parts) and any(can_make(recipe, each) for each in offers.values()):
        found |= {"reroll", "edit"}
        if isinstance(recipe, Riff | Morph | Journey):
            found |= {"vary-slight", "vary-strong"}
    if not isinstance(recipe, Image | Parts):
        found |= _of_music(take, offers)
    return frozenset(found)


def _of_music(take: Take, offers: Mapping[str, Offers]) -> set[str]:
    found: set[str] = set()
    transforms = {each for offer in offers.values() for each in offer.transforms}
    if take.audio is not None and transforms:
        found.add("morph")
        if "extend" in transforms:
            found.add("extend")
    if any(each.images for each in offers.values()):
        found.add("cover-art")
    if take.score is not None:
        found.add("midi")
        made_at = offers.get(take.host)
        if made_at is not None and made_at.engine_extras and isinstance(take.recipe, Riff | Morph | Song):
            found.add("stems")
    return found

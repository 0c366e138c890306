"""What can be made: one frozen record a kind, all that is needed to make it again.

``Recipe`` is the union that orders and takes hold, told apart by ``kind``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.jobs.recipes.image import Image
from bot.jobs.recipes.journey import Journey
from bot.jobs.recipes.morph import Morph, Span, Strengths
from bot.jobs.recipes.parts import Parts
from bot.jobs.recipes.riff import Riff
from bot.jobs.recipes.song import Song
from bot.jobs.recipes.source import TakeSource, UploadSource

Recipe = Annotated[Riff | Morph | Song | Journey | Image | Parts, Field(discriminator="kind")]

__all__ = [
    "Image",
    "Journey",
    "Morph",
    "Parts",
    "Recipe",
    "Riff",
    "Song",
    "Span",
    "Strengths",
    "TakeSource",
    "UploadSource",
]

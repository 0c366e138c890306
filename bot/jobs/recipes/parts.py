"""The parts of a take: one file a player."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.jobs.recipes.base import Base
from bot.jobs.recipes.morph import Morph
from bot.jobs.recipes.riff import Riff
from bot.jobs.recipes.song import Song
from bot.jobs.recipes.source import TakeSource, UploadSource


class Parts(Base):
    """The stems of a take that our engine made: the same again by the same seed, told player by player."""

    kind: Literal["parts"] = "parts"
    source: TakeSource
    """Whose parts they are."""
    of: Annotated[Riff | Morph | Song, Field(discriminator="kind")]
    """How that take was made."""

    @property
    def words(self) -> str:
        """What the take is called."""
        return self.source.prompt

    @property
    def texts(self) -> tuple[str, ...]:
        """What was written for the take: nothing is new."""
        return self.of.texts

    @property
    def made_of(self) -> TakeSource | UploadSource | None:
        """What the take itself was made of."""
        return self.of.made_of

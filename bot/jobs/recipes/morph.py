"""A morph: something else made of music that is there, how, and how far it may go."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from bot.jobs.options import between, words
from bot.jobs.recipes.base import Base, check_seed
from bot.jobs.recipes.source import TakeSource, UploadSource
from bot.protocol.engine import Transform

COVER_STRENGTH: Final = 0.5
"""Where a member does not say: as far as the engine goes where nobody says."""


class Strengths(BaseModel):
    """How far a morph goes, 0..1 each; None leaves it to the host. 0 is as it was, 1 all the way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lyrics: float | None = None
    sound_prompt: float | None = None
    weirdness: float | None = None
    cover: float | None = None
    variation: float | None = None


class Span(BaseModel):
    """Seconds in the source: where an extension begins, or what is made anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crop_end_s: float | None = None
    replace_start_s: float | None = None
    replace_end_s: float | None = None


class Morph(Base):
    """The parameters of one morph."""

    kind: Literal["morph"] = "morph"
    transform: Transform
    source: TakeSource | UploadSource
    tags: str
    """The words for the new sound."""
    lyrics: str | None = None
    """The words to be sung from now on."""
    length_s: float | None = None
    """How long the result is to be."""
    strengths: Strengths = Field(default_factory=Strengths)
    span: Span = Field(default_factory=Span)

    @property
    def words(self) -> str:
        """The tags, or what it is made from where none were given."""
        if self.tags:
            return self.tags
        return self.source.prompt if isinstance(self.source, TakeSource) else self.source.name

    @property
    def texts(self) -> tuple[str, ...]:
        """Tags, lyrics, and the name of a file that was brought."""
        named = self.source.name if isinstance(self.source, UploadSource) else None
        return tuple(text for text in (self.tags, self.lyrics, named) if text)

    @property
    def made_of(self) -> TakeSource | UploadSource:
        """What is reworked."""
        return self.source

    @property
    def ruling_strength(self) -> str:
        """The strength by which a person says how far this transform goes."""
        return _RULING[self.transform]

    @classmethod
    def cover_of(
        cls, source: TakeSource | UploadSource, *, tags: str, strength: float | None, seed: int | None = None
    ) -> Self:
        """A cover as a member asked for it.

        Raises:
            InvalidOption: no tags, or the strength is no number from 0 to 1, or the seed is out of bounds.
        """
        check_seed(seed)
        share = COVER_STRENGTH if strength is None else between("strength", strength, 0, 1)
        return cls(
            transform="cover",
            source=source,
            tags=words("tags", tags, required=True) or "",
            seed=seed,
            strengths=Strengths(cover=share),
        )


_RULING: Final[dict[Transform, str]] = {
    "cover": "cover",
    "extend": "variation",
    "inpaint": "variation",
    "swap_vocals": "sound_prompt",
    "swap_sound": "sound_prompt",
}

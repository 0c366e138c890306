"""Something else made of a take: which one, how, and how far it may go."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from bot.jobs.options import between
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


class MorphSource(BaseModel):
    """The take that is reworked, and what a card says of it even after it is deleted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    take_id: str
    prompt: str
    user_name: str = Field(max_length=100)
    channel_id: str
    message_id: str | None = None


class MorphOptions(BaseModel):
    """The parameters of one morph. Its words and its seed stand where those of a riff do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transform: Transform
    source: MorphSource
    strengths: Strengths = Field(default_factory=Strengths)
    span: Span = Field(default_factory=Span)

    @property
    def ruling_strength(self) -> str:
        """The strength by which a person says how far this transform goes."""
        return _RULING[self.transform]


_RULING: Final[dict[Transform, str]] = {
    "cover": "cover",
    "extend": "variation",
    "inpaint": "variation",
    "swap_vocals": "sound_prompt",
    "swap_sound": "sound_prompt",
}


def cover_of(source: MorphSource, *, strength: float | None) -> MorphOptions:
    """A cover as a member asked for it.

    Raises:
        InvalidOption: the strength is no number from 0 to 1.
    """
    share = COVER_STRENGTH if strength is None else between("strength", strength, 0, 1)
    return MorphOptions(transform="cover", source=source, strengths=Strengths(cover=share))

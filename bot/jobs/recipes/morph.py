"""A morph: something else made of music that is there, how, and how far it may go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import InvalidOption
from bot.jobs.options import between, sung, words
from bot.jobs.recipes.base import Base, check_seed
from bot.jobs.recipes.song import LENGTH_MAX_S, LENGTH_MIN_S
from bot.jobs.recipes.source import TakeSource, UploadSource
from bot.jobs.recipes.times import LATEST_S, clock, rough_clock
from bot.protocol.engine import Transform

STRENGTH_UNSAID: Final[dict[Transform, float]] = {
    "cover": 0.5,
    "extend": 0.5,
    "inpaint": 0.5,
    "swap_vocals": 0.5,
    "swap_sound": 1.0,
}
"""Where a member does not say: as far as hosts go where nobody says. A new sound that is half the old one is
not what people ask for.
"""
RULING: Final[dict[Transform, str]] = {
    "cover": "cover",
    "extend": "variation",
    "inpaint": "variation",
    "swap_vocals": "sound_prompt",
    "swap_sound": "sound_prompt",
}
"""The strength by which a person says how far a transform goes."""
TRANSFORMS: Final[tuple[Transform, ...]] = tuple(RULING)
NEED_TAGS: Final = frozenset[Transform]({"cover", "swap_sound"})
TAKE_LYRICS: Final = frozenset[Transform]({"cover", "extend", "inpaint", "swap_vocals"})
TAKE_WEIRDNESS: Final = frozenset[Transform]({"cover", "extend", "inpaint", "swap_sound"})
SPANNING: Final = frozenset[Transform]({"extend", "inpaint"})
TAKE_FILES: Final = frozenset[Transform]({"cover", "extend", "inpaint", "swap_sound"})
"""No host swaps voices in a recording."""
LYRICS_MAX: Final = 5_000
SHORTEST_SPAN_S: Final = 0.5
ROUNDED_UP_S: Final = 0.6
"""A piece of 5.4 s is shown as one of 5 s or 0:05.4; somebody may type 0:06 for its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a member typed for a morph, times as seconds in the source; None where nothing was."""

    tags: str | None = None
    lyrics: str | None = None
    strength: float | None = None
    weirdness: float | None = None
    at_s: float | None = None
    longer_s: float | None = None
    """How much is added, from where it goes on."""
    from_s: float | None = None
    to_s: float | None = None
    seed: int | None = None


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
        return self.tags or self.source_name

    @property
    def texts(self) -> tuple[str, ...]:
        """Tags, or what it is made from is called; lyrics; and the name of a file that was brought."""
        named = self.source.name if isinstance(self.source, UploadSource) else None
        return tuple(dict.fromkeys(text for text in (self.words, self.lyrics, named) if text))

    @property
    def made_of(self) -> TakeSource | UploadSource:
        """What is reworked."""
        return self.source

    @property
    def ruling_strength(self) -> str:
        """The strength by which a person says how far this transform goes."""
        return RULING[self.transform]

    @property
    def source_name(self) -> str:
        """What it is made from is called."""
        return self.source.prompt if isinstance(self.source, TakeSource) else self.source.name

    @property
    def spans(self) -> bool:
        """Whether it works on a part of the source, which is worth seeing before it is spent."""
        return self.transform in SPANNING

    @classmethod
    def cover_of(
        cls, source: TakeSource | UploadSource, *, tags: str, strength: float | None, seed: int | None = None
    ) -> Self:
        """A cover as a member asked for it. Raises as :meth:`checked`."""
        return cls.checked("cover", source, Asked(tags=tags, strength=strength, seed=seed))

    @classmethod
    def checked(
        cls,
        transform: Transform,
        source: TakeSource | UploadSource,
        asked: Asked,
        *,
        duration_s: float | None = None,
    ) -> Self:
        """A morph as a member asked for it.

        Args:
            transform: What is done.
            source: What it is done to.
            asked: What was typed; what the transform does not take is not looked at.
            duration_s: How long the source is; without it times are held against hosts' bounds alone.

        Raises:
            InvalidOption: names the first option that cannot be used and why.
        """
        check_seed(asked.seed)
        strength = STRENGTH_UNSAID[transform] if asked.strength is None else asked.strength
        weird = asked.weirdness if transform in TAKE_WEIRDNESS else None
        strengths: dict[str, float] = {RULING[transform]: between("strength", strength, 0, 1)}
        if weird is not None:
            strengths["weirdness"] = between("weirdness", weird, 0, 1)
        tags = words("tags", asked.tags, required=transform in NEED_TAGS) or ""
        lyrics = sung("lyrics", asked.lyrics, LYRICS_MAX) if transform in TAKE_LYRICS else None
        if transform == "swap_vocals" and not tags and lyrics is None:
            raise InvalidOption("tags", "no_voice_said")
        span = _span(transform, asked, duration_s)
        return cls(
            transform=transform,
            source=source,
            tags=tags,
            lyrics=lyrics,
            length_s=_whole_length(transform, asked, span, duration_s),
            seed=asked.seed,
            strengths=Strengths(**strengths),
            span=span,
        )

    def as_asked(self) -> Asked:
        """What a member would type for just this."""
        strengths, span = self.strengths, self.span
        longer_s = None
        if self.length_s is not None and span.crop_end_s is not None:
            longer_s = self.length_s - span.crop_end_s
        return Asked(
            tags=self.tags or None,
            lyrics=self.lyrics,
            strength=getattr(strengths, self.ruling_strength),
            weirdness=strengths.weirdness,
            at_s=span.crop_end_s,
            longer_s=longer_s,
            from_s=span.replace_start_s,
            to_s=span.replace_end_s,
            seed=self.seed,
        )


def _span(transform: Transform, asked: Asked, duration_s: float | None) -> Span:
    end_s = LATEST_S if duration_s is None else min(duration_s, LATEST_S)
    if transform == "extend":
        if asked.at_s is None:
            return Span()
        return Span(crop_end_s=_within("at", asked.at_s, end_s, after=0.0))
    if transform != "inpaint":
        return Span()
    if asked.from_s is None or asked.to_s is None:
        raise InvalidOption("from" if asked.from_s is None else "to", "no_span")
    to_s = _within("to", asked.to_s, end_s, after=0.0)
    from_s = _within("from", asked.from_s, end_s)
    if to_s - from_s < SHORTEST_SPAN_S:
        raise InvalidOption("to", "ends_too_early", least=SHORTEST_SPAN_S, start=clock(from_s))
    return Span(replace_start_s=from_s, replace_end_s=to_s)


def _within(option: str, time_s: float, end_s: float, *, after: float | None = None) -> float:
    """A time in the source; the end as it is shown, rounded up, is the end."""
    if after is not None and time_s <= after:
        raise InvalidOption(option, "at_the_beginning")
    if time_s > end_s + ROUNDED_UP_S or (after is None and time_s >= end_s):
        raise InvalidOption(option, "after_the_end", end=rough_clock(end_s), given=clock(time_s))
    return min(time_s, end_s)


def _whole_length(transform: Transform, asked: Asked, span: Span, duration_s: float | None) -> float | None:
    """How long an extension makes the whole, from where it goes on; None leaves it to the host."""
    if transform != "extend" or asked.longer_s is None:
        return None
    begins_s = duration_s if span.crop_end_s is None else span.crop_end_s
    if begins_s is None:
        return None
    whole_s = begins_s + asked.longer_s
    if asked.longer_s <= 0 or not LENGTH_MIN_S <= whole_s <= LENGTH_MAX_S:
        least, most = max(1.0, math.ceil(LENGTH_MIN_S - begins_s)), math.floor(LENGTH_MAX_S - begins_s)
        if most < least:
            raise InvalidOption("at", "no_room", most=clock(LENGTH_MAX_S))
        raise InvalidOption("longer", "length_added", least=clock(least), most=clock(most))
    return whole_s

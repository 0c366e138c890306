"""Records of the songs dialect: ``/riffusion/generate`` and what belongs to it.

Whole songs by the FUZZ models, resold by aggregators. There is no first-party document; what clients and
resellers show was pieced together. Strict in what they send, tolerant in what they accept: an answer may
lack almost anything, and there are several words for each end.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    field_validator,
)

from bot.protocol.engine import MAX_SOURCE_TEXT, STRENGTHS, Quality, Transform
from bot.protocol.numbers import plain_number

GENERATE_PATH = "/riffusion/generate"
TOPIC_PATH = "/riffusion/generate/topic"
FEED_PATH = "/riffusion/feed/"
UPLOAD_PATH = "/riffusion/upload"

SONGS_A_REQUEST = 2
"""Every request makes two versions."""

PLACEHOLDER: Final = "string"
"""What documents print where an id belongs."""

Fault = tuple[str, str]
"""A field, and what is wrong with it."""

_SHORTEST_S, _LONGEST_S, _LATEST_S = 10.0, 240.0, 600.0
TIMES: Final = ("crop_end_at", "replace_start_at", "replace_end_at")
"""Fields of a morph that name a second of the old song."""

_LYRICS, _SOUND, _WEIRDNESS, _COVER, _VARIATION = STRENGTHS
_IN_ALL = (_LYRICS, _SOUND, _WEIRDNESS)

TAKES: Final[dict[Transform, frozenset[str]]] = {
    "cover": frozenset({*_IN_ALL, _COVER}),
    "extend": frozenset({*_IN_ALL, _VARIATION, "crop_end_at"}),
    "inpaint": frozenset({*_IN_ALL, _COVER, _VARIATION, "replace_start_at", "replace_end_at"}),
    "swap_vocals": frozenset({*_IN_ALL, _COVER}),
    "swap_sound": frozenset({*_IN_ALL, _COVER, _VARIATION}),
}
"""Which fields each transform takes besides its source and ``duration``, which all take."""


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


SongId = Annotated[str | None, BeforeValidator(_blank_is_none)]


def _share() -> Any:
    return Field(default=None, ge=0, le=1)


def _time() -> Any:
    return Field(default=None, ge=0, le=_LATEST_S)


class Morph(BaseModel):
    """Which song is reworked, and how. Null is the same as left out; 0 is a value."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    riff_id: SongId = Field(default=None, max_length=100)
    audio_upload_id: SongId = Field(default=None, max_length=100)
    transform: Transform | None = None
    normalized_lyrics_strength: float | None = _share()
    normalized_sound_prompt_strength: float | None = _share()
    normalized_weirdness: float | None = _share()
    normalized_cover_strength: float | None = _share()
    normalized_variation_strength: float | None = _share()
    crop_end_at: float | None = _time()
    """Seconds in the old song where the new part begins."""
    replace_start_at: float | None = _time()
    replace_end_at: float | None = _time()
    duration: float | None = Field(default=None, ge=0, le=_LONGEST_S)
    """Seconds; 0 lets the model decide."""

    @field_validator("*", mode="before")
    @classmethod
    def _plain_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        return plain_number(value, cls.model_fields[info.field_name or ""].annotation)

    @property
    def is_unfilled(self) -> bool:
        """Whether it is the documents' own example, where both ids are the word ``string``.

        Clients that copy the example to make a plain song leave it like that.
        """
        return self.riff_id == self.audio_upload_id == PLACEHOLDER

    def faults(self) -> list[Fault]:
        """What is missing, foreign to the transform or contradictory; empty when all is well."""
        found = self._of_source()
        if self.transform is None:
            return [*found, ("transform", f"is required: {', '.join(TAKES)}")]
        takes = TAKES[self.transform]
        found += [
            (name, f"is no field of {self.transform}")
            for name in (*STRENGTHS, *TIMES)
            if name not in takes and getattr(self, name) is not None
        ]
        if self.duration is not None and 0 < self.duration < _SHORTEST_S:
            found.append(("duration", f"must be 0, or from {_SHORTEST_S:g} to {_LONGEST_S:g}"))
        if self.transform == "swap_vocals" and self.audio_upload_id is not None:
            found.append(("audio_upload_id", "voices can be swapped in songs made here only: give riff_id"))
        return found + self._of_times()

    def _of_source(self) -> list[Fault]:
        if self.riff_id is None and self.audio_upload_id is None:
            return [("riff_id", "or audio_upload_id is required: the song to rework")]
        if self.riff_id is not None and self.audio_upload_id is not None:
            return [("audio_upload_id", "excludes riff_id: give one of them")]
        return []

    def _of_times(self) -> list[Fault]:
        if self.transform == "extend" and not self.crop_end_at:
            return [("crop_end_at", "extend needs the second, after 0, where the new part begins")]
        if self.transform != "inpaint":
            return []
        start, end = self.replace_start_at, self.replace_end_at
        if start is None:
            return [("replace_start_at", "inpaint needs the second from which to replace")]
        if end is None:
            return [("replace_end_at", "inpaint needs the second up to which to replace")]
        return [("replace_end_at", "must come after replace_start_at")] if end <= start else []


class Generate(BaseModel):
    """``POST /riffusion/generate``: lyrics, style words and a title; with ``morph`` a song is reworked.

    What nobody knows is ignored, as clients of gateways send more; a morph's field beside it is a mistake.
    """

    model_config = ConfigDict(extra="allow")

    model: Quality
    lyrics: str = Field(max_length=5_000)
    """With ``[Verse]``, ``[Chorus]``, ``[Bridge]`` on lines of their own; empty for instrumentals."""
    tag: str = Field(max_length=2_000)
    """Style words, comma separated."""
    title: str = Field(max_length=200)
    instrumental: StrictBool = False
    morph: Morph | None = None

    @property
    def wanted_morph(self) -> Morph | None:
        """The morph, unless it was left as the documents print it."""
        return None if self.morph is None or self.morph.is_unfilled else self.morph

    def faults(self) -> list[Fault]:
        """What is out of place or does not go together; empty when all is well."""
        found = [
            (name, f"belongs into morph, as morph.{name}")
            for name, value in (self.model_extra or {}).items()
            if name in Morph.model_fields and value is not None
        ]
        morph = self.wanted_morph
        if morph is None:
            is_empty = not any(text.strip() for text in (self.tag, self.lyrics, self.title))
            return [*found, ("tag", "is empty: say what it should sound like")] if is_empty else found
        found += [(f"morph.{name}", why) for name, why in morph.faults()]
        if self.instrumental and morph.transform == "swap_vocals":
            found.append(("instrumental", "contradicts swap_vocals, which is about the voice"))
        if self.instrumental and morph.audio_upload_id is not None:
            found.append(("instrumental", "a voice cannot be taken out of a recording"))
        return found


class GenerateFromTopic(BaseModel):
    """``POST /riffusion/generate/topic``: one theme, and the lyrics are written for you."""

    model_config = ConfigDict(extra="ignore")

    model: Quality
    topic: str = Field(max_length=500)
    instrumental: StrictBool = False

    def faults(self) -> list[Fault]:
        """What does not go together; empty when all is well."""
        return [] if self.topic.strip() else [("topic", "is empty: say what the song is about")]


class UploadByAddress(BaseModel):
    """``POST /riffusion/upload`` of audio that lies somewhere else."""

    model_config = ConfigDict(extra="ignore")

    url: str = Field(min_length=1, max_length=MAX_SOURCE_TEXT)


class SongJob(BaseModel):
    """One of the versions that are being made; its id later is the ``riff_id``."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=200)


class SongJobs(BaseModel):
    """The answer to both ways to generate."""

    model_config = ConfigDict(extra="ignore")

    jobs: list[SongJob]


class Uploaded(BaseModel):
    """The answer to an upload; ``id`` is used as ``audio_upload_id``."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=200)


class Generation(BaseModel):
    """A finished song. It can be played once ``audio_url`` is there."""

    model_config = ConfigDict(extra="ignore")

    id: str
    model_display_name: str = ""
    duration_s: float = 0.0
    audio_url: str | None = None
    image_url: str | None = None
    title: str | None = None
    lyrics: str | None = None
    sound: str | None = None
    topic: str | None = None
    transform: Transform | None = None
    parent_riff_id: str | None = None


_DONE = frozenset({"success", "complete", "completed"})
_FAILED = frozenset({"error", "failed", "failure"})


class Feed(BaseModel):
    """How far the songs of a request are: one status for all, and those that can be heard."""

    model_config = ConfigDict(extra="ignore")

    status: str
    process: float = 0
    generations: list[Generation] = Field(default_factory=list[Generation])
    error: str | None = None
    """Why a song was not made, in a sentence."""

    @property
    def state(self) -> Literal["running", "done", "failed"]:
        """The status, by whatever word a host has for it."""
        word = self.status.strip().lower()
        return "done" if word in _DONE else "failed" if word in _FAILED else "running"


class GatewayFault(BaseModel):
    """What went wrong, as the aggregators' gateways tell it."""

    model_config = ConfigDict(extra="ignore")

    message: str = ""
    type: str = "new_api_error"
    param: str | None = None
    """The field that is at fault."""
    code: str | None = None


class GatewayError(BaseModel):
    """The body of every refused call."""

    model_config = ConfigDict(extra="ignore")

    error: GatewayFault

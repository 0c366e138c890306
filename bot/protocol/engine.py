"""What ``riffcord/engine`` takes and tells: riffs, songs and morphs through one model.

``transform`` makes a request a morph; lyrics, title, topic or ``instrumental`` make it a song; anything
else is a riff. What does not go together is told by :meth:`EngineInput.contradictions`, field by field.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, StrictBool

from bot.protocol.facts import Explained, Key, Number, Seed, Title
from bot.protocol.predictions import RiffusionInput, RiffusionOutput

Kind = Literal["riff", "song", "morph"]
FileFormat = Literal["wav", "flac", "ogg", "mp3", "m4a"]
LikeAs = Literal["beside", "layer", "continue"]
Voice = Literal["female", "male", "child", "choir"]
Quality = Literal["FUZZ-1.0", "FUZZ-1.1", "FUZZ-1.0 Pro", "FUZZ-1.1 Pro"]
Transform = Literal["cover", "extend", "inpaint", "swap_vocals", "swap_sound"]

MAX_SOURCE_BYTES = 25 * 2**20
"""Of a score or a recording that a request brings or names."""
MAX_SOURCE_TEXT = 4 * -(-MAX_SOURCE_BYTES // 3) + 200
"""As a ``data:`` address: so many bytes in base64, and a head before them."""

_LONGEST_RIFF_S = 60.0
_SHORTEST_SONG_S = 10.0
_LONGEST_SONG_S = 240.0
_LATEST_TIME_S = 600.0

_SONG_FIELDS = ("lyrics", "title", "topic", "instrumental")
_RIFF_FIELDS = ("prompt_b", "alpha", "denoising", "seed_image_id", "num_inference_steps", "bars", "like")
STRENGTHS = (
    "normalized_lyrics_strength",
    "normalized_sound_prompt_strength",
    "normalized_weirdness",
    "normalized_cover_strength",
    "normalized_variation_strength",
)
_TIMES = {"crop_end_at": "extend", "replace_start_at": "inpaint", "replace_end_at": "inpaint"}

Contradiction = tuple[str, str]
"""A field, and what is wrong with it."""

Source = dict[str, Any] | str
"""A score as an object, or the address of one or of audio: https, data, or an output of this server."""


def _share() -> Any:
    return Field(default=None, ge=0, le=1)


def _time() -> Any:
    return Field(default=None, ge=0, le=_LATEST_TIME_S)


class EngineInput(RiffusionInput):
    """Everything that our own engine takes: the riffusion six, and what songs, morphs and fitting need."""

    seed: int | None = Field(default=None, ge=0, lt=2**53)
    """The same seed gives the same samples; left out, the server draws one and reports it in ``output``."""
    length_s: float | None = Field(default=None, ge=1, le=_LONGEST_SONG_S)
    """Up to 60 for riffs, 10 to 240 for songs."""
    bars: int | None = Field(default=None, ge=1, le=64)
    reference: str | None = Field(default=None, max_length=100)
    """Echoed in ``input``, changes nothing: the fingerprint by which a caller finds its prediction again."""

    format: FileFormat = "wav"
    stems: StrictBool = False
    """One WAV a player besides, which sum to the mix."""
    explain: StrictBool = False
    """What was understood and decided, as ``explained``."""
    takes: int | None = Field(default=None, ge=1, le=2)
    """Left out: two of a song, else one."""
    take: int | None = Field(default=None, ge=0, le=1)
    """Only this one of the two takes that a seed has."""
    cover: StrictBool = False
    """A square picture besides, drawn from the sound, as album covers are."""

    like: Source | None = Field(default=None)
    like_as: LikeAs | None = None

    lyrics: str | None = Field(default=None, max_length=5_000)
    title: str | None = Field(default=None, max_length=200)
    topic: str | None = Field(default=None, max_length=500)
    instrumental: StrictBool | None = None
    voice: Voice | None = None
    quality: Quality | None = None

    transform: Transform | None = None
    score: Source | None = None
    audio: str | None = Field(default=None, max_length=MAX_SOURCE_TEXT)
    normalized_lyrics_strength: float | None = _share()
    normalized_sound_prompt_strength: float | None = _share()
    normalized_weirdness: float | None = _share()
    normalized_cover_strength: float | None = _share()
    normalized_variation_strength: float | None = _share()
    crop_end_at: float | None = _time()
    replace_start_at: float | None = _time()
    replace_end_at: float | None = _time()
    duration: float | None = Field(default=None, ge=_SHORTEST_SONG_S, le=_LONGEST_SONG_S)
    """How long the result of a morph is to be; for songs another name of ``length_s``."""

    @property
    def kind(self) -> Kind:
        """What is asked for."""
        if self.transform is not None:
            return "morph"
        is_song = self.instrumental is not None or any(
            (text or "").strip() for text in (self.lyrics, self.title, self.topic)
        )
        return "song" if is_song else "riff"

    @property
    def take_numbers(self) -> range:
        """Which takes are to be made."""
        if self.take is not None:
            return range(self.take, self.take + 1)
        return range(self.takes or (2 if self.kind == "song" else 1))

    @property
    def asked_length_s(self) -> float | None:
        """The length, by either name."""
        return self.length_s if self.duration is None else self.duration

    def contradictions(self) -> list[Contradiction]:
        """What does not go together: (field, description), empty when all is well."""
        of_kind = {"riff": self._of_riff, "song": self._of_song, "morph": self._of_morph}
        found = of_kind[self.kind]()
        if self.length_s is not None and self.duration is not None:
            found.append(("duration", "is another name of length_s: give one of them"))
        if self.take is not None and self.takes is not None:
            found.append(("take", "names one take, takes how many: give one of them"))
        if self.kind != "riff":
            found += [
                (name, f"is for riffs; this is a {self.kind}") for name in _RIFF_FIELDS if self._asks(name)
            ]
            if self.like_as is not None:
                found.append(("like_as", f"is for riffs; this is a {self.kind}"))
            if self.length_s is not None and self.length_s < _SHORTEST_SONG_S:
                found.append(("length_s", f"must be at least {_SHORTEST_SONG_S:g} for a {self.kind}"))
        if self.kind != "morph":
            given = ("score", "audio", *STRENGTHS, *_TIMES)
            found += [(name, "needs a transform") for name in given if self._asks(name)]
        if self.instrumental and self.voice is not None:
            found.append(("voice", "is for songs that are sung; this one is instrumental"))
        return found

    def _asks(self, name: str) -> bool:
        """Whether a field was given a value that is not its default."""
        return getattr(self, name) != type(self).model_fields[name].default

    def _of_riff(self) -> list[Contradiction]:
        found: list[Contradiction] = []
        if self.length_s is not None and self.length_s > _LONGEST_RIFF_S:
            found.append(("length_s", f"must be at most {_LONGEST_RIFF_S:g} for a riff"))
        if self.bars is not None and self.length_s is not None:
            found.append(("bars", "give the length in bars or in seconds, not both"))
        found += [
            (name, "is for songs and morphs: give lyrics, a title, a topic, instrumental or a transform")
            for name in ("voice", "quality", "duration")
            if self._asks(name)
        ]
        if self.like is None and self.like_as is not None:
            found.append(("like_as", "needs like: the music to go with"))
        if self.like is not None and self.like_as != "continue":
            told = "is that of the music to go with; only a continuation has its own"
            found += [(name, told) for name in ("bars", "length_s") if self._asks(name)]
        return found

    def _of_song(self) -> list[Contradiction]:
        found: list[Contradiction] = []
        if (self.lyrics or "").strip():
            if self.instrumental:
                found.append(("lyrics", "nobody sings an instrumental: leave one of the two out"))
            if (self.topic or "").strip():
                found.append(("topic", "is what lyrics are written about; these are given"))
        return found

    def _of_morph(self) -> list[Contradiction]:
        found: list[Contradiction] = []
        if self.score is None and self.audio is None:
            found.append(("score", "a morph needs its source: score or audio"))
        if self.score is not None and self.audio is not None:
            found.append(("audio", "the source is a score or audio, not both"))
        found += [
            (name, f"is for {transform} only")
            for name, transform in _TIMES.items()
            if self._asks(name) and transform != self.transform
        ]
        if self.transform == "inpaint":
            start, end = self.replace_start_at, self.replace_end_at
            if start is None:
                found.append(("replace_start_at", "inpaint needs the second from which to replace"))
            if end is None:
                found.append(("replace_end_at", "inpaint needs the second up to which to replace"))
            if start is not None and end is not None and start >= end:
                found.append(("replace_end_at", "must come after replace_start_at"))
        if (self.topic or "").strip():
            found.append(("topic", "is for songs; this is a morph"))
        if self.audio is not None and self.stems:
            found.append(("stems", "a recording has no players of its own; a score has"))
        if self.instrumental is not None:
            found.append(("instrumental", "is for songs; this is a morph"))
        return found


class EngineTake(RiffusionOutput):
    """One version of the music: addresses of its files, and the facts that differ between takes."""

    score: str | None = None
    """The music in numbers, as JSON: what ``like`` and ``score`` take."""
    midi: str | None = None
    lrc: str | None = None
    """Lyrics with the time of each line; only of what is sung."""
    stems: dict[str, str] | None = None
    bpm: Number = None
    key: Key = None
    """Tonic and mode, as in ``F# minor``."""
    seed: Seed = None
    duration_s: Number = None
    title: Title = None
    explained: Explained = None
    """What was understood and decided, where that was asked for."""
    cover: str | None = None
    """The square picture, where it was wanted."""
    lyrics: str | None = None
    """What is sung, with section marks; only of what is sung."""


class EngineOutput(EngineTake):
    """What came out: the first take, what was understood, and all takes where there are several."""

    genres: dict[str, float] = Field(default_factory=dict)
    instruments: list[str] = Field(default_factory=list)
    ignored: list[str] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    """What was understood, one entry a word or phrase."""
    refused: list[str] = Field(default_factory=list)
    """What was not to be heard."""
    clamped: list[list[str]] = Field(default_factory=list[list[str]])
    """Numbers out of reach: what, as asked, as played."""
    moods: list[str] = Field(default_factory=list)
    eras: list[str] = Field(default_factory=list)
    meter: str | None = None
    sections: list[str] = Field(default_factory=list)
    tempo_from: str | None = None
    key_from: str | None = None
    takes: list[EngineTake] | None = None

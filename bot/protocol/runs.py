"""What a host made of an order, whatever its dialect: the one record that every client answers with.

The wire has three shapes for it (a prediction, a container's report, a feed of songs). Each client turns its
own into a :class:`Run`; jobs, cards and the command line know nothing else.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.protocol.facts import Explained, Key, Number, Seed, Title

RunStatus = Literal["starting", "processing", "succeeded", "failed", "canceled"]
"""``canceled`` covers a deadline that ran out at the host as well. The last three are never left again."""

_ENDED = frozenset({"succeeded", "failed", "canceled"})


Clamped = tuple[tuple[str, str, str], ...]
"""Each: what, as asked, as played."""


class FailureCause(enum.StrEnum):
    """Why a run failed, as far as its host's words tell."""

    PROMPT_REFUSED = "prompt_refused"
    """Moderation: NSFW, flagged as sensitive, a content policy. Asking again does not help."""
    INPUT_REFUSED = "input_refused"
    """The model cannot use what it was given."""
    INTERRUPTED = "interrupted"
    """The host broke off; the same order may well succeed another time."""
    UNKNOWN = "unknown"


class Understood(BaseModel):
    """What a host heard in the words, in its own words; bounded, since cards show it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    genres: tuple[str, ...] = ()
    """The strongest first."""
    instruments: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    tempo_from: str | None = None
    """Why it has its tempo: ``asked``, ``style`` and so on."""

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """Genres, moods and instruments."""
        return (self.genres, self.moods, self.instruments)


class Result(BaseModel):
    """One version of what was made: where its files are, and what the host told of it.

    Addresses are https, http where the host is a local one, or ``data:``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | None = None
    """By which the host knows it later, where it does: the ``riff_id`` of a song."""
    audio: str | None = None
    picture: str | None = None
    """A spectrogram, a song's cover, or what an image model painted (animations included)."""
    score: str | None = None
    midi: str | None = None
    lrc: str | None = None
    stems: dict[str, str] = Field(default_factory=dict)
    title: Title = None
    lyrics: str | None = None
    duration_s: Number = None
    bpm: Number = None
    key: Key = None
    """Tonic and mode, as in ``F# minor``."""
    seed: Seed = None
    explained: Explained = None
    """What our own engine understood and decided, where that was asked for."""
    clamped: Clamped = ()
    """What was asked in numbers and could not be played."""
    understood: Understood | None = None
    """None where the host does not tell."""

    @property
    def brings_files(self) -> bool:
        """Whether a file came inline, as a ``data:`` address."""
        told = (self.audio, self.picture, self.score, self.midi, self.lrc, *self.stems.values())
        return any(address is not None and address[:5].lower() == "data:" for address in told)


class Run(BaseModel):
    """An order at a host, as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1, max_length=200)
    """The host's own, or several joined by a comma where one order makes several things."""
    status: RunStatus
    progress: float | None = Field(default=None, ge=0, le=1)
    results: tuple[Result, ...] = ()
    error: str | None = Field(default=None, max_length=2_000)
    """The host's own words, for the log and the card; cut short."""
    cause: FailureCause | None = None
    """Only of what failed."""
    created_at: datetime | None = None
    compute_s: Number = None
    """What it cost at the host, in seconds of computing, where it told."""
    stream: str | None = None
    """Where its events can be followed (SSE), where the host offers that."""
    explained: Explained = None
    """As in :class:`Result`, of the whole order."""

    @property
    def ended(self) -> bool:
        """Whether the status is one that is never left again."""
        return self.status in _ENDED

    @property
    def brings_files(self) -> bool:
        """Whether files came inline, as ``data:`` addresses."""
        return any(result.brings_files for result in self.results)

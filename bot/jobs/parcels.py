"""What is brought to a channel: finished takes, the files that are shown of them, and how they are wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, Self

from bot.jobs.records import Take

FileFormat = Literal["mp3", "ogg", "flac", "wav"]
"""``ogg`` is Opus in Ogg, as Discord's own voice messages are."""
MOST_FILES: Final = 10
"""Of one message (Discord, "Uploading Files")."""
LinkedFormat = Literal["mp3", "ogg", "flac", "wav", "zip"]
"""What a link can lead to; an archive is that of a take's parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a server, or one of its channels, wants its music."""

    format: FileFormat = "mp3"
    voice_message: bool = False
    """Add a message that phones play in place."""
    mp4: bool = False
    """Add a video of the spectrogram."""
    picture: bool = True
    """Show the picture of the sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A take's sound as a file that fits."""

    file: Path
    format: FileFormat
    channels: int
    kbit_s: int | None = None
    """None: nothing is lost."""
    preview_s: float | None = None
    """How long it is, where it is only the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A take as a voice message: Ogg Opus, and what Discord wants told of it."""

    file: Path
    duration_s: float
    waveform: str
    """Base64, a byte a point from silent to loudest, at most 256 points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One take in a message."""

    take: Take
    sound: Packed | None
    """None where not even a preview is small enough."""
    picture: Path | None
    video: Path | None = None
    lyrics: Path | None = None
    """What is sung."""
    bundle: Path | None = None
    """The archive of a take's parts."""
    smaller: bool = False
    """Whether that holds less than the best there is."""
    link: str | None = None
    """Where all of it can be fetched, where that is not what the message carries."""

    @property
    def whole(self) -> bool:
        """Whether the message carries the whole take."""
        return self.sound is not None and self.sound.preview_s is None

    @property
    def files(self) -> tuple[Path, ...]:
        """What is uploaded with the card."""
        packed = None if self.sound is None else self.sound.file
        every = (packed, self.video, self.lyrics, self.bundle, self.picture)
        return tuple(file for file in every if file is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """Whose music it comes from."""

    parent: Take | None = None
    """Where that stands."""
    authors: tuple[str, ...] = ()
    """Everybody else whose takes it goes back to, the nearest first: neither who asked for it nor the
    author of its parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where a result stands."""

    card_id: str
    """The one message of the job: the result, or the card that says where it is."""
    channel_id: str
    """Where the result is."""
    message_id: str | None
    """The result, for everybody to see; None where only its owner does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Everything of one message: the takes of one job, first to last."""

    parts: tuple[Part, ...]
    wishes: Wishes = Wishes()
    credits: Credits = Credits()
    picture: Path | None = None
    """One for all parts; theirs are then not shown."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of the message."""
        own = [
            file for part in self.parts for file in part.files if self.picture is None or file != part.picture
        ]
        return (*own, *([] if self.picture is None else [self.picture]))

    def bare(self) -> Self:
        """The same without any file, for where nothing at all is accepted."""
        empty = tuple(
            replace(part, sound=None, picture=None, video=None, lyrics=None, bundle=None)
            for part in self.parts
        )
        return replace(self, parts=empty, picture=None)

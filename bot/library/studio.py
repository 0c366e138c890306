"""What the audio room does before anything is ordered: hearing a file, and marking a part of music."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

LONGEST_S: Final = 240.0
"""Of a file that somebody brings: no host plays on anything longer."""
SHORTEST_S: Final = 2.0
"""Below, there is no tempo and no key to hear in it."""

Marked = Literal["all", "from", "between"]
"""What a picture shows: nothing but the music, where it is carried on, or a stretch that is made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file that a member brought, known to be music."""

    file: Path
    """As it came, under a name that tells its kind; or written anew where few can read it as it came."""
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What is to be marked in a piece of music; times in seconds."""

    marked: Marked
    start_s: float | None = None
    """None with ``from``: where its last part, an outro, begins, or at its end."""
    end_s: float | None = None
    """Of the stretch; only with ``between``."""
    added_s: float | None = None
    """How much will be added; only with ``from``, and None where nobody knows yet."""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """What parts of songs are called in the language of whoever looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A picture, and what was found out on the way."""

    picture: bytes
    """PNG."""
    duration_s: float
    start_s: float | None
    """Where the marked part begins."""
    parts: tuple[str, ...] = ()
    """Names of the song's parts that it touches."""


class Studio(Protocol):
    """The audio worker. Raises ``UnusableAudio`` where there is no music in a file."""

    async def hear(self, path: Path, folder: Path) -> Brought:
        """Find out what a stranger's file is, by its content; what is written goes to ``folder``."""
        ...

    async def mark(self, sound: Path, score: Path | None, marking: Marking) -> Preview:
        """Draw the music with the part that is marked."""
        ...

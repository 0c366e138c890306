"""A song: minutes with sections, sung or instrumental, from lyrics or from a topic."""

from __future__ import annotations

from typing import Literal

from bot.jobs.recipes.base import Base
from bot.protocol.engine import Quality, Voice

LYRICS_MAX = 5_000
TITLE_MAX = 200
LENGTH_MIN_S = 10.0
LENGTH_MAX_S = 240.0


class Song(Base):
    """The parameters of one song."""

    kind: Literal["song"] = "song"
    tags: str = ""
    """The style."""
    title: str | None = None
    lyrics: str | None = None
    topic: str | None = None
    """What the host writes lyrics about, where there are none."""
    model: Quality | None = None
    instrumental: bool = False
    voice: Voice | None = None
    length_s: float | None = None
    take: int | None = None
    """Of a kept song: which of the two takes it is."""

    @property
    def words(self) -> str:
        """The title, or what it is about, or its style."""
        first_line = next((line for line in (self.lyrics or "").splitlines() if line.strip()), "")
        return self.title or self.topic or self.tags or first_line

    @property
    def texts(self) -> tuple[str, ...]:
        """All that a person wrote."""
        return tuple(text for text in (self.title, self.topic, self.tags, self.lyrics) if text)

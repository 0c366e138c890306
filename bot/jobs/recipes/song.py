"""A song: minutes with sections, sung or instrumental, from lyrics or from a topic."""

from __future__ import annotations

from typing import Literal, Self

from bot.errors import InvalidOption
from bot.jobs.options import between, words
from bot.jobs.recipes.base import Base, check_seed
from bot.jobs.recipes.lyrics import checked_lyrics, first_line
from bot.protocol.engine import Quality, Voice

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

    @classmethod
    def checked(
        cls,
        *,
        tags: str | None = None,
        title: str | None = None,
        lyrics: str | None = None,
        topic: str | None = None,
        model: Quality | None = None,
        instrumental: bool = False,
        voice: Voice | None = None,
        length_s: float | None = None,
        seed: int | None = None,
    ) -> Self:
        """A song as a person typed it: by lyrics, or about a topic, or an instrumental.

        Raises:
            InvalidOption: names the first option that cannot be used and why.
        """
        style = words("tags", tags, required=False)
        name = words("title", title, required=False)
        about = words("topic", topic, required=False)
        if name is not None and len(name) > TITLE_MAX:
            raise InvalidOption("title", "too_long", limit=TITLE_MAX, length=len(name))
        check_seed(seed)
        if lyrics is not None and instrumental:
            raise InvalidOption("lyrics", "lyrics_and_instrumental")
        if lyrics is not None and about is not None:
            raise InvalidOption("topic", "lyrics_or_topic")
        if voice is not None and instrumental:
            raise InvalidOption("voice", "voice_and_instrumental")
        if instrumental and not (style or name or about):
            raise InvalidOption("tags", "instrumental_of_what")
        if not instrumental and about is None and lyrics is None:
            raise InvalidOption("lyrics", "lyrics_missing")
        return cls(
            tags=style or "",
            title=name,
            lyrics=None if lyrics is None else checked_lyrics(lyrics),
            topic=about,
            model=model,
            instrumental=instrumental,
            voice=voice,
            length_s=None if length_s is None else between("length_s", length_s, LENGTH_MIN_S, LENGTH_MAX_S),
            seed=seed,
        )

    def checked_again(self) -> Self:
        """The same, checked: for one that holds what was typed as it was. Raises as :meth:`checked`."""
        return type(self).checked(**self.model_dump(exclude={"kind", "take"}))

    @property
    def words(self) -> str:
        """The title, or what it is about, or its style."""
        return self.title or self.topic or self.tags or first_line(self.lyrics or "")

    @property
    def texts(self) -> tuple[str, ...]:
        """All that a person wrote."""
        return tuple(text for text in (self.title, self.topic, self.tags, self.lyrics) if text)

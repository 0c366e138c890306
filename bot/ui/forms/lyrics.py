"""The form for lyrics: two long fields, since one holds 4,000 characters and lyrics may have 5,000."""

from __future__ import annotations

from typing import Final, Protocol

import discord

from bot.jobs.options import PROMPT_MAX
from bot.jobs.recipes import Song
from bot.jobs.recipes.lyrics import SKELETONS
from bot.jobs.recipes.song import TITLE_MAX
from bot.ui.discord_limits import FIELD_CHARS
from bot.ui.forms.open import Form
from bot.ui.text import units
from bot.ui.words import say

_LIFE_S: Final = 6 * 3_600.0
"""Whoever writes a song takes their time."""
_AS_WRITTEN: Final = "none"


class TakesLyrics(Protocol):
    """Who orders what was written."""

    async def written(
        self, interaction: discord.Interaction, asked: Song, *, host: str | None, skeleton: str | None
    ) -> None:
        """The form was sent."""
        ...


class LyricsModal(Form):
    """Asks for lyrics, style and title; everything else of the order goes along."""

    def __init__(self, desk: TakesLyrics, asked: Song, host: str | None, locale: str) -> None:
        super().__init__(title=say("modal.lyrics.title", locale), timeout=_LIFE_S)
        self._desk, self._asked, self._host = desk, asked, host
        first, rest = halves(asked.lyrics or "")
        long = discord.TextStyle.paragraph
        self._first = discord.ui.TextInput[LyricsModal](
            style=long, default=first or None, required=False, max_length=FIELD_CHARS, custom_id="first"
        )
        self._rest = discord.ui.TextInput[LyricsModal](
            style=long, default=rest or None, required=False, max_length=FIELD_CHARS, custom_id="rest"
        )
        names = (_AS_WRITTEN, *SKELETONS)
        self._skeleton = discord.ui.Select[LyricsModal](
            custom_id="skeleton",
            required=False,
            min_values=0,
            options=[
                discord.SelectOption(label=say(f"skeleton.{name}", locale), value=name) for name in names
            ],
        )
        self._tags = discord.ui.TextInput[LyricsModal](
            default=asked.tags or None, required=False, max_length=PROMPT_MAX, custom_id="tags"
        )
        self._title = discord.ui.TextInput[LyricsModal](
            default=asked.title, required=False, max_length=TITLE_MAX, custom_id="title"
        )
        for name, field in (
            ("first", self._first),
            ("rest", self._rest),
            ("skeleton", self._skeleton),
            ("tags", self._tags),
            ("song_title", self._title),
        ):
            self._add(name, field, locale)

    def _add(self, name: str, field: discord.ui.Item[LyricsModal], locale: str) -> None:
        described = f"modal.lyrics.{name}.description"
        self.add_item(
            discord.ui.Label(
                text=say(f"modal.lyrics.{name}.label", locale),
                description=say(described, locale) if name not in ("tags", "song_title") else None,
                component=field,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        parts = [field.value.strip("\n") for field in (self._first, self._rest) if field.value.strip()]
        asked = self._asked.model_copy(
            update={
                "lyrics": "\n".join(parts),
                "tags": self._tags.value,
                "title": self._title.value or None,
            }
        )
        chosen = self._skeleton.values[0] if self._skeleton.values else _AS_WRITTEN
        skeleton = None if chosen == _AS_WRITTEN else chosen
        await self._desk.written(interaction, asked, host=self._host, skeleton=skeleton)


def halves(lyrics: str) -> tuple[str, str]:
    """Lyrics as the two fields hold them, cut between lines where that can be; more than both hold is cut."""
    if units(lyrics) <= FIELD_CHARS:
        return lyrics, ""
    first = _beginning(lyrics)
    at = first.rfind("\n")
    if at > 0 and units(lyrics[at + 1 :]) <= FIELD_CHARS:
        return lyrics[:at], lyrics[at + 1 :]
    return first, _beginning(lyrics[len(first) :])


def _beginning(text: str) -> str:
    """As much as a field holds: never half an emoji."""
    kept = text[:FIELD_CHARS]
    while units(kept) > FIELD_CHARS:
        kept = kept[:-1]
    return kept

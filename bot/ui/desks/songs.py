"""The desk for songs: from what was typed, written in the form or brought as a file, to an order."""

from __future__ import annotations

import asyncio
import io
from typing import Final

import discord
import structlog

from bot.errors import InvalidOption, NotFound
from bot.jobs.recipes import Song
from bot.jobs.recipes.lyrics import SKELETONS, example, text_in, with_sections
from bot.jobs.service import Jobs
from bot.library.drafts import Drafts
from bot.ui.answers import answer, fault, locale_of, promised
from bot.ui.buttons import ActionButton, View
from bot.ui.desks.counter import ANY_WORDS, Counter
from bot.ui.desks.presses import Handler
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.forms.lyrics import LyricsModal
from bot.ui.messages import FAILURES
from bot.ui.words import say

_log = structlog.get_logger(__name__)

FILE_KB: Final = 64
"""5,000 characters of UTF-16 are a third of it."""
_READ_WITHIN_S: Final = 20.0


class SongDesk:
    """Takes orders of songs."""

    def __init__(self, jobs: Jobs, counter: Counter, drafts: Drafts) -> None:
        self._jobs = jobs
        self._counter = counter
        self._drafts = drafts

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"lyrics": self.go_on}

    async def hosts(self, interaction: discord.Interaction, typed: str) -> list[tuple[str, int]]:
        """Hosts that make songs, whose name has what was typed, and what one costs there."""
        wanted = typed.strip().lower()
        named = [name for name in self._jobs.hosts_for(Song()) if wanted in name.lower()]
        shown = named[:CHOICES_MOST]
        prices = await self._counter.prices.told_each(interaction, [(Song(), name) for name in shown])
        return list(zip(shown, prices, strict=True))

    async def order(
        self,
        interaction: discord.Interaction,
        asked: Song,
        *,
        host: str | None,
        lyrics_file: discord.Attachment | None,
    ) -> None:
        """Order a song as it was typed; ask for its lyrics where nothing says what is sung.

        Args:
            interaction: Not answered yet.
            asked: What was typed, not checked.
            host: Where it must be made.
            lyrics_file: Lyrics that were brought.

        Raises:
            InvalidOption: Something of it cannot be used.
        """
        if host is not None:
            self._jobs.host_named(asked, host)
        if lyrics_file is not None:
            await self._with_file(interaction, asked, host, lyrics_file)
            return
        if asked.lyrics is None and asked.topic is None and not asked.instrumental:
            asked.model_copy(update={"lyrics": ANY_WORDS}).checked_again()
            form = LyricsModal(self, asked, host, locale_of(interaction))
            await self._counter.ask(interaction, form, asked, host=host)
            return
        await self._counter.place(interaction, asked.checked_again(), host=host)

    async def _with_file(
        self, interaction: discord.Interaction, asked: Song, host: str | None, file: discord.Attachment
    ) -> None:
        """The order is promised, as fetching the file takes its time; other mistakes are told before."""
        if file.size > FILE_KB * 1024:
            raise InvalidOption("lyrics_file", "lyrics_file_too_large", limit=FILE_KB)
        likely = asked.model_copy(update={"lyrics": ANY_WORDS}).checked_again()
        await self._counter.promise(interaction, likely, host=host)
        async with promised(interaction):
            asked = asked.model_copy(update={"lyrics": await _read(file)})
            await self._counter.place(interaction, asked.checked_again(), host=host)

    async def written(
        self, interaction: discord.Interaction, asked: Song, *, host: str | None, skeleton: str | None
    ) -> None:
        """The form was sent: order it. What cannot be ordered comes back with all that was written."""
        try:
            if skeleton in SKELETONS:
                if not (asked.lyrics or "").strip():
                    await self._offer_example(interaction, asked, host, skeleton)
                    return
                asked = asked.model_copy(update={"lyrics": with_sections(asked.lyrics or "", skeleton)})
            await self._counter.place(interaction, asked.checked_again(), host=host)
        except Exception as error:
            await fault(interaction, error)
            await self._give_back(interaction, asked, host)

    async def _offer_example(
        self, interaction: discord.Interaction, asked: Song, host: str | None, skeleton: str
    ) -> None:
        locale = locale_of(interaction)
        lyrics = example(skeleton, say("skeleton.example", locale))
        row = await self._row(interaction, asked.model_copy(update={"lyrics": lyrics}), host)
        told = f"{say('song.skeleton.ready', locale)}\n```\n{lyrics}\n```"
        await answer(interaction, told, view=row)

    async def _give_back(self, interaction: discord.Interaction, asked: Song, host: str | None) -> None:
        lyrics = asked.lyrics or ""
        if not lyrics.strip():
            return
        file = discord.File(io.BytesIO(lyrics.encode()), filename="lyrics.txt")
        row = await self._row(interaction, asked, host)
        try:
            await answer(interaction, say("song.draft.kept", locale_of(interaction)), file=file, view=row)
        except FAILURES as unsaid:
            _log.warning("lyrics.not_given_back", interaction=interaction.id, error=repr(unsaid))

    async def _row(self, interaction: discord.Interaction, asked: Song, host: str | None) -> View:
        """The button that opens the form with all of it."""
        draft = await self._drafts.keep(
            asked,
            user_id=str(interaction.user.id),
            guild_id=str(interaction.guild_id),
            parent_take_id=None,
        )
        # A host that was chosen goes along, where its name can stand in an id.
        more = host if host is not None and ActionButton.holds(host) else ""
        button = ActionButton("lyrics", draft.id, locale_of(interaction), more=more)
        return View(timeout=None).add_item(button)

    async def go_on(self, interaction: discord.Interaction, draft_id: str, host: str) -> None:
        """The form again, with what was written."""
        locale = locale_of(interaction)
        try:
            asked = (await self._drafts.of(draft_id, str(interaction.user.id))).recipe
        except NotFound:
            await answer(interaction, say("song.draft.gone", locale))
            return
        if not isinstance(asked, Song):
            await answer(interaction, say("song.draft.gone", locale))
            return
        form = LyricsModal(self, asked, host or None, locale)
        await self._counter.ask(interaction, form, asked, host=host or None)


async def _read(file: discord.Attachment) -> str:
    """The text of a file of lyrics. Raises ``InvalidOption``."""
    try:
        async with asyncio.timeout(_READ_WITHIN_S):
            content = await file.read()
    except FAILURES as error:
        raise InvalidOption("lyrics_file", "lyrics_file_not_read") from error
    text = text_in(content)
    if text is None:
        raise InvalidOption("lyrics_file", "lyrics_file_not_text")
    return text

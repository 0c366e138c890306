"""What a morph is made from: a take that somebody named, or a file that they brought."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import discord

from bot.errors import InvalidOption, NotFound, UnusableAudio
from bot.jobs.ids import is_id, new_id
from bot.jobs.recipes import TakeSource, UploadSource
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.protocol.engine import MAX_SOURCE_BYTES
from bot.ui.attachments import as_upload, save
from bot.ui.buttons import subject_of
from bot.ui.desks.takes import TakeDesk
from bot.ui.desks.viewers import viewer_of

_MIB: Final = 2**20


class Sources:
    """Finds and fetches them."""

    def __init__(self, jobs: Jobs, house: House, takes: TakeDesk) -> None:
        self._jobs = jobs
        self._house = house
        self._takes = takes

    async def named(self, interaction: discord.Interaction, named: str) -> Take:
        """A take of this channel by words or name, or any that this member can see by its id.

        Raises:
            InvalidOption: There is none, several, or one without music.
        """
        if is_id(named.strip()):
            take = await self._by_id(interaction, named.strip())
        else:
            take = await self._takes.here(interaction, named)
        return with_music(take)

    async def fitting(self, interaction: discord.Interaction, typed: str) -> list[Take]:
        """This channel's takes with music that have what was typed, newest first."""
        return [take for take in await self._takes.fitting(interaction, typed) if take.audio]

    async def _by_id(self, interaction: discord.Interaction, take_id: str) -> Take:
        try:
            await self._jobs.take(take_id)
        except NotFound:
            raise InvalidOption("take", "take_gone") from None
        try:
            return await self._house.library.seen(take_id, viewer_of(interaction))
        except NotFound:
            raise InvalidOption("take", "unknown_take") from None

    async def in_message(self, interaction: discord.Interaction, message: discord.Message) -> Take:
        """The take whose buttons stand under a message of ours. Raises ``InvalidOption`` where none do."""
        client = interaction.client.user
        if client is not None and message.author.id == client.id:
            for subject in dict.fromkeys(_subjects(message)):
                try:
                    take = await self._jobs.take(subject)
                except NotFound:
                    continue  # a card of a job, or of a take that is gone
                if take.guild_id == str(interaction.guild_id):
                    return take
        raise InvalidOption("message", "no_take_here")

    async def brought(self, interaction: discord.Interaction, file: discord.Attachment) -> UploadSource:
        """A file as a source, heard and kept. The interaction is deferred by now: this takes its time.

        Raises:
            InvalidOption: It is no music that anything can be made from.
            NoSpace: There is no room to keep it.
        """
        await self._jobs.require_space()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "attached"
            await save(file, path)
            try:
                heard = await self._house.studio.hear(path, Path(folder))
            except UnusableAudio as error:
                raise InvalidOption("file", f"brought_{error.problem}") from None
            upload_id = new_id()
            key = f"{upload_id}/{heard.file.name}"
            await self._house.blobs.put(heard.file, key=key)
        return provisional(interaction, file).model_copy(
            update={"upload_id": upload_id, "key": key, "duration_s": heard.duration_s}
        )

    async def files(self, source: TakeSource | UploadSource) -> tuple[Path, Path | None]:
        """The sound, and the score where there is one. Raises ``InvalidOption`` when they are gone."""
        blobs = self._house.blobs
        try:
            if isinstance(source, UploadSource):
                return await blobs.path(source.key), None
            take = await self._jobs.take(source.take_id)
            score = None if take.score is None else await blobs.path(take.score)
            return await blobs.path(with_music(take).audio or ""), score
        except NotFound:
            raise InvalidOption("take", "take_gone") from None

    async def length_s(self, source: TakeSource | UploadSource) -> float:
        """How long it is. Raises ``InvalidOption`` when it is gone."""
        if isinstance(source, UploadSource):
            return source.duration_s
        try:
            return length_of(await self._jobs.take(source.take_id))
        except NotFound:
            raise InvalidOption("take", "take_gone") from None


def provisional(interaction: discord.Interaction, file: discord.Attachment) -> UploadSource:
    """A file that was not looked at yet. Raises ``InvalidOption`` where it is too large to be."""
    if file.size > MAX_SOURCE_BYTES:
        raise InvalidOption("file", "file_is_large", limit=MAX_SOURCE_BYTES // _MIB)
    return as_upload(interaction, file)


def with_music(take: Take) -> Take:
    """The same. Raises ``InvalidOption`` for a picture."""
    length_of(take)
    return take


def length_of(take: Take) -> float:
    """How long it plays, in seconds. Raises ``InvalidOption`` for a picture."""
    if not take.audio or not take.duration_s:
        raise InvalidOption("take", "no_sound")
    return take.duration_s


def _subjects(message: discord.Message) -> Iterator[str]:
    for row in message.components:
        for part in getattr(row, "children", ()):
            if (subject := subject_of(getattr(part, "custom_id", None))) is not None:
                yield subject

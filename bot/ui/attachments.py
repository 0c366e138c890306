"""The files of a result, as Discord shows them, the lines of its card about them, and what people attach."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote

import discord

from bot.errors import InvalidOption
from bot.jobs.downloads import LINK_LIFE
from bot.jobs.file_names import file_name
from bot.jobs.parcels import MOST_FILES, Delivery, FileFormat, Part
from bot.jobs.recipes import Image, UploadSource
from bot.ui.messages import FAILURES
from bot.ui.text import moment, plain
from bot.ui.words import say

LETTERS: Final = "AB"
"""What the takes of one message are called."""
_PICTURE_OF: Final = re.compile(r"spectrogram(\d?)\.\w+$")
_FILE_OF: Final = re.compile(rf"-([{LETTERS}])(?:-preview)?\.\w+$")
_ADDRESS: Final = re.compile(r"attachments/\d+/(\d+)/([^/?#]+)")
_SHOWN_CHARS: Final = 200
_FORMAT_NAMES: Final[dict[FileFormat, str]] = {"mp3": "MP3", "ogg": "Ogg Opus", "flac": "FLAC", "wav": "WAV"}


async def content_of(file: discord.Attachment, *, option: str = "file") -> bytes:
    """What somebody attached. Raises ``InvalidOption`` (file_lost): whoever sent it can send it again."""
    try:
        return await file.read()
    except FAILURES:
        raise InvalidOption(option, "file_lost") from None


async def save(file: discord.Attachment, path: Path, *, option: str = "file") -> None:
    """Put what somebody attached into a file. Raises as :func:`content_of`."""
    content = await content_of(file, option=option)
    await asyncio.to_thread(path.write_bytes, content)


def as_upload(interaction: discord.Interaction, file: discord.Attachment) -> UploadSource:
    """A file that was not looked at yet, of whoever attached it."""
    return UploadSource(
        upload_id="",
        key="",
        name=file.filename[:200],
        user_name=interaction.user.display_name[:100],
        duration_s=0.0,
    )


def picture_name(number: int, picture: Path) -> str:
    """By which the card of the part with this number names its picture."""
    return f"spectrogram{number + 1 if number else ''}{picture.suffix}"


def name_of_picture(number: int, part: Part) -> str:
    """The same of a part that shows one: a picture that was wanted is called so."""
    if part.picture is None:
        return ""
    if isinstance(part.take.recipe, Image):
        return f"picture{part.picture.suffix}"
    return picture_name(number, part.picture)


def attachments(delivery: Delivery, locale: str) -> list[discord.File]:
    """Fresh files of a message, sound first. Each can be sent once."""
    if len(delivery.files) > MOST_FILES:
        raise ValueError(f"{len(delivery.files)} files in one message")
    several = len(delivery.parts) > 1
    files: list[discord.File] = []
    for number, part in enumerate(delivery.parts):
        tail = f"-{LETTERS[number]}" if several else ""
        words = plain(part.take.recipe.words, _SHOWN_CHARS)
        if part.sound is not None:
            preview = "" if part.sound.preview_s is None else "-preview"
            files.append(_file(part.sound.file, file_name(part.take, tail + preview)))
        if part.video is not None:
            files.append(
                _file(part.video, file_name(part.take, tail), say("delivery.video", locale, prompt=words))
            )
        if part.lyrics is not None:
            files.append(_file(part.lyrics, file_name(part.take, tail), say("song.lyrics.file", locale)))
        if part.picture is not None and delivery.picture is None:
            key = "image.picture" if isinstance(part.take.recipe, Image) else "take.picture"
            described = say(key, locale, prompt=words)
            files.append(discord.File(part.picture, name_of_picture(number, part), description=described))
        if part.bundle is not None:
            files.append(_file(part.bundle, file_name(part.take, f"-parts{tail}")))
    if delivery.picture is not None:
        words = plain(delivery.parts[0].take.recipe.words, _SHOWN_CHARS)
        described = say("take.picture", locale, prompt=words)
        files.append(discord.File(delivery.picture, picture_name(0, delivery.picture), description=described))
    return files


def is_of(file_name: str, number: int) -> bool:
    """Whether a file of a message with several takes belongs to the one with this number."""
    named = _PICTURE_OF.match(file_name)
    if named is not None:
        return int(named[1] or 1) == number + 1
    told = _FILE_OF.search(file_name)
    return told is not None and told[1] == LETTERS[number]


@dataclass(frozen=True, slots=True)
class Standing:
    """A file that stands in a message."""

    id: int
    filename: str

    def to_dict(self) -> dict[str, str]:
        """As an edit tells of it, by its id alone."""
        return {"id": str(self.id)}


def standing(message: discord.Message) -> list[Standing]:
    """The files of a message, those that its embeds show included.

    Those are not among its attachments (Discord, "Message Object"): they are known by the addresses alone, of
    which the last parts are the file's id and name.
    """
    files = [Standing(each.id, each.filename) for each in message.attachments]
    for embed in message.embeds:
        for address in (embed.image.url, embed.thumbnail.url):
            told = _ADDRESS.search(address or "")
            if told is not None and int(told[1]) not in {each.id for each in files}:
                files.append(Standing(int(told[1]), unquote(told[2])))
    return files


def at_home(embed: discord.Embed, files: Sequence[Standing]) -> discord.Embed:
    """Pictures named by the files they are: as addresses, they would be shown a second time below."""
    for each in files:
        if embed.image.url is not None and _is(embed.image.url, each.filename):
            embed.set_image(url=f"attachment://{each.filename}")
        if embed.thumbnail.url is not None and _is(embed.thumbnail.url, each.filename):
            embed.set_thumbnail(url=f"attachment://{each.filename}")
    return embed


def _is(address: str, name: str) -> bool:
    return unquote(address.partition("?")[0].rpartition("/")[2]) == name


def staying(file: Standing) -> discord.Attachment:
    """A file of a message that an edit leaves there, told by its id as Discord asks for ("Edit Message").

    discord.py would send all that Discord once told of it, addresses and all.
    """
    return cast("discord.Attachment", file)


def _file(path: Path, stem: str, description: str | None = None) -> discord.File:
    return discord.File(path, filename=stem + path.suffix, description=description)


def told_of(part: Part, wanted: FileFormat, now: datetime, locale: str) -> list[str]:
    """What the card says of the file: nothing where it is what everybody expects."""
    if part.take.audio is None:
        return _of_other(part, now, locale)
    lines = _about_size(part, wanted, locale)
    if part.link is not None:
        until = moment(now + LINK_LIFE, "D")
        form = _FORMAT_NAMES[wanted]
        lines.append(say("delivery.link", locale, form=form, link=part.link, until=until))
    elif not part.whole:
        lines.append(say("delivery.ask", locale, take=part.take.id))
    return lines


def _of_other(part: Part, now: datetime, locale: str) -> list[str]:
    """The same of a picture, or of parts."""
    if isinstance(part.take.recipe, Image):
        return [] if part.picture is not None else [say("image.too_large", locale)]
    if not part.smaller:
        return [say("delivery.no_file", locale)] if part.bundle is None and part.link is None else []
    lines = [say("delivery.no_file" if part.bundle is None else "stems.smaller", locale)]
    if part.link is not None:
        until = moment(now + LINK_LIFE, "D")
        lines.append(say("stems.link", locale, link=part.link, until=until))
    return lines


def _about_size(part: Part, wanted: FileFormat, locale: str) -> list[str]:
    sound = part.sound
    if sound is None:
        return [say("delivery.no_file", locale)]
    if sound.preview_s is not None:
        return [say("delivery.preview", locale, seconds=sound.preview_s)]
    if part.link is None and sound.format == wanted:
        return []
    key = "delivery.smaller" if sound.channels > 1 else "delivery.smaller_mono"
    return [say(key, locale, form=_FORMAT_NAMES[sound.format], kbit_s=sound.kbit_s or 0)]

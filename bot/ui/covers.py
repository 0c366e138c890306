"""A take's message with the cover that was made for it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypedDict

import discord

from bot.jobs.file_names import file_name
from bot.jobs.records import Take
from bot.ui.attachments import LETTERS, at_home, standing, staying

_COVER: Final = "cover"
_SOUNDS: Final = (".mp3", ".ogg", ".flac", ".wav")


class Dressed(TypedDict):
    """What a message is edited to; its buttons stay."""

    embeds: list[discord.Embed]
    attachments: list[discord.Attachment | discord.File]


def dressed(message: discord.Message, take: Take, cover: Path, upload: Path) -> Dressed:
    """The message with the cover beside the words of this take.

    Its file is replaced by the one with the cover inside where that is the very same music: an MP3 as it was
    kept, of one take alone.
    """
    there = standing(message)
    several = sum(each.filename.endswith(_SOUNDS) for each in there) > 1
    name = f"{_COVER}{LETTERS[take.number] if several else ''}.jpg"
    files: list[discord.Attachment | discord.File] = []
    for each in there:
        if each.filename == name:
            continue
        is_whole = each.filename == file_name(take) + ".mp3"
        files.append(
            discord.File(upload, filename=each.filename) if is_whole and not several else staying(each)
        )
    embeds = [at_home(embed, there) for embed in message.embeds]
    shown = embeds[take.number] if several and take.number < len(embeds) else embeds[0] if embeds else None
    if shown is not None:
        shown.set_thumbnail(url=f"attachment://{name}")
        files.append(discord.File(cover, filename=name))
    return Dressed(embeds=embeds, attachments=files)

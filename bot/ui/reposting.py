"""A take that stands, posted again with working buttons."""

from __future__ import annotations

import asyncio

import discord

from bot.errors import UnusableAudio
from bot.jobs.file_names import file_stem
from bot.jobs.ports import Blobs
from bot.jobs.records import Take
from bot.ui.answers import promised
from bot.ui.discord_errors import require_granted, translated
from bot.ui.mentions import NOBODY
from bot.ui.pairs import Behind, card_of
from bot.ui.text import shown


async def repost(
    interaction: discord.Interaction,
    take: Take,
    blobs: Blobs,
    locale: str,
    row: discord.ui.View,
    known: Behind,
) -> str:
    """Answer with the take, for everybody in the channel and in the server's language; the message's id.

    Raises:
        MissingPermission: It could not be posted here.
        NotFound: Its files are gone.
        UnusableAudio: ``too_large`` for this channel.
    """
    require_granted(interaction)
    await interaction.response.defer(thinking=True)
    async with promised(interaction):
        picture = await blobs.path(take.picture)
        picture_name = f"picture{picture.suffix}"
        files = [discord.File(picture, filename=picture_name)]
        if take.upload:  # a picture has none
            upload = await blobs.path(take.upload)
            if (await asyncio.to_thread(upload.stat)).st_size > interaction.filesize_limit:
                raise UnusableAudio("too_large")
            files.insert(0, discord.File(upload, filename=f"{file_stem(take.name)}{upload.suffix}"))
        is_film = picture.suffix == ".mp4"  # it plays under the card
        card = card_of(take, known, None if is_film else picture_name, locale)
        if take.title is not None:
            card.title = shown(take.title)
        with translated(interaction.client, take.guild_id, take.channel_id):
            sent = await interaction.edit_original_response(
                embed=card, view=row, attachments=files, allowed_mentions=NOBODY
            )
        return str(sent.id)

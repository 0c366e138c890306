"""A take that stands, posted again with working buttons."""

from __future__ import annotations

import asyncio

import discord

from bot.errors import MissingPermission, UnusableAudio
from bot.jobs.order import Order
from bot.jobs.parcels import Credits
from bot.jobs.ports import Blobs
from bot.jobs.recipes import TakeSource
from bot.jobs.records import Take
from bot.ui.cards.result import result_card
from bot.ui.delivery import NOBODY
from bot.ui.discord_errors import not_granted, translated
from bot.ui.text import shown


async def repost(
    interaction: discord.Interaction,
    take: Take,
    blobs: Blobs,
    locale: str,
    row: discord.ui.View,
    credits_: Credits,
) -> str:
    """Answer with the take, for everybody in the channel and in the server's language; the message's id.

    Raises:
        MissingPermission: It could not be posted here.
        NotFound: Its files are gone.
        UnusableAudio: ``too_large`` for this channel.
    """
    in_thread = isinstance(interaction.channel, discord.Thread)
    if lacking := not_granted(interaction.app_permissions, in_thread=in_thread):
        raise MissingPermission(", ".join(lacking))
    await interaction.response.defer(thinking=True)
    picture = await blobs.path(take.picture)
    picture_name = f"picture{picture.suffix}"
    files = [discord.File(picture, filename=picture_name)]
    if take.upload:  # a picture has none
        upload = await blobs.path(take.upload)
        if (await asyncio.to_thread(upload.stat)).st_size > interaction.filesize_limit:
            raise UnusableAudio("too_large")
        files.insert(0, discord.File(upload, filename=f"{_file_stem(take)}{upload.suffix}"))
    card = result_card(take, order_of(take, locale, credits_), picture_name, locale, credits_=credits_)
    if picture.suffix == ".mp4":  # a film plays under the card
        card.set_image(url=None)
    if take.title is not None:
        card.title = shown(take.title)
    with translated(interaction.client, take.guild_id, take.channel_id):
        sent = await interaction.edit_original_response(
            embed=card, view=row, attachments=files, allowed_mentions=NOBODY
        )
    return str(sent.id)


def order_of(take: Take, locale: str, credits_: Credits) -> Order:
    """The order as far as a card tells of it, however long ago the job was forgotten."""
    source = take.recipe.made_of
    named = source.user_name if isinstance(source, TakeSource) else None
    return Order(
        host=take.host,
        recipe=take.recipe,
        guild_id=take.guild_id,
        channel_id=take.channel_id,
        user_id=take.user_id,
        user_name=take.user_name,
        locale=locale,
        parent_take_id=take.parent_take_id,
        parent_user_name=named if credits_.parent is None else credits_.parent.user_name,
    )


def _file_stem(take: Take) -> str:
    words = "".join(c if c.isalnum() else " " for c in take.name).split()
    return "-".join(words)[:40].strip("-") or "riff"

"""What is shown of a take that is no music by itself: a picture, or the parts of another take."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import structlog

from bot.errors import DiscordError, HostError, NotFound, StoreFailed, UnusableAudio
from bot.jobs.parcels import Part
from bot.jobs.recipes import Image, Parts, Recipe
from bot.jobs.records import Job, Take
from bot.jobs.tools import Tools
from bot.store.takes import get_take, put_on_cover

_log = structlog.get_logger(__name__)

_HEAD_BYTES: Final = 64 * 1024
"""What goes around files in a request."""


async def part_without_sound(take: Take, limit_bytes: int, folder: Path, tools: Tools) -> Part:
    """The picture, or the archive with the picture of the whole, each small enough."""
    most_bytes = limit_bytes - _HEAD_BYTES
    picture = await _picture(take, most_bytes, folder, tools)
    if not isinstance(take.recipe, Parts) or take.upload is None:
        return Part(take=take, sound=None, picture=picture)
    whole = await tools.blobs.path(take.upload)
    try:
        bundle = await tools.finisher.fit_parts(
            whole, folder, name=f"{take.id}-parts", limit_bytes=most_bytes
        )
    except UnusableAudio as error:
        _log.warning("delivery.no_parts", take=take.id, limit_bytes=limit_bytes, error=str(error))
        bundle = None
    link = None if bundle == whole else tools.link(take, "zip")
    return Part(take=take, sound=None, picture=picture, bundle=bundle, smaller=bundle != whole, link=link)


async def _picture(take: Take, limit_bytes: int, folder: Path, tools: Tools) -> Path | None:
    kept = await tools.blobs.path(take.picture)
    try:
        return await tools.finisher.fit_picture(
            kept, folder, name=f"{take.id}-picture", limit_bytes=limit_bytes
        )
    except UnusableAudio as error:
        _log.warning("delivery.no_picture", take=take.id, limit_bytes=limit_bytes, error=str(error))
        return None


async def wear(job: Job, takes: list[Take], tools: Tools) -> None:
    """Make a picture the cover of the take that it was ordered for. It is an extra, and can be repeated.

    Files are written anew under names of their own, so that nobody reads half of one; the old ones go.
    """
    for_whom = _whose(job.order.recipe)
    if for_whom is None or not takes:
        return
    try:
        await _dress(for_whom, takes[0], tools)
    except (UnusableAudio, NotFound, DiscordError, StoreFailed, HostError) as error:
        _log.warning("cover.not_worn", job=job.id, take=for_whom, error=str(error))


def _whose(recipe: Recipe) -> str | None:
    return recipe.cover_of.take_id if isinstance(recipe, Image) and recipe.cover_of is not None else None


async def _dress(take_id: str, picture: Take, tools: Tools) -> None:
    async with tools.database.connect() as connection:
        take = await get_take(connection, take_id)
    if take is None or take.deleted:
        return  # somebody was faster; the picture is there all the same
    folder = tools.workspace / f"{picture.id}.cover"
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    cover_key, audio_key, upload_key = _keys(take_id, picture.id)
    if take.cover != cover_key:
        made = await tools.finisher.dress(
            await tools.blobs.path(take.lossless), await tools.blobs.path(picture.picture), folder
        )
        for file, key in ((made.cover, cover_key), (made.lossless, audio_key), (made.upload, upload_key)):
            await tools.blobs.put(file, key=key)
        async with tools.database.begin() as connection:
            worn = await put_on_cover(connection, take, cover=cover_key, audio=audio_key, upload=upload_key)
        old = (take.cover, take.audio, take.upload) if worn else (cover_key, audio_key, upload_key)
        for key in old:
            if key is not None:
                await tools.blobs.delete(key)
        if not worn:
            return
    await tools.stage.wear(take, await tools.blobs.path(cover_key), await tools.blobs.path(upload_key))


def _keys(take_id: str, picture_id: str) -> tuple[str, str, str]:
    mark = picture_id[:8]
    return f"{take_id}/cover-{mark}.jpg", f"{take_id}/audio-{mark}.flac", f"{take_id}/upload-{mark}.mp3"

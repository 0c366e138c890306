"""Bringing finished takes to their channel, in files that Discord accepts there.

How large a file may be is only known for sure when one was refused: then smaller ones are made, and at the
end the card stands without any. What was paid for is never lost to a number of bytes.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from bot.errors import DiscordError, UnusableAudio
from bot.jobs.crediting import credited
from bot.jobs.handing_other import part_without_sound, wear
from bot.jobs.parcels import Credits, Delivery, FileFormat, Packed, Part, Posted, Wishes
from bot.jobs.records import Job, Take
from bot.jobs.tools import Tools
from bot.store.settings import read_settings
from bot.store.takes import line_above, note_voice

_log = structlog.get_logger(__name__)

Give = Callable[[Job, Delivery], Awaitable[Posted]]
"""Shows a delivery somewhere. Raises ``UnusableAudio`` (``too_large``) where its files are not accepted."""

_MIB: Final = 2**20
REQUEST_BYTES: Final = 24 * _MIB
"""Files of one message, together: Discord, "Create Message", bounds a whole request by 25 MiB."""
_STEPS: Final = tuple(round(mib * _MIB) for mib in (25, 20, 10, 8, 4, 2, 1, 0.5))
"""What is tried next where a file was refused; Discord's own limits have been 8, 10, 20 and 25 MiB."""
_PICTURES_BYTES: Final = _MIB // 2
_KEPT_KBIT_S: Final = 256
"""Of the MP3 that is made with every take."""
_GOOD_KBIT_S: Final = 192
"""From here on nobody hears what a larger file would have more."""


async def hand_over(job: Job, takes: Sequence[Take], tools: Tools, *, give: Give | None = None) -> Posted:
    """Make one message of a job's takes and tell where it is. Repeatable, as ``Stage.deliver``.

    ``give`` shows it elsewhere than where the order wants it.
    """
    folder = tools.workspace / f"{job.id}.out"
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    try:
        wishes = await wishes_for(job, tools)
        credits_ = await credits_of(takes[0], tools)
        posted = await _deliver(job, takes, wishes, credits_, folder, tools, give or tools.stage.deliver)
        if posted.message_id is None:
            return posted
        job = replace(job, order=job.order.model_copy(update={"channel_id": posted.channel_id}))
        await wear(job, [*takes], tools)
        if wishes.voice_message and tools.stage.may_speak(job):
            for take in [each for each in takes if each.audio and each.voice_message_id is None]:
                await _speak(job, take, posted.message_id, folder, tools)
        return posted
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def wishes_for(job: Job, tools: Tools) -> Wishes:
    """How the job's server and channel want their music."""
    async with tools.database.glance() as connection:
        home_id = job.order.home_id or job.order.channel_id
        settings = await read_settings(connection, job.order.guild_id, home_id)
    return Wishes(
        format=settings.guild.format,
        voice_message=settings.channel.voice_message,
        mp4=settings.channel.video,
        picture=settings.guild.picture,
    )


async def credits_of(take: Take, tools: Tools) -> Credits:
    """Whose music a take comes from, as far up as it is known."""
    if take.parent_take_id is None:
        return Credits()
    async with tools.database.connect() as connection:
        above = await line_above(connection, take.parent_take_id)
    return credited(take, above)


async def _deliver(
    job: Job,
    takes: Sequence[Take],
    wishes: Wishes,
    credits_: Credits,
    folder: Path,
    tools: Tools,
    give: Give,
) -> Posted:
    limit_bytes: int | None = tools.stage.limit_bytes(job)
    while True:
        if limit_bytes is None:
            delivery = Delivery(
                parts=tuple([await _bare(take, wishes, tools) for take in takes]),
                wishes=wishes,
                credits=credits_,
            )
        else:
            room_bytes = _room_bytes(limit_bytes, len(takes), wishes)
            parts = [await _part(take, wishes, room_bytes, folder, tools) for take in takes]
            delivery = Delivery(parts=tuple(parts), wishes=wishes, credits=credits_)
        try:
            return await give(job, delivery)
        except UnusableAudio as refused:
            if refused.problem != "too_large" or limit_bytes is None:
                raise
            largest_bytes = max(
                [(await asyncio.to_thread(file.stat)).st_size for file in delivery.files], default=0
            )
            _log.info("delivery.refused", job=job.id, limit_bytes=limit_bytes, largest_bytes=largest_bytes)
            below = min(limit_bytes, largest_bytes)
            limit_bytes = next((step for step in _STEPS if step < below), None)


def _room_bytes(limit_bytes: int, takes: int, wishes: Wishes) -> int:
    """What each sound or video may take up, so that all of a request stays within what one may be."""
    together = max(REQUEST_BYTES, limit_bytes) - takes * _PICTURES_BYTES
    return min(limit_bytes, together // (takes * (2 if wishes.mp4 else 1)))


async def _part(take: Take, wishes: Wishes, limit_bytes: int, folder: Path, tools: Tools) -> Part:
    if take.audio is None:
        return await part_without_sound(take, limit_bytes, folder, tools)
    sound = await _sound(take, wishes.format, limit_bytes, folder, tools)
    video = await _video(take, limit_bytes, folder, tools) if wishes.mp4 else None
    picture = await tools.blobs.path(take.picture) if wishes.picture else None
    lyrics = None if take.lyrics is None else await tools.blobs.path(take.lyrics)
    link = None if _is_all_of_it(sound, wishes) else tools.link(take, wishes.format)
    return Part(take=take, sound=sound, picture=picture, video=video, lyrics=lyrics, link=link)


def _is_all_of_it(sound: Packed | None, wishes: Wishes) -> bool:
    """Whether there is nothing better to fetch."""
    if sound is None or sound.preview_s is not None or sound.format != wishes.format:
        return False
    return sound.kbit_s is None or sound.kbit_s >= _GOOD_KBIT_S


async def _bare(take: Take, wishes: Wishes, tools: Tools) -> Part:
    if take.audio is None:
        link = None if take.upload is None else tools.link(take, "zip")
        return Part(take=take, sound=None, picture=None, link=link)
    return Part(take=take, sound=None, picture=None, link=tools.link(take, wishes.format))


async def _sound(take: Take, form: FileFormat, limit_bytes: int, folder: Path, tools: Tools) -> Packed | None:
    """The take in ``form`` if that fits, else smaller; None where nothing of it does."""
    kept = await _kept(take, form, limit_bytes, tools)
    if kept is not None:
        return kept
    lossless = await tools.blobs.path(take.lossless)
    try:
        return await tools.finisher.pack(lossless, folder, name=take.id, form=form, limit_bytes=limit_bytes)
    except UnusableAudio as error:
        _log.warning(
            "delivery.not_packed", take=take.id, form=form, limit_bytes=limit_bytes, error=str(error)
        )
        return await _kept(take, "mp3", limit_bytes, tools)


async def _kept(take: Take, form: FileFormat, limit_bytes: int, tools: Tools) -> Packed | None:
    """The take as it lies there, where that is what is wanted."""
    kbit_s = {"mp3": _KEPT_KBIT_S, "flac": None}
    key = take.posted if form == "mp3" else take.lossless
    if form not in kbit_s or not key.endswith(f".{form}"):
        return None
    file = await tools.blobs.path(key)
    if (await asyncio.to_thread(file.stat)).st_size > limit_bytes:
        return None
    return Packed(file=file, format=form, channels=2, kbit_s=kbit_s[form])


async def _video(take: Take, limit_bytes: int, folder: Path, tools: Tools) -> Path | None:
    lossless = await tools.blobs.path(take.lossless)
    try:
        return await tools.finisher.film(lossless, folder, name=f"{take.id}-video", limit_bytes=limit_bytes)
    except UnusableAudio as error:
        _log.warning("delivery.no_video", take=take.id, limit_bytes=limit_bytes, error=str(error))
        return None


async def _speak(job: Job, take: Take, message_id: str, folder: Path, tools: Tools) -> None:
    """Add a voice message. It is an extra: nothing that goes wrong with it harms the job."""
    try:
        lossless = await tools.blobs.path(take.lossless)
        limit_bytes = tools.stage.limit_bytes(job)
        voice = await tools.finisher.speak(lossless, folder, name=f"{take.id}-voice", limit_bytes=limit_bytes)
        voice_id = await tools.stage.speak(job, take, voice, message_id)
    except (UnusableAudio, DiscordError) as error:
        _log.warning("delivery.no_voice_message", job=job.id, take=take.id, error=str(error))
        return
    async with tools.database.begin() as connection:
        await note_voice(connection, take.id, voice_id)

"""What a morph is made from, found again at the moment when the host is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from bot.errors import NotFound
from bot.jobs.recipes import Image, UploadSource
from bot.jobs.records import Job, Source, Take
from bot.jobs.tools import Tools
from bot.store.jobs import get_job
from bot.store.takes import get_take

_LARGEST_LOSSLESS_BYTES: Final = 12 * 2**20
"""A larger recording travels as the MP3 that was posted: hosts bound what a request may bring."""


async def source_of(job: Job, tools: Tools) -> Source | None:
    """What the job's host can use of the take; None for orders that are made of words alone.

    Our own engine wants the score, others only the sound. A host that made the take knows it by an id, in the
    account in which it was made.

    Raises:
        NotFound: the take was deleted, or its files or the file that was brought are gone.
    """
    order = job.order
    source = order.recipe.made_of
    if source is None or isinstance(order.recipe, Image):  # brought pictures travel in the inputs
        return None
    if isinstance(source, UploadSource):
        return Source(file=await tools.blobs.path(source.key), result_id=None)
    async with tools.database.connect() as connection:
        take = await get_take(connection, source.take_id)
        made_by = None if take is None else await get_job(connection, take.job_id)
    if take is None or take.deleted:
        raise NotFound("take")
    known_there = take.host == order.host and job.key_id == (None if made_by is None else made_by.key_id)
    return Source(
        file=await _file_of(take, tools, scored=tools.hosts[order.host].offers.engine_extras),
        result_id=take.host_result_id if known_there else None,
    )


async def _file_of(take: Take, tools: Tools, *, scored: bool) -> Path:
    if scored and take.score is not None:
        try:
            return await tools.blobs.path(take.score)
        except NotFound:
            pass  # its sound is left
    lossless = await tools.blobs.path(take.lossless)
    size_bytes = (await asyncio.to_thread(lossless.stat)).st_size
    return lossless if size_bytes <= _LARGEST_LOSSLESS_BYTES else await tools.blobs.path(take.posted)

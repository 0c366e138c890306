"""What a morph is made from, found again at the moment when the host is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from bot.errors import NotFound
from bot.jobs.order import Order
from bot.jobs.records import Source, Take
from bot.jobs.tools import Tools
from bot.store.takes import get_take

_LARGEST_LOSSLESS_BYTES: Final = 12 * 2**20
"""A larger recording travels as the MP3 that was posted: hosts bound what a request may bring."""


async def source_of(order: Order, tools: Tools) -> Source | None:
    """The take's score or else its sound; None for orders that rework nothing.

    Raises:
        NotFound: the take was deleted, or its files are gone.
    """
    if order.morph is None:
        return None
    async with tools.database.connect() as connection:
        take = await get_take(connection, order.morph.source.take_id)
    if take is None or take.deleted:
        raise NotFound("take")
    return Source(file=await _file_of(take, tools))


async def _file_of(take: Take, tools: Tools) -> Path:
    if take.score is not None:
        try:
            return await tools.blobs.path(take.score)
        except NotFound:
            pass  # its sound is left
    lossless = await tools.blobs.path(take.audio)
    size_bytes = (await asyncio.to_thread(lossless.stat)).st_size
    return lossless if size_bytes <= _LARGEST_LOSSLESS_BYTES else await tools.blobs.path(take.upload)

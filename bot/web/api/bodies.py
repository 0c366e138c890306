"""Bodies of requests, bounded in bytes and in time, whatever their heads say of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from aiohttp import web

from bot.web.api.problems import Refusal

READ_S = 60.0
"""For a body to arrive, where nothing large is expected."""
UPLOAD_S = 600.0
"""For one that may be large: 100 MB in that time are 1.4 Mbit/s."""


def json_only(request: web.Request) -> web.Request:
    """The same request. Raises :class:`Refusal` 415 where it does not say that it brings JSON."""
    if request.content_type != "application/json":
        raise Refusal(415, "Unsupported media type", "Send the body as application/json.")
    return request


async def read_body(request: web.Request, *, most_bytes: int | None = None) -> bytes:
    """The whole body. Raises :class:`Refusal` 408 or 413; by default the application's limit holds."""
    is_small = most_bytes is not None
    most_bytes = request.client_max_size if most_bytes is None else most_bytes
    if (request.content_length or 0) > most_bytes:
        raise _too_large(most_bytes)
    content = bytearray()
    async with arriving(is_small=is_small):
        while chunk := await request.content.readany():
            content += chunk
            if len(content) > most_bytes:
                raise _too_large(most_bytes)
    return bytes(content)


@contextlib.asynccontextmanager
async def arriving(*, is_small: bool = False) -> AsyncGenerator[None]:
    """What the block reads has to be there in time. Raises :class:`Refusal` 408."""
    try:
        async with asyncio.timeout(READ_S if is_small else UPLOAD_S):
            yield
    except TimeoutError:
        raise Refusal(408, "Too slow", "The body of the request took too long to arrive.") from None


def _too_large(most_bytes: int) -> Refusal:
    return Refusal(413, "Too large", f"The body of this request can have {most_bytes >> 10} KB at most.")

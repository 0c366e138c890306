"""Recordings on their way to a host of the songs dialect, so that it can make something of them."""

from __future__ import annotations

from typing import Any, Final

import aiohttp

from bot.errors import InvalidInput, NotUnderstood, Refused
from bot.jobs.records import Source
from bot.protocol.songs import UPLOAD_PATH
from bot.providers.http import HostHttp
from bot.providers.songs_answers import upload_id
from bot.providers.sources import content_of_source

_SCORE: Final = ".json"


async def upload(http: HostHttp, source: Source, *, local: bool) -> str:
    """The host's own id of a recording.

    It is told the address where it can fetch that from the internet, else the file itself is sent. How an
    upload looks is documented nowhere, so where one form is refused the other is tried: it costs nothing.

    Raises:
        Refused: the host does not take it, or there is no recording of this music.
        Unreachable: no good answer could be had. Nothing has been ordered yet in either case.
    """
    has_file = source.file.suffix != _SCORE
    if source.address is None or local:
        if not has_file:
            raise Refused(http.host, "this host takes recordings, and of this there is none")
        return await _as_file(http, source)
    try:
        return await _by_address(http, source.address)
    except InvalidInput:
        if not has_file:
            raise
        return await _as_file(http, source)


async def _by_address(http: HostHttp, address: str) -> str:
    return await _id_of(http, json={"url": address})


async def _as_file(http: HostHttp, source: Source) -> str:
    content = await content_of_source(http.host, source.file)

    def form() -> aiohttp.FormData:
        made = aiohttp.FormData()
        made.add_field(
            "file", content, filename=f"source{source.file.suffix}", content_type="application/octet-stream"
        )
        return made

    return await _id_of(http, form=form)


async def _id_of(http: HostHttp, **body: Any) -> str:
    try:
        return upload_id(http.host, (await http.safe("POST", UPLOAD_PATH, **body)).body)
    except NotUnderstood as error:
        raise Refused(http.host, error.detail) from error

"""The call that brings audio to be morphed, as a form's file or by its address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import BinaryIO

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.audio.container import HEAD_BYTES, container_of
from bot.protocol.songs import UploadByAddress, Uploaded
from bot.web.api.access import OWNER
from bot.web.api.bodies import arriving, json_only, read_body
from bot.web.api.limits import throttled
from bot.web.api.outputs import Outputs, new_key
from bot.web.api.problems import Refusal
from bot.web.api.songs.asked import parsed, wrong
from bot.web.api.songs.envelope import told
from bot.web.api.songs.uploads import TooLargeUpload, TooManyUploads, Uploads
from bot.web.api.sources import NoSource, Sources

_CHUNK_BYTES = 2**18
_SOON_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCalls:
    """The handler and what it needs."""

    uploads: Uploads
    sources: Sources
    outputs: Outputs

    async def upload(self, request: web.Request) -> web.Response:
        """Keep audio to be morphed: named by its address, or as a part of a form."""
        owner = request[OWNER]
        try:
            with self.uploads.arriving(owner):
                if request.content_type == "multipart/form-data":
                    async with arriving():
                        upload_id = await self.uploads.keep(owner, _sounding("file", _file_in(request)))
                else:
                    asked = parsed(UploadByAddress, await read_body(json_only(request)))
                    upload_id = await self._fetched(owner, asked.url)
        except TooManyUploads:
            raise throttled(_SOON_S, "too many of your uploads are arriving") from None
        except TooLargeUpload:
            raise Refusal(413, "Too large", "The audio is larger than this server takes.") from None
        return told(Uploaded(id=upload_id))

    async def _fetched(self, owner: str, address: str) -> str:
        key = new_key()
        try:
            await self.outputs.prepare(key)
            file = await self.sources.bring(address, key, owner)
            with await asyncio.to_thread(file.open, "rb") as reader:
                return await self.uploads.keep(owner, _sounding("url", _chunks_of(reader)))
        except NoSource as error:
            raise wrong([("url", str(error))]) from None
        finally:
            await self.outputs.remove(key)


async def _file_in(request: web.Request) -> AsyncIterator[bytes]:
    """The first part of a form that is a file, whatever its name; the form must be whole."""
    found = False
    try:
        async for part in await request.multipart():
            if not found and isinstance(part, BodyPartReader) and part.filename:
                found = True
                while chunk := await part.read_chunk(_CHUNK_BYTES):
                    yield chunk
    except (ValueError, AssertionError, KeyError, HttpProcessingError):
        raise Refusal(400, "Malformed form", "The form cannot be read.") from None
    if not found:
        raise wrong([("file", "is required: the audio, as a file of the form")])


async def _sounding(field: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same, once their beginning is that of a recording. Raises :class:`Refusal` 400."""
    head, is_checked = b"", False
    async for chunk in chunks:
        if not is_checked:
            head += chunk[:HEAD_BYTES]
            if is_checked := len(head) >= HEAD_BYTES:
                _check_head(field, head)
        yield chunk
    if not is_checked:
        _check_head(field, head)


def _check_head(field: str, head: bytes) -> None:
    if container_of(head) is None:
        raise wrong([(field, "is no audio that can be read: send WAV, FLAC, OGG, MP3, M4A or AIFF")])


async def _chunks_of(reader: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(reader.read, _CHUNK_BYTES):
        yield chunk

"""The four calls of the songs dialect. A song is a prediction of ``riffcord/engine`` in the same book."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.audio.container import HEAD_BYTES, container_of
from bot.protocol.predictions import ENGINE_MODEL, ENGINE_VERSION
from bot.protocol.songs import (
    SONGS_A_REQUEST,
    Generate,
    GenerateFromTopic,
    Morph,
    SongJob,
    SongJobs,
    UploadByAddress,
    Uploaded,
)
from bot.store.tables.predictions import PredictionRow
from bot.web.api.access import OWNER
from bot.web.api.bodies import arriving, read_body
from bot.web.api.book import Book, Now, utc_now
from bot.web.api.limits import throttled
from bot.web.api.outputs import GIVEN_NAME, OUTPUTS_PATH, Outputs
from bot.web.api.problems import Refusal
from bot.web.api.renders import Renders
from bot.web.api.songs.asked import check, morph_of, parsed, song_about, song_of, wrong
from bot.web.api.songs.feed import feed_of
from bot.web.api.songs.names import new_song_id, prediction_id
from bot.web.api.songs.sources import without_voices
from bot.web.api.songs.uploads import TooLargeUpload, TooManyUploads, Uploads
from bot.web.api.sources import NoSource, Sources
from bot.web.api.wire import encoded

_SEED_LIMIT = 2**32
_MOST_IDS = 20
_MOST_BYTES = 256 * 2**10
"""Of a song's words, many times over; an upload brings its recording along."""
_CHUNK_BYTES = 2**18
_SOON_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SongsApi:
    """The handlers and what they need."""

    book: Book
    renders: Renders
    outputs: Outputs
    sources: Sources
    uploads: Uploads
    admit: Callable[[str, int], AbstractContextManager[None]]
    """Keeps places for so many songs of an owner; raises :class:`Refusal` where the caller has to wait."""
    base_url: Callable[[web.Request], str]
    now: Now = utc_now

    async def generate(self, request: web.Request) -> web.Response:
        """Make two versions of a song, or of what a morph makes of one."""
        asked = parsed(Generate, await _small_body(request))
        check(asked.faults())
        morph = asked.wanted_morph
        inputs = song_of(asked) if morph is None else morph_of(asked, morph)
        with self.admit(request[OWNER], SONGS_A_REQUEST):
            if morph is None:
                return await self._accept(request, inputs)
            source = await self._source(request[OWNER], morph, voiceless=asked.instrumental)
            return await self._accept(request, inputs, morph=morph, source=source)

    async def generate_from_topic(self, request: web.Request) -> web.Response:
        """Make two versions of a song whose lyrics are written here."""
        asked = parsed(GenerateFromTopic, await _small_body(request))
        check(asked.faults())
        inputs = song_about(asked)
        with self.admit(request[OWNER], SONGS_A_REQUEST):
            return await self._accept(request, inputs)

    async def feed(self, request: web.Request) -> web.Response:
        """How far songs are, and where to hear them."""
        names = [name.strip() for name in request.match_info["ids"].split(",") if name.strip()]
        if not 0 < len(names) <= _MOST_IDS:
            raise wrong([("id", f"give 1 to {_MOST_IDS} ids, separated by commas")])
        rows = [await self._row(request[OWNER], name) for name in dict.fromkeys(names)]
        return _json(feed_of(rows, self.base_url(request)))

    async def upload(self, request: web.Request) -> web.Response:
        """Keep audio to be morphed: named by its address, or as a part of a form."""
        owner = request[OWNER]
        try:
            with self.uploads.arriving(owner):
                if request.content_type == "multipart/form-data":
                    async with arriving():
                        upload_id = await self.uploads.keep(owner, _sounding("file", _file_in(request)))
                else:
                    asked = parsed(UploadByAddress, await read_body(_json_only(request)))
                    upload_id = await self._fetched(owner, asked.url)
        except TooManyUploads:
            raise throttled(_SOON_S, "too many of your uploads are arriving") from None
        except TooLargeUpload:
            raise Refusal(413, "Too large", "The audio is larger than this server takes.") from None
        return _json(Uploaded(id=upload_id))

    async def _fetched(self, owner: str, address: str) -> str:
        key = secrets.token_urlsafe(24)
        try:
            await self.outputs.prepare(key)
            file = await self.sources.bring(address, key, owner)
            with await asyncio.to_thread(file.open, "rb") as reader:
                return await self.uploads.keep(owner, _sounding("url", _chunks_of(reader)))
        except NoSource as error:
            raise wrong([("url", str(error))]) from None
        finally:
            await self.outputs.remove(key)

    async def _row(self, owner: str, song_id: str) -> PredictionRow:
        known = prediction_id(song_id)
        row = None if known is None else await self.book.get(owner, known)
        if row is None:
            raise Refusal(404, "Not found", f"There is no song {song_id[:100]}.")
        if row.data_removed:
            raise Refusal(404, "Not found", f"The song {song_id[:100]} is not kept any more.")
        return row

    async def _source(self, owner: str, morph: Morph, *, voiceless: bool) -> bytes:
        """What is to be morphed: the score of a song, or an upload. Raises :class:`Refusal` 400."""
        if morph.audio_upload_id is not None:
            content = await self.uploads.find(owner, morph.audio_upload_id)
            if content is None:
                raise wrong([("morph.audio_upload_id", "there is no such upload (any more)")])
            return content
        try:
            row = await self._row(owner, morph.riff_id or "")
        except Refusal:
            raise wrong([("morph.riff_id", "there is no such song (any more)")]) from None
        if not row.ended:
            raise wrong([("morph.riff_id", "this song is not finished yet")])
        name = (row.output or {}).get("score")
        file = None if name is None else self.outputs.file(row.output_key, name)
        if file is None:
            raise wrong([("morph.riff_id", "this song was not made, so there is nothing to rework")])
        score = await asyncio.to_thread(file.read_bytes)
        if not voiceless:
            return score
        played = without_voices(json.loads(score))
        if played is None:
            raise wrong([("instrumental", "without its voice there is nothing left of this song")])
        return json.dumps(played).encode()

    async def _accept(
        self,
        request: web.Request,
        inputs: dict[str, Any],
        *,
        morph: Morph | None = None,
        source: bytes | None = None,
    ) -> web.Response:
        """Accept both takes or none: they are on disk, with their sources, before the answer goes out."""
        ids = [new_song_id() for _ in range(SONGS_A_REQUEST)]
        seed = secrets.randbelow(_SEED_LIMIT)
        parent = {} if morph is None or morph.riff_id is None else {"reference": morph.riff_id}
        rows = [
            PredictionRow(
                id=prediction_id(song_id) or "",
                owner=request[OWNER],
                model=ENGINE_MODEL,
                version=ENGINE_VERSION,
                base_url=self.base_url(request),
                input={**inputs, **parent, "take": take},
                seed=seed,
                output_key=secrets.token_urlsafe(24),
                created_at=self.now(),
            )
            for take, song_id in enumerate(ids)
        ]
        try:
            if source is not None:
                named = "audio" if morph is not None and morph.audio_upload_id is not None else "score"
                rows = [await self._given(row, named, source) for row in rows]
            await self.book.add(*rows)
        except Exception:
            await self._forget(rows)
            raise
        for row in rows:
            self.renders.push(row)
        return _json(SongJobs(jobs=[SongJob(id=song_id) for song_id in ids]))

    async def _given(self, row: PredictionRow, named: str, source: bytes) -> PredictionRow:
        """Each take has a source of its own: the other, and the parent, may be forgotten first."""
        await asyncio.to_thread(self.outputs.keep_given, row.output_key, source)
        address = f"{row.base_url}{OUTPUTS_PATH}{row.output_key}/{GIVEN_NAME}"
        return replace(row, input={**row.input, named: address})

    async def _forget(self, rows: Sequence[PredictionRow]) -> None:
        for row in rows:
            await self.outputs.remove(row.output_key)


async def _small_body(request: web.Request) -> bytes:
    return await read_body(_json_only(request), most_bytes=_MOST_BYTES)


def _json_only(request: web.Request) -> web.Request:
    if request.content_type != "application/json":
        raise Refusal(415, "Unsupported media type", "Send the body as application/json.")
    return request


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


def _json(told: Any) -> web.Response:
    return web.Response(body=encoded(told.model_dump(exclude_none=True)), content_type="application/json")

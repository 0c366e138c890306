"""Songs are made and followed. A song is a prediction of ``riffcord/engine`` in the same book."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from bot.protocol.predictions import ENGINE_MODEL, ENGINE_VERSION
from bot.protocol.songs import (
    SONGS_A_REQUEST,
    Generate,
    GenerateFromTopic,
    Morph,
    SongJob,
    SongJobs,
)
from bot.store.tables.predictions import PredictionRow
from bot.web.api.access import OWNER
from bot.web.api.addresses import base_url
from bot.web.api.bodies import json_only, read_body
from bot.web.api.book import Book, Now, utc_now
from bot.web.api.outputs import GIVEN_NAME, OUTPUTS_PATH, Outputs, new_key
from bot.web.api.problems import Refusal
from bot.web.api.renders import Renders
from bot.web.api.songs.asked import check, morph_of, parsed, song_about, song_of, wrong
from bot.web.api.songs.envelope import told
from bot.web.api.songs.feed import feed_of
from bot.web.api.songs.names import new_song_id, prediction_id
from bot.web.api.songs.sources import without_voices
from bot.web.api.songs.uploads import Uploads
from bot.web.api.wanted import drawn_seed

_MOST_IDS = 20
_MOST_BYTES = 256 * 2**10
"""Of a song's words, many times over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongsApi:
    """The handlers and what they need."""

    book: Book
    renders: Renders
    outputs: Outputs
    uploads: Uploads
    admit: Callable[[str, int], AbstractContextManager[None]]
    """Keeps places for so many songs of an owner; raises :class:`Refusal` where the caller has to wait."""
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
        return told(feed_of(rows, base_url(request)))

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
        seed = drawn_seed()
        parent = {} if morph is None or morph.riff_id is None else {"reference": morph.riff_id}
        rows = [
            PredictionRow(
                id=prediction_id(song_id) or "",
                owner=request[OWNER],
                model=ENGINE_MODEL,
                version=ENGINE_VERSION,
                base_url=base_url(request),
                input={**inputs, **parent, "take": take},
                seed=seed,
                output_key=new_key(),
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
        return told(SongJobs(jobs=[SongJob(id=song_id) for song_id in ids]))

    async def _given(self, row: PredictionRow, named: str, source: bytes) -> PredictionRow:
        """Each take has a source of its own: the other, and the parent, may be forgotten first."""
        await asyncio.to_thread(self.outputs.keep_given, row.output_key, source)
        address = f"{row.base_url}{OUTPUTS_PATH}{row.output_key}/{GIVEN_NAME}"
        return replace(row, input={**row.input, named: address})

    async def _forget(self, rows: Sequence[PredictionRow]) -> None:
        for row in rows:
            await self.outputs.remove(row.output_key)


async def _small_body(request: web.Request) -> bytes:
    return await read_body(json_only(request), most_bytes=_MOST_BYTES)

"""What opens by the key in its address alone: streams of events, pages for people, files of results."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.store.tables.predictions import PredictionRow
from bot.web.api import page as pages
from bot.web.api.addresses import Keys, base_url, is_key
from bot.web.api.book import Book
from bot.web.api.outputs import CONTENT_TYPES, Outputs
from bot.web.api.problems import not_found
from bot.web.api.streams import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCalls:
    """The handlers and what they need."""

    book: Book
    outputs: Outputs
    streams: Streams
    keys: Keys

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The prediction's events."""
        row = await self._row_by_key(request, self.keys.stream(request.match_info["id"]))
        return await self.streams.serve(request, row, base_url(request))

    async def page(self, request: web.Request) -> web.Response:
        """The prediction for people."""
        row = await self._row_by_key(request, self.keys.page(request.match_info["id"]))
        base = base_url(request)
        return web.Response(text=pages.page(row, base), content_type="text/html", headers=pages.headers(base))

    async def _row_by_key(self, request: web.Request, wanted: str) -> PredictionRow:
        row = None
        if is_key(request.match_info["key"], wanted):
            row = await self.book.find(request.match_info["id"])
        if row is None:
            raise not_found("The prediction")
        return row

    async def output(self, request: web.Request) -> web.StreamResponse:
        """A result's file, whole or in part."""
        name = request.match_info["name"]
        file = self.outputs.file(request.match_info["key"], name)
        if file is None:
            raise not_found("The file")
        headers = {
            "Content-Type": CONTENT_TYPES[file.suffix],
            "Cache-Control": "private, max-age=3600, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(file, headers=headers)

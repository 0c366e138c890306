"""The page's HTTP server."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import simcord
from aiohttp import web
from simcord.preview._server import PreviewServer

from bot.room.simcord_internals.preview import RoomPreview

PAGE_SOURCES = Path(str(simcord.__file__)).parent / "preview" / "static"


class PageServer(PreviewServer):
    """simcord's page server as a base; the room's own one stands in ``bot.room.page``."""

    preview: RoomPreview
    authorized = PreviewServer._authorized
    allowed_hosts = PreviewServer._allowed_hosts
    SECURITY_HEADERS = PreviewServer._SECURITY_HEADERS
    PACKAGED_FILES = PreviewServer._STATIC_FILES

    async def serve_file(self, request: Any) -> Any:
        """Answer a request for a file of the page."""
        return await super()._static(request)

    async def open_page(self, request: Any) -> Any:
        """Answer a browser that comes in."""
        return await super()._pages(request)

    async def tell_state(self, request: Any) -> Any:
        """Answer a browser that asks what its page looks like."""
        return await super()._state(request)

    async def tell_commands(self, request: Any) -> Any:
        """Answer a browser that asks for the commands, in its member's language."""
        answer = await super()._commands(request)
        if answer.status != 200:
            return answer
        page = self.preview._get_page(request.headers.get("X-Simcord-Context"))
        catalog = self.preview.localised(page, json.loads(answer.body))
        return web.json_response(catalog, headers=self.SECURITY_HEADERS)

    async def _commands(self, request: Any) -> Any:
        return await self.tell_commands(request)

    async def _static(self, request: Any) -> Any:
        return await self.serve_file(request)

    async def _pages(self, request: Any) -> Any:
        return await self.open_page(request)

    async def _state(self, request: Any) -> Any:
        return await self.tell_state(request)

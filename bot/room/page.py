"""The page's server: simcord's page code with Riffcord's own frame, script and style around it.

simcord's files are served as they are, except a few exact replacements that let ``room.js`` open a page as
the member and in the channel it was left in, let the browser ask "has anything changed?", let no command be
lost, and show its options as Discord does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from aiohttp import web

from bot.room.page_changes import REPLACEMENTS
from bot.room.simcord_internals import (
    PAGE_SOURCES,
    ActorRefusal,
    BackendError,
    OutdatedSimcord,
    PageServer,
)

# Long enough to be calm, short enough that many tabs do not take all of a browser's connections.
HOLD_S = 0.8
STATIC = Path(__file__).with_name("static")
_OWN_FILES = {
    "/": "index.html",
    "/room.js": "room.js",
    "/languages.js": "languages.js",
    "/menus.js": "menus.js",
    "/phone.js": "phone.js",
    "/times.js": "times.js",
    "/typing.js": "typing.js",
    "/room.css": "room.css",
    "/favicon.svg": "favicon.svg",
}
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".ttf": "font/ttf",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page: type, bytes and entity tag."""

    content_type: str
    body: bytes
    tag: str


@cache
def page_file(route: str) -> PageFile:
    """The file served at ``route``. Raises ``OutdatedSimcord`` when a text to replace is not there."""
    own = _OWN_FILES.get(route)
    packaged = PageServer.PACKAGED_FILES.get(route)
    path = STATIC / own if own is not None else PAGE_SOURCES / str(packaged)
    if route == "/protocol.schema.json":
        path = PAGE_SOURCES.parent / str(packaged)
    body = path.read_bytes()
    for old, new in REPLACEMENTS.get(route, ()):
        if body.count(old.encode()) != 1:
            raise OutdatedSimcord(f"the page's {route} has no single {old!r}")
        body = body.replace(old.encode(), new.encode())
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    return PageFile(_TYPES.get(path.suffix, "text/plain"), body, tag)


class RoomPageServer(PageServer):
    """Serves the page's files, opens pages for browsers, and tells them what changed."""

    _STATIC_FILES: ClassVar[dict[str, str]] = {**PageServer.PACKAGED_FILES, **_OWN_FILES}

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        """A file of the page; fonts may be kept for ever, all else is asked for again by tag."""
        if request.headers.get("Host", "") not in self.allowed_hosts():
            raise web.HTTPForbidden
        if request.path.startswith("/fonts/"):
            # 30 MB of them: streamed from disk, never held in memory.
            forever = self.headers("", "public, max-age=31536000, immutable")
            return web.FileResponse(PAGE_SOURCES / self.PACKAGED_FILES[request.path], headers=forever)
        file = page_file(request.path)
        headers = self.headers(file.tag, "no-cache")
        if request.headers.get("If-None-Match") == file.tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=file.body, content_type=file.content_type, headers=headers)

    async def open_page(self, request: web.Request) -> web.Response:
        """Let a browser in, as the member and in the channel that it names where they exist."""
        if not self.authorized(request):
            raise web.HTTPUnauthorized
        wish = await request.json()
        if not isinstance(wish, dict):
            raise web.HTTPBadRequest
        return self._json(self.preview.enter(**_wishes(wish)))  # pyright: ignore[reportUnknownArgumentType]

    async def tell_state(self, request: web.Request) -> web.Response:
        """A page's state, or 304 while it is what the browser has."""
        context_id = request.headers.get("X-Simcord-Context")
        if not self.authorized(request, context=context_id):
            raise web.HTTPUnauthorized
        try:
            tag, body = await self._news(context_id, request.headers.get("If-None-Match"))
        except (ActorRefusal, BackendError):
            return web.Response(status=410, headers=self.SECURITY_HEADERS)
        headers = self.headers(tag, "no-cache")
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="application/json", headers=headers)

    async def _news(self, context_id: str | None, known_tag: str | None) -> tuple[str, bytes]:
        """A page's state; while it is what the browser knows, wait a moment for it to change."""
        changes = self.preview.room.world.changes
        tag, body = self.preview.answer(context_id)
        if tag == known_tag:
            await self.preview.room.world.wait_for_change(changes, HOLD_S)
            tag, body = self.preview.answer(context_id)
        return tag, body

    def headers(self, tag: str, cache_control: str) -> dict[str, str]:
        """simcord's protective headers, with a cache that may keep what it can ask about."""
        kept = {name: value for name, value in self.SECURITY_HEADERS.items() if name != "Pragma"}
        kept |= {
            # The phone view is this very page in a frame of it.
            "X-Frame-Options": "SAMEORIGIN",
            "Content-Security-Policy": kept["Content-Security-Policy"].replace(
                "frame-ancestors 'none'", "frame-ancestors 'self'"
            ),
        }
        return {**kept, "Cache-Control": cache_control, **({"ETag": tag} if tag else {})}

    def _json(self, payload: Mapping[str, Any]) -> web.Response:
        return web.json_response(payload, headers=self.SECURITY_HEADERS, dumps=_compact)


def _wishes(wish: Mapping[str, Any]) -> dict[str, Any]:
    zone = str(wish.get("timezone") or "UTC")[:64]
    given = {key: str(wish[key]) if wish.get(key) else None for key in ("viewer_id", "channel_id")}
    return {**given, "zone": zone}


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))

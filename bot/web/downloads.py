"""Whole takes for people: ``GET /takes/<token>``, in parts where a player asks for parts.

The address is the permission; it is told in a card that could not carry all of the music, and ends after a
week. What is not there any more says so to people, in the language of their browser.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

import structlog
from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter

from bot.errors import NotFound, RemoteError
from bot.jobs.downloads import Ticket
from bot.jobs.file_names import file_name
from bot.jobs.records import Take
from bot.ui.words import say

log = structlog.get_logger(__name__)

_TYPES: Final = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "zip": "application/zip",
}
_NOT_ASCII: Final = re.compile(r"[^A-Za-z0-9]+")
_ETAG: Final = re.compile(r'"[^"]*"')
_CAUTION: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
"""The address is a secret, and the file was made of people's words."""
_PAGE: Final = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto 0;padding:0 1.5rem;
background:#120b21;color:#eee7fa}}h1{{font-size:1.4rem}}</style>
<h1>{title}</h1><p>{why}</p></html>
"""


class Shelf(Protocol):
    """The jobs, as far as whole takes are concerned."""

    def ticket(self, token: str) -> Ticket | None:
        """What the last part of an address opens; None where this instance did not make it."""
        ...

    async def download(self, ticket: Ticket) -> tuple[Take, Path]:
        """The take and its file. Raises ``NotFound``."""
        ...


class DownloadDoor:
    """Hands takes out."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def add_routes(self, app: web.Application) -> None:
        """Put the one address into the application; HEAD comes with it."""
        app.router.add_get("/takes/{token}", self.hand_out)

    async def hand_out(self, request: web.Request) -> web.StreamResponse:
        """The file, all or a part of it; 404 for an address that is none of ours, 410 for what is gone."""
        ticket = self._shelf.ticket(request.match_info["token"])
        if ticket is None:
            return _page(request, 404, "download.unknown")
        try:
            take, file = await self._shelf.download(ticket)
        except NotFound:
            return _page(request, 410, "download.gone")
        except (RemoteError, OSError) as error:  # a store that does not answer, a full disk
            log.warning("download.failed", take=ticket.take_id, form=ticket.form, error=repr(error))
            raise web.HTTPServiceUnavailable(headers={hdrs.RETRY_AFTER: "30"}) from None
        told = await asyncio.to_thread(file.stat)
        return _Whole(
            file,
            etag=f"{told.st_mtime_ns:x}-{told.st_size:x}",
            headers={
                **_CAUTION,
                hdrs.CONTENT_TYPE: _TYPES[ticket.form],
                hdrs.CONTENT_DISPOSITION: disposition(file_name(take), ticket.form),
                hdrs.CACHE_CONTROL: "private, max-age=3600",
            },
        )


class _Whole(web.FileResponse):
    """aiohttp looks at dates in ``If-Range`` only; one that names another file's tag asks for all of ours."""

    def __init__(self, path: Path, *, etag: str, headers: Mapping[str, str]) -> None:
        super().__init__(path, headers=headers)
        self._own = f'"{etag}"'

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Answer the request, without its range where that belongs to something else."""
        condition = request.headers.get(hdrs.IF_RANGE, "")
        is_tag = _ETAG.search(condition) is not None
        if is_tag and condition.strip() != self._own:
            headers = request.headers.copy()
            headers.popall(hdrs.RANGE, None)
            request = request.clone(headers=headers)
        return await super().prepare(request)


def disposition(stem: str, suffix: str) -> str:
    """``Content-Disposition`` with the name in ASCII and in full (RFC 6266, RFC 8187): played or kept."""
    plain = _NOT_ASCII.sub("-", stem).strip("-.") or "riff"
    return f"inline; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{quote(f'{stem}.{suffix}', safe='')}"


def _page(request: web.Request, status: int, key: str) -> web.Response:
    """A sentence for people, in their browser's first language where we speak it."""
    language = request.headers.get(hdrs.ACCEPT_LANGUAGE, "en").split(",")[0].split(";")[0].strip()
    language = language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}", language) else "en"
    text = _PAGE.format(
        language=language,
        title=html.escape(say(key, language)),
        why=html.escape(say(f"{key}.why", language)),
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=_CAUTION)

"""The calls about uploaded files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.protocol.problems import InvalidField
from bot.store.tables.uploads import UploadRow
from bot.web.api.access import OWNER
from bot.web.api.addresses import Keys, account_of, base_url
from bot.web.api.bodies import arriving
from bot.web.api.book import Now
from bot.web.api.problems import Refusal, invalid_input, not_found
from bot.web.api.uploads import Uploads
from bot.web.api.wire import json_answer, time_text

_PAGE = 100
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCalls:
    """The handlers and what they need."""

    uploads: Uploads
    keys: Keys
    now: Now

    async def create_file(self, request: web.Request) -> web.Response:
        """Keep a file for a day."""
        if request.content_type != "multipart/form-data":
            raise Refusal(415, "Unsupported media type", "Send the file as multipart/form-data.")
        async with arriving():
            row = await self.uploads.keep(request[OWNER], request)
        return json_answer(self._told(row, base_url(request)), status=201)

    async def list_files(self, request: web.Request) -> web.Response:
        """A page of the caller's files."""
        offset = _offset(request.query.get("cursor", ""))
        rows = await self.uploads.page(request[OWNER], limit=_PAGE + 1, offset=offset)
        here = f"{base_url(request)}{request.path}?cursor="
        told = {
            "next": f"{here}{offset + _PAGE}" if len(rows) > _PAGE else None,
            "previous": f"{here}{max(0, offset - _PAGE)}" if offset else None,
            "results": [self._told(row, base_url(request)) for row in rows[:_PAGE]],
        }
        return json_answer(told)

    async def get_file(self, request: web.Request) -> web.Response:
        """What is known of one file."""
        return json_answer(self._told(await self._row(request), base_url(request)))

    async def delete_file(self, request: web.Request) -> web.Response:
        """Forget one file."""
        await self.uploads.remove(await self._row(request))
        return web.Response(status=204)

    async def download_file(self, request: web.Request) -> web.StreamResponse:
        """The bytes, for whoever has the signed address."""
        file_id = request.match_info["id"]
        account = self.keys.opened_for(request.query, file_id, self.now())
        row = None if account is None else await self.uploads.open_to_all(file_id)
        if account is None or (row is not None and account_of(row.owner) != account):
            raise Refusal(401, "Unauthenticated", "The address is not signed, or no longer valid.")
        if row is None or not (file := self.uploads.file(row.id)).is_file():
            raise not_found("The file")
        headers = {
            "Content-Type": row.content_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
            "Cache-Control": "private",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(file, headers=headers)

    async def _row(self, request: web.Request) -> UploadRow:
        row = await self.uploads.get(request[OWNER], request.match_info["id"])
        if row is None:
            raise not_found("The file")
        return row

    def _told(self, row: UploadRow, base: str) -> dict[str, Any]:
        here, account = f"{base}/v1/files/{row.id}", account_of(row.owner)
        expiry = int(row.expires_at.timestamp())
        signed = {
            "owner": account,
            "expiry": expiry,
            "signature": self.keys.signature(account, row.id, expiry),
        }
        return {
            "id": row.id,
            "name": row.name,
            "content_type": row.content_type,
            "size": row.size_bytes,
            "etag": row.sha256[:32],
            "checksums": {"sha256": row.sha256, "md5": row.md5},
            "metadata": row.metadata,
            "created_at": time_text(row.created_at),
            "expires_at": time_text(row.expires_at),
            "urls": {"get": here, "download": f"{here}/download?{urlencode(signed)}"},
        }


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if cursor.isascii() and cursor.isdigit() and len(cursor) <= _MOST_DIGITS:
        return int(cursor)
    fault = InvalidField(field="cursor", type="invalid", description="cursor cannot be read")
    raise invalid_input([fault])

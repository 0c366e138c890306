"""Files that callers bring, to be named in the input of predictions; forgotten after a day.

The bytes go to disk as they arrive. Nobody but the caller sees a file, except by an address that is signed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.protocol.problems import InvalidField
from bot.store.tables.uploads import UploadRow, UploadRows
from bot.web.api.addresses import Keys, account_of
from bot.web.api.book import Now
from bot.web.api.problems import Refusal, invalid_input

_CHUNK_BYTES = 2**18
_LONGEST_FIELD_BYTES = 2**16
_LONGEST_NAME = 255
_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}(;[ \w.+=\"-]{0,100})?", re.ASCII)
_ADDRESS = re.compile(
    r"https?://[^/?#]+(?:/[^?#]*)?/files/([A-Za-z0-9_-]{20,64})(?:/download)?(?:\?([^#]*))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """Bounds of what callers bring."""

    file_bytes: int = 100 * 2**20
    owner_bytes: int = 2 * 2**30
    """Of all files of one token."""
    keep_s: float = 86_400.0


@dataclass(slots=True)
class _Form:
    """What has been read of a form."""

    part: Path
    sha256: Any = field(default_factory=hashlib.sha256)
    md5: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    size_bytes: int | None = None
    name: str | None = None
    content_type: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


class Uploads:
    """The files, in one folder, and their rows."""

    def __init__(self, rows: UploadRows, folder: Path, limits: UploadLimits, keys: Keys, now: Now) -> None:
        self._rows = rows
        self._folder = folder
        self._limits = limits
        self._keys = keys
        self._now = now
        self._arriving_bytes: Counter[str] = Counter()
        """Of each owner's files that are on their way; counted with those that are kept."""
        self._keeping = asyncio.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    async def keep(self, owner: str, request: web.Request) -> UploadRow:
        """Take a form with the part ``content``. Raises :class:`Refusal` 400, 413 or 422."""
        upload_id = secrets.token_urlsafe(24)
        form = _Form(self._folder / f"{upload_id}.part")
        try:
            await self._read(owner, request, form)
            if form.size_bytes is None:
                raise _faulty("content", "is required: the file, as a part of the form")
            now = self._now()
            row = UploadRow(
                id=upload_id,
                owner=owner,
                name=form.name or "file",
                content_type=form.content_type or "application/octet-stream",
                size_bytes=form.size_bytes,
                sha256=form.sha256.hexdigest(),
                md5=form.md5.hexdigest(),
                metadata=form.metadata,
                created_at=now,
                expires_at=now + timedelta(seconds=self._limits.keep_s),
            )
            # What is seen while a file arrives may be old by its end: the last word is had one by one.
            async with self._keeping:
                if row.size_bytes > self._limits.owner_bytes - await self._rows.size_bytes(owner):
                    raise _no_space()
                form.part.replace(self._folder / upload_id)
                await self._rows.add(row)
        finally:
            self._arriving_bytes[owner] -= form.size_bytes or 0
            if not self._arriving_bytes[owner]:
                del self._arriving_bytes[owner]
            form.part.unlink(missing_ok=True)
        return row

    async def get(self, owner: str, upload_id: str) -> UploadRow | None:
        """The owner's file; None where there is none, or it is another's."""
        row = await self._rows.get(upload_id, self._now())
        return row if row is not None and row.owner == owner else None

    async def open_to_all(self, upload_id: str) -> UploadRow | None:
        """The file, whoever's it is: for an address that has been checked."""
        return await self._rows.get(upload_id, self._now())

    async def page(self, owner: str, *, limit: int, offset: int) -> list[UploadRow]:
        """The owner's files, newest first."""
        return await self._rows.of(owner, self._now(), limit=limit, offset=offset)

    async def remove(self, row: UploadRow) -> None:
        """Forget a file, bytes and row."""
        await self._rows.remove(row.id)
        self.file(row.id).unlink(missing_ok=True)

    def file(self, upload_id: str) -> Path:
        """Where the bytes lie."""
        return self._folder / upload_id

    async def at(self, address: str, owner: str) -> Path | None:
        """The owner's file of this very server that an address names, or anybody's that it is signed for.

        None for every other address, as for a file past its time.
        """
        found = _ADDRESS.fullmatch(address)
        row = None if found is None else await self._rows.get(found[1], self._now())
        if found is None or row is None:
            return None
        query = dict(parse_qsl(found[2] or ""))
        signed_for = self._keys.opened_for(query, row.id, self._now())
        if row.owner != owner and account_of(row.owner) != signed_for:
            return None
        file = self.file(row.id)
        return file if file.is_file() else None

    async def expire(self) -> None:
        """Forget what is past its time."""
        for upload_id in await self._rows.expire(self._now()):
            self.file(upload_id).unlink(missing_ok=True)

    async def sweep(self) -> None:
        """Delete every file that no row speaks for."""
        wanted = await self._rows.ids()

        def remove_others() -> None:
            for file in self._folder.iterdir():
                if file.name not in wanted:
                    file.unlink(missing_ok=True)

        await asyncio.to_thread(remove_others)

    async def _read(self, owner: str, request: web.Request, form: _Form) -> None:
        room_bytes = self._limits.owner_bytes - await self._rows.size_bytes(owner)
        try:
            async for part in await request.multipart():
                if isinstance(part, BodyPartReader):
                    await self._read_part(owner, part, form, room_bytes)
        except (ValueError, AssertionError, KeyError, HttpProcessingError):
            raise Refusal(400, "Malformed form", "The form cannot be read.") from None

    async def _read_part(self, owner: str, part: BodyPartReader, form: _Form, room_bytes: int) -> None:
        if part.name == "content":
            if form.size_bytes is not None:
                raise _faulty("content", "must be given once")
            form.name = form.name or _checked_name(part.filename)
            form.content_type = form.content_type or _checked_type(part.headers.get("Content-Type"))
            await self._write(owner, part, form, room_bytes)
        elif part.name == "filename":
            form.name = _checked_name(await _text(part, "filename"))
        elif part.name == "type":
            form.content_type = _checked_type(await _text(part, "type"), told=True)
        elif part.name == "metadata":
            form.metadata = _metadata(await _text(part, "metadata"))

    async def _write(self, owner: str, part: BodyPartReader, form: _Form, room_bytes: int) -> None:
        form.size_bytes = 0
        with form.part.open("wb") as file:
            while chunk := await part.read_chunk(_CHUNK_BYTES):
                form.size_bytes += len(chunk)
                self._arriving_bytes[owner] += len(chunk)
                if form.size_bytes > self._limits.file_bytes:
                    limit_mb = self._limits.file_bytes / 2**20
                    raise Refusal(413, "Too large", f"A file can have {limit_mb:g} MB at most.")
                if self._arriving_bytes[owner] > room_bytes:
                    raise _no_space()
                form.sha256.update(chunk)
                form.md5.update(chunk)
                await asyncio.to_thread(file.write, chunk)


async def _text(part: BodyPartReader, name: str) -> str:
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        content += chunk
        if len(content) > _LONGEST_FIELD_BYTES:
            raise _faulty(name, "is too long")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _faulty(name, "must be UTF-8") from None


def _checked_name(name: str | None) -> str | None:
    if name is not None and len(name) > _LONGEST_NAME:
        raise _faulty("filename", f"can have {_LONGEST_NAME} characters at most")
    # A client may send what is not text; what is told must be.
    return None if name is None else name.encode(errors="replace").decode()


def _checked_type(given: str | None, *, told: bool = False) -> str | None:
    if given is None or _TYPE.fullmatch(given.strip()):
        return None if given is None else given.strip()
    if told:
        raise _faulty("type", "must be a media type, as in audio/wav")
    return None


def _metadata(text: str) -> dict[str, Any]:
    try:
        value: object = json.loads(text) if text.strip() else {}
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise _faulty("metadata", "must be a JSON object") from None
    if not isinstance(value, dict):
        raise _faulty("metadata", "must be a JSON object")
    return cast("dict[str, Any]", value)


def _no_space() -> Refusal:
    return Refusal(413, "Too large", "Your files take all of your space. Delete some first.")


def _faulty(name: str, description: str) -> Refusal:
    return invalid_input([InvalidField(field=name, type="invalid", description=description)])

"""Reading a REST request of Discord's API: JSON, or multipart with ``payload_json`` and files."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import BodyPartReader, web

# Discord, "Uploading Files": 10 MiB a file where the server has no boosts.
FILE_LIMIT_BYTES = 10 * 1024 * 1024
JSON_LIMIT_BYTES = 1024 * 1024
_CHUNK_BYTES = 256 * 1024


class BadBody(Exception):
    """The body is not JSON, or not a form that Discord's API knows."""


class FileTooLarge(Exception):
    """A file of ``size_bytes`` is over the limit."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__(size_bytes)
        self.size_bytes = size_bytes


@dataclass(slots=True)
class UploadedFile:
    """A file part, in the shape simcord's routes read (``filename``, ``description``, ``fp``)."""

    part: str
    filename: str
    data: bytes
    description: str | None = None
    fp: io.BytesIO = field(init=False)

    def __post_init__(self) -> None:
        self.fp = io.BytesIO(self.data)


@dataclass(slots=True)
class RequestBody:
    """What a request carried. ``details`` holds the attachment objects by file name."""

    json: Any = None
    files: list[UploadedFile] = field(default_factory=list[UploadedFile])
    details: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])


async def read_body(request: web.Request) -> RequestBody:
    """Read a request's body whole.

    Raises ``FileTooLarge`` after the last part was read (an unread body would reset the connection
    before the answer is seen) and ``BadBody``.
    """
    if request.content_type.startswith("multipart/"):
        body = await _read_form(request)
        _describe(body)
        return body
    raw = await request.content.read(JSON_LIMIT_BYTES + 1)
    while len(raw) <= JSON_LIMIT_BYTES and not request.content.at_eof():
        raw += await request.content.read(JSON_LIMIT_BYTES + 1 - len(raw))
    if len(raw) > JSON_LIMIT_BYTES:
        raise BadBody("the JSON body is too long")
    return RequestBody(_parsed(raw) if raw else None)


async def _read_form(request: web.Request) -> RequestBody:
    body = RequestBody()
    fields: dict[str, str] = {}
    largest_bytes = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise BadBody("a nested form")
        data, size_bytes = await _read_part(part)
        name = part.name or ""
        if name == "payload_json":
            body.json = _parsed(data)
        elif part.filename is not None:
            largest_bytes = max(largest_bytes, size_bytes)
            body.files.append(UploadedFile(name, part.filename, data))
        else:
            fields[name] = data.decode("utf-8", "replace")
    if largest_bytes > FILE_LIMIT_BYTES:
        raise FileTooLarge(largest_bytes)
    if body.json is None and fields:
        body.json = fields
    return body


async def _read_part(part: BodyPartReader) -> tuple[bytes, int]:
    """A part's bytes and its true size; what is over the limit is read but not kept."""
    kept = bytearray()
    size_bytes = 0
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        size_bytes += len(chunk)
        if size_bytes <= FILE_LIMIT_BYTES:
            kept += chunk
    return bytes(kept), size_bytes


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as broken:
        raise BadBody("not JSON") from broken


def _describe(body: RequestBody) -> None:
    """Give each file what the payload's ``attachments`` says of it, matched by ``files[n]``."""
    if not isinstance(body.json, dict):
        return
    payload = cast(dict[str, Any], body.json)
    inner = payload.get("data")
    holder = cast(dict[str, Any], inner) if isinstance(inner, dict) else payload
    told: list[dict[str, Any]] = holder.get("attachments") or []
    by_part = {f"files[{item.get('id')}]": item for item in told}
    for file in body.files:
        item = by_part.get(file.part, {})
        file.description = item.get("description")
        body.details[file.filename] = item

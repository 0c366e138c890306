"""Where a whole take can be fetched: by addresses that only this instance can make, for a week.

What an address opens is kept already as MP3 and FLAC; other formats are made when somebody asks, and stay for
the next one in a folder of their own that keeps the newest.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast, get_args

from bot.errors import NotFound
from bot.jobs.parcels import FileFormat, LinkedFormat
from bot.jobs.ports import Blobs, Finisher
from bot.jobs.records import Take

LINK_LIFE: Final = timedelta(days=7)
_FORMATS: Final = get_args(LinkedFormat)
_MAC_BYTES: Final = 16
_LONGEST_TOKEN: Final = 100
_MOST_KEPT: Final = 20
"""Files that were made for somebody: some hundred megabytes at most."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an address opens, and until when."""

    take_id: str
    form: LinkedFormat
    expires_at: datetime


def path(secret: str, ticket: Ticket) -> str:
    """``/takes/<take>.<format>.<expiry>.<mac>``; the expiry in Unix seconds."""
    expiry = int(ticket.expires_at.timestamp())
    return (
        f"/takes/{ticket.take_id}.{ticket.form}.{expiry}.{_mac(secret, ticket.take_id, ticket.form, expiry)}"
    )


def ticket_of(secret: str, token: str) -> Ticket | None:
    """What the last part of a path opens; None where we did not make it. Never raises."""
    parts = token.split(".")
    if len(token) > _LONGEST_TOKEN or len(parts) != 4:
        return None
    take_id, form, expiry, claimed = parts
    if form not in _FORMATS or not (expiry.isascii() and expiry.isdecimal() and len(expiry) <= 11):
        return None
    wanted = _mac(secret, take_id, form, int(expiry))
    if not hmac.compare_digest(wanted.encode(), claimed.encode(errors="replace")):
        return None
    return Ticket(take_id, cast("LinkedFormat", form), datetime.fromtimestamp(int(expiry), UTC))


def _mac(secret: str, take_id: str, form: str, expiry: int) -> str:
    """HMAC-SHA256, cut to 128 bits (RFC 2104 allows half), as base64url."""
    told = f"take/{take_id}/{form}/{expiry}".encode(errors="replace")
    digest = hmac.digest(secret.encode(), told, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).rstrip(b"=").decode()


class WholeFiles:
    """Takes as files of any format."""

    def __init__(self, blobs: Blobs, finisher: Finisher, folder: Path) -> None:
        self._blobs = blobs
        self._finisher = finisher
        self._folder = folder
        self._making: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def file(self, take: Take, form: LinkedFormat) -> Path:
        """The take, whole, in ``form``. Raises ``NotFound`` where its files are gone, or it has none such."""
        if form == "zip":
            if take.upload is None or not take.upload.endswith(".zip"):
                raise NotFound("parts")
            return await self._blobs.path(take.upload)
        for kept in (take.posted, take.lossless):
            if kept.endswith(f".{form}"):
                return await self._blobs.path(kept)
        name = f"{take.id}.{form}"
        made = self._folder / name
        async with self._making[name]:
            if not await asyncio.to_thread(made.is_file):
                await self._make(await self._blobs.path(take.lossless), made, form)
        self._making.pop(name, None)
        return made

    async def _make(self, lossless: Path, made: Path, form: FileFormat) -> None:
        half_done = self._folder / f"{made.name}.part"
        await asyncio.to_thread(half_done.mkdir, parents=True, exist_ok=True)
        packed = await self._finisher.pack(lossless, half_done, name="whole", form=form, limit_bytes=None)
        await asyncio.to_thread(packed.file.replace, made)
        await asyncio.to_thread(_forget_old, self._folder, half_done)


def _forget_old(folder: Path, done: Path) -> None:
    shutil.rmtree(done, ignore_errors=True)
    files = sorted(
        (file for file in folder.iterdir() if file.is_file()), key=lambda file: file.stat().st_mtime
    )
    for file in files[:-_MOST_KEPT]:
        file.unlink(missing_ok=True)

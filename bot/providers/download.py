"""Bring a result home: streamed to disk, bounded in bytes and time, from allowed addresses only."""

from __future__ import annotations

import asyncio
import base64
import binascii
import errno
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

import aiohttp
from yarl import URL

from bot.errors import HostError, NoSpace, NotUnderstood, Refused, Unreachable, UnusableAudio
from bot.providers.addresses import connector, met_private
from bot.providers.http import pause_s

_MAGIC_BYTES = 12
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_WORTH_REPEATING = frozenset({404, 408, 425, 429})
"""Besides 5xx. A file host may answer 404 for a moment before a new file has reached it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Bounds of one download."""

    file_bytes: int = 100 * 2**20
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 120.0


def audio_suffix(start: bytes) -> str | None:
    """``.wav``, ``.mp3``, ``.ogg``, ``.flac`` or ``.m4a`` by a file's first bytes; None for anything else."""
    if start[:4] in (b"RIFF", b"RF64") and start[8:12] == b"WAVE":
        return ".wav"
    if start[:4] == b"OggS":
        return ".ogg"
    if start[:4] == b"fLaC":
        return ".flac"
    if start[4:8] == b"ftyp":
        return ".m4a"
    # An MPEG frame: eleven set bits, then version and a layer that is not the reserved 00 (which is AAC's).
    frame = len(start) > 1 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0 and start[1] & 0x06 != 0
    return ".mp3" if frame or start[:3] == b"ID3" else None


def _is_audio(start: bytes) -> bool:
    return audio_suffix(start) is not None


def _may_be_json(start: bytes) -> bool:
    return start.lstrip().startswith(b"{")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a download goes, and whether its first bytes are what was wanted."""

    part: Path
    fits: Callable[[bytes], bool]


@dataclass(kw_only=True)
class Downloads:
    """Downloads for one host. ``local`` hosts may name private addresses, others may not."""

    host: str
    base_url: str
    local: bool
    limits: FetchLimits = field(default_factory=FetchLimits)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _sessions: dict[bool, aiohttp.ClientSession] = field(
        default_factory=dict[bool, aiohttp.ClientSession], init=False, repr=False
    )

    async def close(self) -> None:
        """Close the pooled connections."""
        for session in self._sessions.values():
            await session.close()

    async def document(self, address: str, file: Path) -> None:
        """Download a JSON object to ``file``. Raises as :meth:`audio`; ``NotUnderstood`` where it is none."""
        part = file.with_name(file.name + ".part")
        start = await self._written(address, _Target(part, _may_be_json))
        if not _may_be_json(start):
            raise NotUnderstood(self.host, "a document that is not JSON")
        part.rename(file)

    async def audio(self, address: str, folder: Path) -> Path:
        """Download audio from an http(s) or ``data:`` address into ``folder``.

        Returns:
            The file, named ``audio`` and the suffix of what it really is.

        Raises:
            UnusableAudio: ``not_audio`` or ``too_large``.
            Refused: the address is not allowed, or the host does not have the file.
            Unreachable: it kept breaking off.
            NoSpace: our disk is full.
        """
        part = folder / "audio.part"
        try:
            start = await self._written(address, _Target(part, _is_audio))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise NoSpace from error
            raise
        suffix = audio_suffix(start)
        if suffix is None:
            raise UnusableAudio("not_audio")
        return part.rename(folder / f"audio{suffix}")

    async def _written(self, address: str, target: _Target) -> bytes:
        """The first bytes of what was written to the target."""
        if address.startswith("data:"):
            return await asyncio.to_thread(self._write_data, address, target.part)
        try:
            async with asyncio.timeout(self.limits.total_s):
                return await self._persist(address, target)
        except TimeoutError:
            raise Unreachable(self.host, "the download took too long") from None

    def _write_data(self, address: str, part: Path) -> bytes:
        if len(address) > self.limits.file_bytes * 3:
            raise UnusableAudio("too_large")
        head, comma, body = address.partition(",")
        raw = unquote_to_bytes(body)
        if not comma:
            raise NotUnderstood(self.host, "a data: address without data")
        if head.endswith(";base64"):
            try:
                raw = base64.b64decode(raw, validate=True)
            except binascii.Error:
                raise NotUnderstood(self.host, "a data: address with broken base64") from None
        if len(raw) > self.limits.file_bytes:
            raise UnusableAudio("too_large")
        part.write_bytes(raw)
        return raw[:_MAGIC_BYTES]

    async def _persist(self, address: str, target: _Target) -> bytes:
        """Try until the file is whole; a broken transfer starts again from its first byte."""
        attempt = 0
        while True:
            try:
                return await self._follow(address, target)
            except Unreachable:
                wait_s = pause_s(attempt, asked_s=None, chance=random.random())
                if wait_s is None:
                    raise
            await self.pause(wait_s)
            attempt += 1

    async def _follow(self, address: str, target: _Target) -> bytes:
        here = self._parsed(address)
        base = URL(self.base_url)
        if not self.local and here.scheme != "https" and base.scheme == "https":
            raise Refused(self.host, "the result has no https address")
        for hop in range(_MOST_REDIRECTS + 1):
            private_allowed = self.local and (hop == 0 or here.origin() == base.origin())
            onward = await self._get(here, target, private_allowed=private_allowed)
            if isinstance(onward, bytes):
                return onward
            here = self._parsed(str(here.join(self._parsed(onward, relative=True))))
            if here.scheme != "https" and here.origin() != base.origin():
                raise Refused(self.host, "redirected to an address that is not https")
        raise Refused(self.host, "too many redirects")

    def _parsed(self, address: str, *, relative: bool = False) -> URL:
        try:
            url = URL(address)
        except ValueError:
            raise NotUnderstood(self.host, "an address that is none") from None
        if not relative and (url.scheme not in ("http", "https") or not url.host):
            raise NotUnderstood(self.host, "an address that is neither http, https nor data")
        return url

    async def _get(self, url: URL, target: _Target, *, private_allowed: bool) -> bytes | str:
        """The file's first bytes when it is on disk, or where it has moved to."""
        try:
            async with self._session(private_allowed).get(url, allow_redirects=False) as response:
                if response.status in _REDIRECTS:
                    return response.headers.get("Location", "")
                if not response.ok:
                    raise self._denied(response.status)
                return await self._stream(response, target)
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            if met_private(error):
                raise Refused(self.host, "the result lies at a private address") from error
            raise Unreachable(self.host, f"{type(error).__name__} while fetching the result") from error

    async def _stream(self, response: aiohttp.ClientResponse, target: _Target) -> bytes:
        if (response.content_length or 0) > self.limits.file_bytes:
            raise UnusableAudio("too_large")
        start = b""
        size = 0
        with target.part.open("wb") as file:
            async for chunk in response.content.iter_chunked(2**18):
                if len(start) < _MAGIC_BYTES:
                    start = (start + chunk)[:_MAGIC_BYTES]
                    if len(start) == _MAGIC_BYTES and not target.fits(start):
                        raise UnusableAudio("not_audio")
                size += len(chunk)
                if size > self.limits.file_bytes:
                    raise UnusableAudio("too_large")
                await asyncio.to_thread(file.write, chunk)
        return start

    def _denied(self, status: int) -> HostError:
        kind = Unreachable if status in _WORTH_REPEATING or status >= 500 else Refused
        return kind(self.host, f"{status} for the result")

    def _session(self, private_allowed: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(private_allowed)
        if session is None:
            limits = self.limits
            session = self._sessions[private_allowed] = aiohttp.ClientSession(
                connector=connector(public_only=not private_allowed),
                timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect_s, sock_read=limits.read_s),
                headers={"User-Agent": "Riffcord"},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return session

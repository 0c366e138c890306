"""Bring a result home: streamed to disk, bounded in bytes and time, from allowed addresses only."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from yarl import URL

from bot.disk import is_full
from bot.errors import HostError, NoSpace, NotUnderstood, Refused, Unreachable, UnusableAudio
from bot.providers.addresses import connector, met_private
from bot.providers.inline import TooMuch, content_of, is_inline
from bot.providers.parts import Part, Torn
from bot.providers.sniffing import audio_suffix, is_a_page, object_suffix, picture_suffix
from bot.providers.waits import pause_s

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_WORTH_REPEATING = frozenset({404, 408, 416, 425, 429})
"""Besides 5xx. A file host may answer 404 for a moment before a new file has reached it."""


def _anything(_: bytes) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Bounds of one download."""

    file_bytes: int = 100 * 2**20
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 120.0


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
        part = Part(file.with_name(file.name + ".part"), object_suffix, pages=True)
        if await self._written(address, part) is None:
            raise NotUnderstood(self.host, "a document that is not JSON")
        part.file.replace(file)

    async def file(self, address: str, file: Path) -> None:
        """Download whatever it is to ``file``. Raises as :meth:`audio`."""
        part = Part(file.with_name(file.name + ".part"), _anything, pages=True)
        try:
            await self._written(address, part)
            part.file.replace(file)
        finally:
            part.file.unlink(missing_ok=True)

    async def picture(self, address: str, folder: Path) -> Path:
        """Download a picture, or a moving one, into ``folder``.

        Returns:
            The file, named ``picture`` and the suffix of what it really is: png, jpg, webp, gif or mp4.

        Raises:
            NotUnderstood: it is none of these. Otherwise as :meth:`audio`.
        """
        part = Part(folder / "picture.part", picture_suffix)
        suffix = await self._written(address, part)
        if suffix is None:
            raise NotUnderstood(self.host, "a picture that is none")
        return part.file.replace(folder / f"picture{suffix}")

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
        part = Part(folder / "audio.part", audio_suffix)
        suffix = await self._written(address, part)
        if suffix is None:
            raise UnusableAudio("not_audio")
        return part.file.replace(folder / f"audio{suffix}")

    async def _written(self, address: str, part: Part) -> str | None:
        """The suffix of what was written to the part; None where it is not what was wanted."""
        try:
            if is_inline(address):
                await asyncio.to_thread(self._write_inline, address, part)
                return part.suffix
            async with asyncio.timeout(self.limits.total_s):
                await self._persist(address, part)
                return part.suffix
        except TimeoutError:
            raise Unreachable(self.host, "the download took too long") from None
        except TooMuch:
            raise UnusableAudio("too_large") from None
        except OSError as error:
            if is_full(error):
                raise NoSpace from error
            raise

    def _write_inline(self, address: str, part: Part) -> None:
        try:
            content = content_of(address, most_bytes=self.limits.file_bytes)
        except ValueError as error:
            raise NotUnderstood(self.host, f"a data: address {error}") from None
        with part.opened(0) as write:
            write(content)

    async def _persist(self, address: str, part: Part) -> None:
        """Try until the file is whole, from where it broke off wherever that is safe."""
        attempt = 0
        while True:
            try:
                return await self._follow(address, part)
            except Unreachable:
                wait_s = pause_s(attempt, asked_s=None, chance=random.random())
                if wait_s is None:
                    raise
            await self.pause(wait_s)
            attempt += 1

    async def _follow(self, address: str, part: Part) -> None:
        here = self._parsed(address)
        base = URL(self.base_url)
        if not self.local and here.scheme != "https" and base.scheme == "https":
            raise Refused(self.host, "the result has no https address")
        for hop in range(_MOST_REDIRECTS + 1):
            private_allowed = self.local and (hop == 0 or here.origin() == base.origin())
            onward = await self._get(here, part, private_allowed=private_allowed)
            if onward is None:
                return
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

    async def _get(self, url: URL, part: Part, *, private_allowed: bool) -> str | None:
        """Where the file has moved to, or None when the part is whole, or is not what was wanted."""
        session = self._session(private_allowed)
        try:
            async with session.get(url, allow_redirects=False, headers=part.wish()) as response:
                if response.status in _REDIRECTS:
                    return response.headers.get("Location", "")
                if not response.ok:
                    part.forget()
                    raise self._denied(response.status)
                await self._stream(response, part)
                return None
        except (aiohttp.ClientError, TimeoutError, ConnectionError, Torn) as error:
            if met_private(error):
                raise Refused(self.host, "the result lies at a private address") from error
            raise Unreachable(self.host, f"{type(error).__name__} while fetching the result") from error

    async def _stream(self, response: aiohttp.ClientResponse, part: Part) -> None:
        begin = part.begin(response.status, response.headers)
        if begin + (response.content_length or 0) > self.limits.file_bytes:
            raise TooMuch
        if not part.pages and is_a_page(response.headers.get("Content-Type", "")):
            part.forget()
            return
        with part.opened(begin) as write:
            async for chunk in response.content.iter_chunked(2**18):
                if part.size_bytes + len(chunk) > self.limits.file_bytes:
                    raise TooMuch
                await asyncio.to_thread(write, chunk)
                if part.is_wrong:
                    return

    def _denied(self, status: int) -> HostError:
        kind = Unreachable if status in _WORTH_REPEATING or status >= 500 else Refused
        error = kind(self.host, f"{status} for the result")
        error.status = status
        return error

    def _session(self, private_allowed: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(private_allowed)
        if session is None:
            limits = self.limits
            session = self._sessions[private_allowed] = aiohttp.ClientSession(
                connector=connector(public_only=not private_allowed),
                timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect_s, sock_read=limits.read_s),
                # Files as they are: what is packed on its way has other bytes, and other ranges of them.
                headers={"User-Agent": "Riffcord", "Accept-Encoding": "identity"},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return session

"""Music that a request brings or names: kept small in the row, and brought to the worker's folder.

Inline scores and ``data:`` addresses are put on disk when the request is accepted; addresses are fetched
when its turn comes: https, from public addresses, bounded in bytes and time. What cannot be had raises
:class:`NoSource` with one sentence, which becomes the prediction's error.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import aiohttp
from yarl import URL

from bot.protocol.engine import MAX_SOURCE_BYTES, Source
from bot.providers.addresses import connector, is_loopback_name, met_private
from bot.web.api.outputs import FETCHED_NAME, GIVEN_NAME, OUTPUTS_PATH, Outputs

_LARGEST_INLINE_BYTES = 4 * 2**10
"""Anything larger is kept on disk; the row, which is told again and again, gets its address."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


class NoSource(ValueError):
    """The source cannot be had; the text is one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLimits:
    """Bounds of one source."""

    file_bytes: int = MAX_SOURCE_BYTES
    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 30.0


async def _none_uploaded(_address: str, _owner: str) -> Path | None:
    return None


class Sources:
    """Brings sources. Open it with ``async with``."""

    def __init__(
        self,
        outputs: Outputs,
        *,
        private_allowed: bool,
        limits: SourceLimits | None = None,
        uploaded: Callable[[str, str], Awaitable[Path | None]] = _none_uploaded,
    ) -> None:
        """``uploaded`` finds a file that was brought to this server before, by its address and who asks."""
        self._outputs = outputs
        self._uploaded = uploaded
        self._private_allowed = private_allowed
        self._limits = limits or SourceLimits()
        self._session: aiohttp.ClientSession | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Sources:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def keep(self, key: str, source: Source, base_url: str) -> Source:
        """Put an inline source on disk and return its address; a small one, or an address, stays as it is."""
        if isinstance(source, str) and not source.startswith("data:"):
            return source
        text = source if isinstance(source, str) else json.dumps(source)
        if len(text) <= _LARGEST_INLINE_BYTES:
            return source
        content = await asyncio.to_thread(_decoded_if_possible, text)
        await asyncio.to_thread(self._outputs.keep_given, key, content)
        return f"{base_url}{OUTPUTS_PATH}{key}/{GIVEN_NAME}"

    async def bring(self, source: Source, key: str, owner: str) -> Path:
        """The owner's source as a file for the worker of the prediction ``key``. Raises :class:`NoSource`."""
        into = self._outputs.folder(key) / FETCHED_NAME
        if not isinstance(source, str):
            await asyncio.to_thread(into.write_text, json.dumps(source))
            return into
        address = source.strip()
        if address.startswith("data:"):
            await asyncio.to_thread(self._write_data, address, into)
        elif (own := await self._own(address, owner)) is not None:
            await asyncio.to_thread(self._copy, own, into)
        else:
            await self._fetch(address, into)
        return into

    async def _own(self, address: str, owner: str) -> Path | None:
        """What lies on this very server under that address, if the owner may have it."""
        return self._outputs.at(address) or await self._uploaded(address, owner)

    async def _fetch(self, address: str, into: Path) -> None:
        try:
            async with asyncio.timeout(self._limits.total_s):
                await self._follow(address, into)
        except TimeoutError:
            raise NoSource("The source could not be fetched: it took too long.") from None

    def _copy(self, own: Path, into: Path) -> None:
        is_result = own.name != GIVEN_NAME and own.suffix != ""
        if own.stat().st_size > self._limits.file_bytes and not is_result:
            raise self._too_large()
        shutil.copyfile(own, into)
        with into.open("rb") as file:
            broken = file.read(5) == b"data:"
        if broken:  # it was kept as it came: say now what is wrong with it
            _data_of(into.read_text(encoding="utf-8"))

    def _write_data(self, address: str, into: Path) -> None:
        content = _data_of(address)
        if len(content) > self._limits.file_bytes:
            raise self._too_large()
        into.write_bytes(content)

    def _too_large(self) -> NoSource:
        return NoSource(f"The source is larger than {self._limits.file_bytes >> 20} MB.")

    async def _follow(self, address: str, into: Path) -> None:
        here = self._checked(address)
        for _ in range(_MOST_REDIRECTS + 1):
            onward = await self._get(here, into)
            if onward is None:
                return
            here = self._checked(str(here.join(_parsed(onward))))
        raise NoSource("The source could not be fetched: its address leads on and on.")

    def _checked(self, address: str) -> URL:
        url = _parsed(address)
        wanted = ("http", "https") if self._private_allowed else ("https",)
        is_local = url.scheme == "http" and is_loopback_name(url.host or "")
        if is_local and not self._private_allowed:
            if url.path.startswith(OUTPUTS_PATH) or "/files/" in url.path:
                raise NoSource(
                    "The source is not there any more: results and files are kept for a while only."
                )
            raise _private()
        if url.scheme not in wanted or not url.host:
            raise NoSource("The source must be named by an https or data address.")
        return url

    async def _get(self, url: URL, into: Path) -> str | None:
        """None when the file is on disk, else where it has moved to."""
        try:
            async with self._client().get(url, allow_redirects=False) as response:
                if response.status in _REDIRECTS:
                    return response.headers.get("Location", "")
                if response.status != 200:
                    raise NoSource(f"The source could not be fetched: its address answers {response.status}.")
                await self._stream(response, into)
                return None
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            if met_private(error):
                raise _private() from error
            if isinstance(error, TimeoutError):
                raise NoSource("The source could not be fetched: it took too long.") from error
            raise NoSource("The source could not be fetched: its address cannot be reached.") from error

    async def _stream(self, response: aiohttp.ClientResponse, into: Path) -> None:
        if (response.content_length or 0) > self._limits.file_bytes:
            raise self._too_large()
        size = 0
        with into.open("wb") as file:
            async for chunk in response.content.iter_chunked(2**18):
                size += len(chunk)
                if size > self._limits.file_bytes:
                    raise self._too_large()
                await asyncio.to_thread(file.write, chunk)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = self._limits
            self._session = aiohttp.ClientSession(
                connector=connector(public_only=not self._private_allowed),
                timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect_s, sock_read=limits.read_s),
                headers={"User-Agent": "Riffcord"},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
            self._stack.push_async_callback(self._session.close)
        return self._session


def _private() -> NoSource:
    return NoSource("The source lies at a private address, which this server does not call.")


def _parsed(address: str) -> URL:
    try:
        urlsplit(address)
        return URL(address)
    except ValueError:
        raise NoSource("The source must be named by an https or data address.") from None


def _decoded_if_possible(text: str) -> bytes:
    if not text.startswith("data:"):
        return text.encode()
    try:
        return _data_of(text)
    except NoSource:
        return text.encode()


def _data_of(address: str) -> bytes:
    head, comma, body = address.partition(",")
    if not comma:
        raise NoSource("The source's data address holds no data.")
    raw = unquote_to_bytes(body)
    if not head.endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise NoSource("The source's data address holds broken base64.") from None

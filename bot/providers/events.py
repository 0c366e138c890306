"""Following a run by the events that its host streams, for as long as it offers that.

A stream is a convenience: whatever goes wrong with it ends the following and nothing else, and what it says
of the end is asked for again where it counts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import structlog
from yarl import URL

from bot.providers.addresses import connector
from bot.providers.event_parser import EndlessEvent, Event, EventParser

log = structlog.get_logger(__name__)

_ATTEMPTS = 4
"""Connections in a row that bring nothing."""
_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 10.0
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, EndlessEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """Bounds of one stream."""

    connect_s: float = 10.0
    silence_s: float = 60.0
    """Hosts send at least a heartbeat within half of this."""
    total_s: float = 3_600.0


@dataclass(kw_only=True)
class Streams:
    """Event streams of one host. Close it when done."""

    host: str
    base_url: str
    token: str | None = field(default=None, repr=False)
    local: bool = False
    """Whether it may name private addresses, plain http among them."""
    limits: StreamLimits = field(default_factory=StreamLimits)
    pause: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)
    _session: aiohttp.ClientSession | None = field(default=None, init=False, repr=False)

    async def close(self) -> None:
        """Close the connections; whoever still listens hears the end."""
        if self._session is not None:
            await self._session.close()

    async def events(self, address: str) -> AsyncGenerator[Event]:
        """The events at an address, up to ``done``, or until the stream cannot be had any more.

        A stream that breaks off is taken up where it was (``Last-Event-ID``); one that never began is not
        tried again, since whoever follows has other ways, and waits. The key goes along to the host's own
        origin and to nobody else; redirects are not followed.
        """
        url = self._allowed(address)
        parser = EventParser()
        ends_at = asyncio.get_running_loop().time() + self.limits.total_s
        failures, began = 0, False
        while url is not None and failures < _ATTEMPTS:
            before = parser.last_id
            async with contextlib.aclosing(self._connection(url, parser, ends_at)) as events:
                async for event in events:
                    began = True
                    yield event
                    if event.name == "done":
                        return
            if not began or asyncio.get_running_loop().time() >= ends_at:
                return
            # A host that tells no ids, or minds none, begins from the start each time: that leads nowhere.
            failures = failures + 1 if parser.last_id == before else 0
            asked_s = _PAUSE_S if parser.retry_s is None else parser.retry_s
            await self.pause(min(_LONGEST_PAUSE_S, max(0.1, asked_s) * 2**failures))
            parser = parser.resumed()

    def _allowed(self, address: str) -> URL | None:
        try:
            url = URL(address)
            if not url.host:
                return None
            plain_allowed = self.local or url.origin() == URL(self.base_url).origin()
        except ValueError:
            return None
        return url if url.scheme == "https" or (url.scheme == "http" and plain_allowed) else None

    async def _connection(self, url: URL, parser: EventParser, ends_at: float) -> AsyncGenerator[Event]:
        """The events of one connection; however it ends, that is all."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if parser.last_id:
            headers["Last-Event-ID"] = parser.last_id
        if self.token and url.origin() == URL(self.base_url).origin():
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            async with self._opened().get(url, headers=headers, allow_redirects=False) as response:
                if response.status != 200 or response.content_type != "text/event-stream":
                    log.info("stream.none", host=self.host, status=response.status)
                    return
                async for chunk in response.content.iter_any():
                    for event in parser.feed(chunk):
                        yield event
                    if asyncio.get_running_loop().time() >= ends_at:
                        return
        except _BROKEN as error:
            log.info("stream.broke", host=self.host, error=type(error).__name__)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=connector(public_only=not self.local, limit=0),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=self.limits.connect_s, sock_read=self.limits.silence_s
                ),
                headers={"User-Agent": "Riffcord"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

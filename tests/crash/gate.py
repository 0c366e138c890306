"""A reverse proxy that can hold one request: the way to kill a process at an exact point.

The bot talks to its music host through the gate; the room holds requests to Discord itself. A hold
``before`` keeps a request from ever reaching the other side until it is released; a hold ``after`` lets it
happen and keeps back the answer. Where a gate has weather, requests meet it on their way.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import aiohttp
from aiohttp import web

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Accident(Protocol):
    """What happens to one request between the two sides."""

    async def before(self, request: web.Request) -> web.Response | None:
        """What is answered instead of asking the other side; None: it is asked."""
        ...

    def after(self, request: web.Request) -> None:
        """What becomes of the answer."""
        ...


@dataclass
class Hold:
    """One request to catch, once."""

    method: str
    path: re.Pattern[str]
    point: Literal["before", "after"]
    with_files: bool = False
    """Only a request that brings files."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    taken: bool = False

    def catches(self, request: web.Request, point: str) -> bool:
        """Whether this is the request and the point; claims it if so."""
        if self.taken or self.point != point or self.method != request.method:
            return False
        if self.with_files and not request.content_type.startswith("multipart/"):
            return False
        self.taken = self.path.search(request.path) is not None
        return self.taken


class Gate:
    """Forwards everything to ``upstream``; ``weather`` has an accident for each request, or None."""

    def __init__(
        self, upstream: str, *, weather: Callable[[web.Request], Accident | None] | None = None
    ) -> None:
        self._upstream = upstream.rstrip("/")
        self._weather = weather
        self._holds: list[Hold] = []
        self.url = ""

    def hold(
        self, method: str, path: str, point: Literal["before", "after"], *, with_files: bool = False
    ) -> Hold:
        """Catch the next request whose path matches the pattern."""
        hold = Hold(method, re.compile(path), point, with_files)
        self._holds.append(hold)
        return hold

    def let_go(self, hold: Hold) -> None:
        """Catch nothing more with this hold, and let go on what it caught."""
        hold.taken = True
        hold.released.set()
        self._holds.remove(hold)

    def let_all_go(self) -> None:
        """Catch nothing more, and let go on whatever was caught."""
        for hold in tuple(self._holds):
            self.let_go(hold)

    async def _wait(self, request: web.Request, point: str) -> None:
        for hold in tuple(self._holds):
            if hold.catches(request, point):
                hold.reached.set()
                await hold.released.wait()

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.read()
        except ConnectionError:
            raise web.HTTPBadRequest from None  # the caller died in the middle of it: nobody reads this
        await self._wait(request, "before")
        if request.transport is None or request.transport.is_closing():
            raise web.HTTPServiceUnavailable  # the caller died: what was held never happens
        accident = self._weather(request) if self._weather is not None else None
        if accident is not None and (instead := await accident.before(request)) is not None:
            return instead
        answer = await self._asked(request, body)
        await self._wait(request, "after")
        if accident is not None:
            accident.after(request)
        return answer

    async def _asked(self, request: web.Request, body: bytes) -> web.Response:
        """The other side's answer; 502 where there is nobody."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        session: aiohttp.ClientSession = request.app[_SESSION]
        try:
            async with session.request(
                request.method,
                self._upstream + request.raw_path,
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as answer:
                content = await answer.read()
        except aiohttp.ClientConnectionError:
            raise web.HTTPBadGateway from None
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
        return web.Response(status=answer.status, body=content, headers=kept)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[Gate]:
        """Serve on a free port of this machine."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._forward)
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            app[_SESSION] = session
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                yield self
            finally:
                self.let_all_go()
                await runner.cleanup()


_SESSION = web.AppKey("session", aiohttp.ClientSession)

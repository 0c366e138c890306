"""Webhooks for one command: for a host that tells what it made, and cannot be asked."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import ExitCode, NotUnderstood, StartupError
from bot.jobs.ports import Host
from bot.protocol.runs import Run
from bot.settings import Settings
from bot.web.app import serving
from bot.web.reach import Reach, reach
from bot.web.webhooks import MOST_INLINE_BYTES, read_body, run_told

_MOST_NEWS: Final = 8
"""Untaken ones: each may hold a whole file."""


@dataclass
class Listener:
    """An address that only the host is told, and what came in there."""

    host: Host
    address: str = ""
    news: asyncio.Queue[Run] = field(default_factory=lambda: asyncio.Queue[Run](_MOST_NEWS))

    async def take(self, request: web.Request) -> web.Response:
        """Check and keep what a host tells; while nobody takes it, it shall say it again."""
        if self.news.full():
            raise web.HTTPServiceUnavailable
        body = await read_body(request, MOST_INLINE_BYTES)
        verifier = await self.host.verifier()
        if verifier is not None and not verifier.verify(request.headers, body):
            raise web.HTTPUnauthorized
        try:
            self.news.put_nowait(await run_told(self.host, body))
        except NotUnderstood:
            raise web.HTTPBadRequest from None
        except asyncio.QueueFull:
            raise web.HTTPServiceUnavailable from None
        return web.Response(status=204)


@contextlib.asynccontextmanager
async def listening(settings: Settings, host: Host) -> AsyncGenerator[Listener | None]:
    """A listener where the host needs one, else None.

    Raises:
        StartupError: ``no_webhook_address``: it is out there, and ``PUBLIC_URL`` is not set.
    """
    if host.offers.polls or not host.offers.webhooks:
        yield None
        return
    ways = await reach(settings, {host.name: host})
    path = f"/hooks/{secrets.token_urlsafe(16)}"
    made = Listener(host)
    app = web.Application(client_max_size=MOST_INLINE_BYTES)
    app.router.add_post(path, made.take)
    bind, port = _place(settings, ways, host)
    async with serving(app, bind=bind, port=port) as url:
        made.address = ways.bases(urlsplit(url).port or port)[host.name] + path
        yield made


def _place(settings: Settings, ways: Reach, host: Host) -> tuple[str, int]:
    """Where to listen: only there where the host comes in, on any port that is free if nothing says which."""
    if host.name in ways.public:
        return settings.web_bind, settings.web_port
    if host.name not in ways.own:
        raise StartupError("no_webhook_address", ExitCode.BAD_SETTINGS, host=host.name)
    if ways.local_url is not None:
        return settings.web_bind, urlsplit(ways.local_url).port or settings.web_port
    return ways.own[host.name], 0

"""The bot's own web server: webhooks in, whole takes out, and health for whoever watches the process."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Protocol

from aiohttp import web

from bot.errors import ExitCode, StartupError
from bot.web.malformed import HTTP_LOG
from bot.web.webhooks import MOST_INLINE_BYTES

Health = Callable[[], Awaitable[dict[str, object]]]
"""Facts for ``GET /health``; ``ok`` decides between 200 and 503."""


class Door(Protocol):
    """A part of the application."""

    def add_routes(self, app: web.Application) -> None:
        """Put its addresses into the application."""
        ...


def build_app(door: Door, health: Health, *others: Door) -> web.Application:
    """The application, not yet listening."""
    app = web.Application(client_max_size=MOST_INLINE_BYTES)
    for each in (door, *others):
        each.add_routes(app)

    async def tell_health(_request: web.Request) -> web.Response:
        facts = await health()
        return web.json_response(facts, status=200 if facts["ok"] else 503)

    app.router.add_get("/health", tell_health)
    return app


@contextlib.asynccontextmanager
async def serving(
    app: web.Application, *, bind: str, port: int, also: Sequence[str] = ()
) -> AsyncGenerator[str]:
    """Listen until the end of the block, on ``bind`` and on the same port of the addresses in ``also``.

    Yields the address for callers on this machine.

    Raises:
        StartupError: ``port_in_use`` or ``cannot_bind``.
    """
    runner = web.AppRunner(app, access_log=None, logger=HTTP_LOG, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await _listen(runner, bind, port)
        host, real_port = runner.addresses[0][:2]
        for address in also:
            await _listen(runner, address, real_port)
        host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        yield f"http://{f'[{host}]' if ':' in host else host}:{real_port}"
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, address: str, port: int) -> None:
    try:
        await web.TCPSite(runner, address, port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartupError("port_in_use", ExitCode.PORT_IN_USE, port=port, setting="WEB_PORT") from error
        raise StartupError("cannot_bind", ExitCode.BAD_SETTINGS, address=address) from error

"""The bot's own web server: webhooks in, and health for whoever watches the process."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import AsyncGenerator, Awaitable, Callable

from aiohttp import web

from bot.errors import ExitCode, StartupError
from bot.web.malformed import HTTP_LOG
from bot.web.webhooks import MOST_BYTES, WebhookDoor

Health = Callable[[], Awaitable[dict[str, object]]]
"""Facts for ``GET /health``; ``ok`` decides between 200 and 503."""


def build_app(door: WebhookDoor, health: Health) -> web.Application:
    """The application, not yet listening."""
    app = web.Application(client_max_size=MOST_BYTES)
    door.add_routes(app)

    async def tell_health(_request: web.Request) -> web.Response:
        facts = await health()
        return web.json_response(facts, status=200 if facts["ok"] else 503)

    app.router.add_get("/health", tell_health)
    return app


@contextlib.asynccontextmanager
async def serving(app: web.Application, *, bind: str, port: int) -> AsyncGenerator[str]:
    """Listen until the end of the block; yields the address for callers on this machine.

    Raises:
        StartupError: ``port_in_use`` or ``cannot_bind``.
    """
    runner = web.AppRunner(app, access_log=None, logger=HTTP_LOG, shutdown_timeout=2.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, bind, port).start()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartupError(
                    "port_in_use", ExitCode.PORT_IN_USE, port=port, setting="WEB_PORT"
                ) from error
            raise StartupError("cannot_bind", ExitCode.BAD_SETTINGS, address=bind) from error
        host, real_port = runner.addresses[0][:2]
        host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        yield f"http://{f'[{host}]' if ':' in host else host}:{real_port}"
    finally:
        await runner.cleanup()

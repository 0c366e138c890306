"""The room put together: world, gateway, REST server, CDN and page, started and stopped in order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import structlog
from aiohttp import web

from bot.errors import ExitCode, StartupError
from bot.room.acks import AckBook
from bot.room.address import RoomAddress
from bot.room.blobs import BlobStore
from bot.room.cdn import RoomCdn
from bot.room.control import Control
from bot.room.gateway import Gateway
from bot.room.media import content_type
from bot.room.page import RoomPageServer
from bot.room.register import Register
from bot.room.rest import API_PREFIX, RestApi, SeenRequest
from bot.room.simcord_internals import (
    DIRECT,
    ActorRefusal,
    RoomBackend,
    RoomEnv,
    RoomPreview,
    check,
    install,
)
from bot.room.world import World

HOST = "127.0.0.1"

log = structlog.get_logger(__name__)


class Room:
    """A local Discord. Use as an async context manager; ``address`` is known inside of it."""

    def __init__(
        self,
        *,
        rest_port: int = 0,
        page_port: int = 0,
        control: bool = False,
        on_request: Callable[[SeenRequest], None] | None = None,
        kept_in: Path | None = None,
    ) -> None:
        """Prepare it; nothing is open before it is entered.

        Args:
            rest_port: For the bot; 0 takes any free one, as does ``page_port``, for the page.
            page_port: See above.
            control: Whether tests may act as members.
            on_request: Told of each request of the bot.
            kept_in: The file that keeps who is who for the room's next life; None: nobody is known again.
        """
        check()
        install()
        self._ports = (rest_port, page_port)
        self._with_control = control
        self._on_request = on_request or (_ignore if control else None)
        self._register = Register(kept_in)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.blobs = BlobStore()
            stack.callback(self.blobs.close)
            self.cdn = RoomCdn(self.blobs)
            self.backend = RoomBackend(self.cdn, self._register)
            self.gateway = Gateway(self.backend)
            self.acks = AckBook()
            self.env = RoomEnv(self.backend, self.acks, lambda: self.gateway.bot_is_here)
            self.rest = RestApi(self.backend, self.gateway, self.acks, self._on_request)
            base_url = await self._start_rest(stack)
            self.cdn.base_url = f"{base_url}/cdn"
            self.gateway.url = f"{base_url.replace('http', 'ws', 1)}/gateway"
            self.world = World(self.env, self.cdn)
            self._register.keep()
            page_url = await self._start_page(stack)
            self.address = RoomAddress(f"{base_url}{API_PREFIX}", self.gateway.url, page_url)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start_rest(self, stack: AsyncExitStack) -> str:
        app = web.Application(middlewares=[_local_only], handler_args={"access_log": None})
        app.router.add_route("*", f"{API_PREFIX}/{{tail:.*}}", self.rest.handle)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/cdn/{tail:.*}", self._serve_file)
        if self._with_control:
            Control(self).add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(self.gateway.close)
        site = web.TCPSite(runner, HOST, self._ports[0])
        try:
            await site.start()
        except OSError as busy:
            raise StartupError(
                "port_in_use", ExitCode.PORT_IN_USE, port=self._ports[0], setting="ROOM_PORT"
            ) from busy
        port: int = runner.addresses[0][1]
        return f"http://{HOST}:{port}"

    async def _start_page(self, stack: AsyncExitStack) -> str:
        self.preview = RoomPreview(
            self.env,
            tuple(self.world.members.values()),
            port=self._ports[1],
            channels=lambda: self.world.channels,
            about=self._about,
            server=RoomPageServer,
        )
        try:
            await stack.enter_async_context(self.preview)
        except ActorRefusal as busy:
            raise StartupError(
                "port_in_use", ExitCode.PORT_IN_USE, port=self._ports[1], setting="ROOM_PORT"
            ) from busy
        return self.preview.url

    def _about(self, channel_id: int, member_id: int) -> dict[str, Any]:
        """What a member's page shows beside simcord's own snapshot."""
        shown = self.world.channels.get(channel_id)
        is_direct = shown is not None and shown.guild is None
        return {
            "botIsHere": self.gateway.bot_is_here,
            "guild": self.world.guild.name,
            "channelId": DIRECT if is_direct else str(channel_id),
            "channels": [place._asdict() for place in self.world.places(member_id)],
            **self.world.locales(member_id),
            "ageRestricted": shown is not None and self.backend.is_age_restricted(channel_id),
            "manages": shown is not None and self.backend.manages(channel_id, member_id),
            "moderators": self.world.moderator_ids,
        }

    async def _serve_file(self, request: web.Request) -> web.Response:
        blob = self.cdn.at_path("/" + request.match_info["tail"])
        if blob is None:
            raise web.HTTPNotFound
        return web.Response(body=blob.read(), content_type=content_type(request.path.rsplit("/", 1)[-1]))


@web.middleware
async def _local_only(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuse what a web page could send: bots send no Origin, and know the host by its address."""
    name = request.host.rsplit(":", 1)[0]
    if name not in (HOST, "localhost") or "Origin" in request.headers:
        raise web.HTTPForbidden
    return await handler(request)


def _ignore(_: SeenRequest) -> None:
    """Requests are remembered for the control endpoint; nobody else listens."""

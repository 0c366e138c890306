"""A gateway for a bot whose shard has no server: it works on jobs, and no member ever speaks to it.

Discord gives each event to one shard only. The room has one server, so a second bot beside the first is
connected through here: what the room's gateway says is passed on without servers and their events.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator

import aiohttp
from aiohttp import web


def _passed_on(frame: str) -> str | None:
    """The frame as the empty shard gets it; None: not at all."""
    told = json.loads(frame)
    if told["op"] != 0:
        return frame
    if told["t"] != "READY":
        return None
    told["d"]["guilds"] = []
    return json.dumps(told)


@contextlib.asynccontextmanager
async def empty_shard(gateway_url: str) -> AsyncGenerator[str]:
    """The address of such a gateway, in front of the room's."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        here = web.WebSocketResponse(max_msg_size=0)
        await here.prepare(request)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(gateway_url, max_msg_size=0) as room,
        ):

            async def inward() -> None:
                async for message in here:
                    await room.send_str(message.data)
                await room.close()

            sending = asyncio.create_task(inward())
            try:
                async for message in room:
                    if message.type is aiohttp.WSMsgType.TEXT and (frame := _passed_on(message.data)):
                        await here.send_str(frame)
            except ConnectionError:  # the bot was killed
                pass
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        return here

    app = web.Application()
    app.router.add_get("/gateway", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/gateway"
    finally:
        await runner.cleanup()

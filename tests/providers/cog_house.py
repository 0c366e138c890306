"""A job machine with its door open and a real container for its host, and something between the two."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.processes import free_port
from bot.providers.cog import CogHost
from bot.providers.rates import Rates
from bot.web.app import build_app
from bot.web.app import serving as serving_door
from bot.web.webhooks import WebhookDoor
from tests.jobs.world import World
from tests.peers.cog import document
from tests.web.api.support import listening, serving

TOKEN = "a-token-of-its-own"
_ADDRESS = {"type": "string", "format": "uri"}
CLIPS = document({"prompt": {"type": "string"}}, {"type": "array", "items": _ADDRESS}, required=("prompt",))


@dataclass(frozen=True)
class Heard:
    """A webhook on its way."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """What it says."""
        return json.loads(self.body)


@dataclass
class Relay:
    """Hands calls on to the container, and of what that tells to our door what the test wants."""

    container_url: str
    door_url: str
    session: aiohttp.ClientSession
    url: str = ""
    heard: list[Heard] = field(default_factory=list[Heard])
    news: asyncio.Event = field(default_factory=asyncio.Event)
    puts: int = 0
    """Calls that order something."""
    loses_answers: bool = False
    """Of those calls."""

    async def call(self, request: web.Request) -> web.Response:
        """A call of ours."""
        self.puts += request.method == "PUT"
        headers = {
            name: request.headers[name] for name in ("Content-Type", "Prefer") if name in request.headers
        }
        body = await request.read()
        async with self.session.request(
            request.method, self.container_url + request.path, data=body, headers=headers
        ) as answer:
            if self.loses_answers and request.method == "PUT":
                assert request.transport is not None
                request.transport.close()
            return web.Response(
                status=answer.status, body=await answer.read(), content_type=answer.content_type
            )

    async def take(self, request: web.Request) -> web.Response:
        """A webhook of the container's: kept."""
        headers = {name: request.headers[name] for name in ("Content-Type", "Authorization")}
        self.heard.append(Heard(request.path, headers, await request.read()))
        self.news.set()
        return web.Response()

    async def until(self, status: str) -> Heard:
        """The first webhook that tells this."""
        async with asyncio.timeout(60):
            while True:
                self.news.clear()
                found = [each for each in self.heard if each.told["status"] == status]
                if found:
                    return found[0]
                await self.news.wait()

    async def hand_on(self, webhook: Heard, **headers: str) -> int:
        """Tell our door; the status of its answer."""
        async with self.session.post(
            self.door_url + webhook.path, data=webhook.body, headers={**webhook.headers, **headers}
        ) as answer:
            return answer.status


@dataclass
class House:
    """One instance of the bot without Discord."""

    world: World
    jobs: Jobs
    relay: Relay

    async def ordered(self, prompt: str = "funk") -> Job:
        """A riff that was ordered, as far as it gets by itself."""
        job = await self.world.order(self.jobs, host="paid", prompt=prompt)
        return await self.now(job)

    async def now(self, job: Job) -> Job:
        """The job when nothing more happens by itself."""
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)

    async def later(self, job: Job, seconds: float = 30.0) -> Job:
        """The job after some time."""
        self.world.clock.advance(seconds)
        return await self.now(job)


@contextlib.asynccontextmanager
async def house_at(container_url: str, folder: Path, database_url: str) -> AsyncGenerator[House]:
    """A house whose host ``paid`` is that container."""
    world = World(folder, database_url)
    port = free_port()
    listener, url = listening()
    host = CogHost(name="paid", base_url=url, webhook_token=TOKEN)
    host.http.rates = Rates(clock=lambda: world.now().timestamp())
    host.http.pause = _no_pause
    world.hosts["paid"], world.webhook_base = host, url
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(host.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        relay = Relay(container_url, f"http://127.0.0.1:{port}", session, url)
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/hooks/{tail:.*}", relay.take)
        app.router.add_route("*", "/{tail:.*}", relay.call)
        await stack.enter_async_context(serving(app, listener))
        jobs = await stack.enter_async_context(world.life())
        await jobs.open()
        door = build_app(WebhookDoor(jobs, {"paid": host}), _healthy)
        await stack.enter_async_context(serving_door(door, bind="127.0.0.1", port=port))
        yield House(world, jobs, relay)
        assert await jobs.check_books() == []


async def _no_pause(seconds: float) -> None:
    """Nobody waits here."""


async def _healthy() -> dict[str, object]:
    return {"ok": True}

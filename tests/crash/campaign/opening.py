"""A town is built: every process started, with the gates between them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web as http

from bot.processes import free_port
from bot.room import RoomAddress
from tests import forked
from tests.crash.campaign.lives import Life
from tests.crash.campaign.shard import empty_shard
from tests.crash.campaign.town import PAID, Town, Worker
from tests.crash.campaign.view import View, watching
from tests.crash.campaign.weather import Weather
from tests.crash.gate import Gate
from tests.peers.standin import TOKEN
from tests.room.driver import process, room_process

_PATIENCE: Final = {
    "JOBS_DEADLINE_S": "90",
    "JOBS_FIRST_POLL_S": "0.5",
    "JOBS_SLOWEST_POLL_S": "4",
    "JOBS_BETWEEN_READS_S": "1.5",
    "JOBS_CARD_GRACE_S": "1",
    "JOBS_LEASE_S": "3",
}
_HOOK = re.compile(r"/hooks/([^/]+)/")


def _environment(folder: Path, database_url: str | None, **settings: str) -> dict[str, str]:
    return {
        **os.environ,
        **_PATIENCE,
        "RIFFCORD_DATA": str(folder / "data"),
        "DATABASE_URL": database_url or "",
        "DISCORD_TOKEN": "",
        "ENGINE_WORKERS": "1",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "json",
        **settings,
    }


async def _release(environment: dict[str, str]) -> None:
    release = await forked.start("bot", "release", environment=environment, lifeline=True)
    if await release.wait() != 0:
        raise RuntimeError("the database could not be prepared")


@contextlib.asynccontextmanager
async def _paid_host(seed: str) -> AsyncGenerator[tuple[str, str]]:
    """Its address and that of its books."""
    async with process("tests.crash.campaign.paid_host", stdout=PIPE, arguments=[seed]) as child:
        assert child.stdout is not None
        url, books_url = (await child.stdout.readline()).decode().split()
        yield url, books_url


def _learning(view: View, lives: Mapping[str, Life], name: str) -> Any:
    """A weather without accidents: from the orders that pass it learns by which name a bot holds rows."""
    learning: set[asyncio.Task[None]] = set()

    async def learn(body: bytes) -> None:
        if (hook := _HOOK.search(body.decode(errors="replace"))) is not None:
            lives[name].owner = await view.owner_of(hook[1]) or lives[name].owner

    def look(request: http.Request) -> None:
        async def read() -> None:
            await learn(await request.read())

        if request.method == "POST" and request.path.endswith("/predictions"):
            task = asyncio.create_task(read())
            learning.add(task)
            task.add_done_callback(learning.discard)

    return look


class _Opening:
    """What the processes of one town have in common."""

    def __init__(
        self,
        stack: contextlib.AsyncExitStack,
        folder: Path,
        seed: int,
        database_url: str | None,
        paid_url: str,
    ) -> None:
        self.lives: dict[str, Life] = {}
        self.engine_port, self.web_port = free_port(), free_port()
        self.engine_url = f"http://127.0.0.1:{self.engine_port}"
        self.weather = Weather(f"{seed}/discord")
        self._stack = stack
        self._folder = folder
        self._database_url = database_url
        self._paid_url = paid_url

    def life(self, name: str, role: str, **settings: str) -> Life:
        """A process that is not started yet, and is ended with the town."""
        database_url = None if role == "engine" else self._database_url
        environment = _environment(self._folder, database_url, **settings)
        made = self.lives[name] = Life(name, role, environment, self._folder / f"{name}.log")
        self._stack.push_async_callback(made.close)
        return made

    async def gate(self, upstream: str, weather: Any = None) -> Gate:
        """A gate that is open as long as the town stands."""
        return await self._stack.enter_async_context(Gate(upstream, weather=weather).running())

    async def worker(
        self, name: str, address: RoomAddress, gateway_url: str, view: View, **settings: str
    ) -> Worker:
        """A bot behind gates of its own."""
        discord = await self.gate(address.api_url.removesuffix("/api/v10"), self.weather)
        paid = await self.gate(self._paid_url, _learning(view, self.lives, name))
        engine = await self.gate(self.engine_url, _learning(view, self.lives, name))
        life = self.life(
            name,
            "bot",
            DISCORD_API_URL=f"{discord.url}/api/v10",
            DISCORD_GATEWAY_URL=gateway_url,
            REPLICATE_BASE_URL=f"{paid.url}/v1",
            ENGINE_URL=engine.url,
            **settings,
        )
        return Worker(life, discord, paid, engine)


@contextlib.asynccontextmanager
async def town(
    folder: Path, seed: int, database_url: str | None, *, first_host: str = PAID
) -> AsyncGenerator[Town]:
    """Everything up: Discord, hosts, the bot and its web server; on PostgreSQL two bots and a web process."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        room, (paid_url, books_url), _ = await asyncio.gather(
            stack.enter_async_context(room_process()),
            stack.enter_async_context(_paid_host(str(seed))),
            _release(_environment(folder, database_url)),
        )
        opening = _Opening(stack, folder, seed, database_url, paid_url)
        engine = opening.life("engine", "engine", ENGINE_PORT=str(opening.engine_port))
        view = await stack.enter_async_context(watching(folder / "data", database_url))
        hooks = await opening.gate(f"http://127.0.0.1:{opening.web_port}")
        shared = {"LOCAL_URL": hooks.url, "REPLICATE_API_TOKEN": TOKEN, "DEFAULT_HOST": first_host}
        there, gateway_url, web_port = room.address, room.address.gateway_url, str(opening.web_port)
        if database_url is None:
            workers = [await opening.worker("bot", there, gateway_url, view, **shared, WEB_PORT=web_port)]
            web = workers[0].life
        else:
            empty = await stack.enter_async_context(empty_shard(gateway_url))
            workers = [
                await opening.worker("bot", there, gateway_url, view, **shared),
                await opening.worker("second bot", there, empty, view, **shared),
            ]
            hosts = {"REPLICATE_BASE_URL": f"{paid_url}/v1", "ENGINE_URL": opening.engine_url}
            web = opening.life("web", "web", **shared, **hosts, WEB_PORT=web_port)
        await asyncio.gather(*(life.start() for life in opening.lives.values()))
        yield Town(
            room, view, books_url, workers, engine, web, hooks, opening.weather, folder, first_host, session
        )

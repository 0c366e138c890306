"""Everything of a campaign, each in a process of its own, and the gates between them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.processes import free_port, start_child
from tests.crash.campaign.lives import UP_S, Life
from tests.crash.campaign.shard import empty_shard
from tests.crash.campaign.view import View, watching
from tests.crash.campaign.weather import Weather
from tests.crash.gate import Gate
from tests.peers.standin import TOKEN
from tests.room.driver import RoomDriver, process, room_process

PAID, ENGINE = "replicate", "engine"
"""Names of the two hosts."""
PATIENCE = {
    "JOBS_DEADLINE_S": "90",
    "JOBS_FIRST_POLL_S": "0.5",
    "JOBS_SLOWEST_POLL_S": "4",
    "JOBS_BETWEEN_READS_S": "1.5",
    "JOBS_CARD_GRACE_S": "1",
    "JOBS_LEASE_S": "3",
}
_HOOK = re.compile(r"/hooks/([^/]+)/")


@dataclass
class Worker:
    """A bot, and the gates through which it speaks to others."""

    life: Life
    discord: Gate
    paid: Gate
    engine: Gate


@dataclass
class Town:
    """A running campaign's places. Get it from :func:`town`."""

    room: RoomDriver
    view: View
    books_url: str
    workers: list[Worker]
    """The first takes the members' orders."""
    engine: Life
    web: Life
    """Who takes webhooks in: a process of its own, or the bot."""
    hooks: Gate
    weather: Weather
    folder: Path
    next_host: str
    """Where the next life of the bot that takes orders sends them."""
    _session: aiohttp.ClientSession = field(repr=False)

    @property
    def lives(self) -> list[Life]:
        """Every process that may be killed."""
        return list({id(life): life for life in (*self._bots, self.web, self.engine)}.values())

    @property
    def _bots(self) -> list[Life]:
        return [worker.life for worker in self.workers]

    async def books(self) -> dict[str, Any]:
        """What the paid host has in its books."""
        async with self._session.get(self.books_url) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def kill(self, victim: Life, away_s: float) -> None:
        """``kill -9``; the process comes back after ``away_s``."""
        if victim is self.workers[0].life:
            victim.environment["DEFAULT_HOST"] = self.next_host
        await victim.kill(away_s)

    async def orders_go_to(self, host: str) -> None:
        """Have the bot that takes orders send them to this host: a setting, so it is started anew."""
        life = self.workers[0].life
        if life.environment["DEFAULT_HOST"] != host:
            await life.is_up()
            life.environment["DEFAULT_HOST"] = host
            await life.replace()


def _environment(folder: Path, database_url: str | None, **settings: str) -> dict[str, str]:
    return {
        **os.environ,
        **PATIENCE,
        "RIFFCORD_DATA": str(folder / "data"),
        **({} if database_url is None else {"DATABASE_URL": database_url}),
        "DISCORD_TOKEN": "",
        "ENGINE_WORKERS": "1",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "json",
        **settings,
    }


async def _release(environment: dict[str, str]) -> None:
    if await (await start_child(["release"], environment)).wait() != 0:
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

    def look(request: web.Request) -> None:
        async def read() -> None:
            await learn(await request.read())

        if request.method == "POST" and request.path.endswith("/predictions"):
            task = asyncio.create_task(read())
            learning.add(task)
            task.add_done_callback(learning.discard)

    return look


@contextlib.asynccontextmanager
async def town(
    folder: Path, seed: int, database_url: str | None, *, first_host: str = PAID
) -> AsyncGenerator[Town]:
    """Everything up: Discord, hosts, the bot and its web server; on PostgreSQL two bots and a web process."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    engine_port, web_port = free_port(), free_port()
    engine_url = f"http://127.0.0.1:{engine_port}"
    lives: dict[str, Life] = {}
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        room, (paid_url, books_url), _ = await asyncio.gather(
            stack.enter_async_context(room_process()),
            stack.enter_async_context(_paid_host(str(seed))),
            _release(_environment(folder, database_url)),
        )
        view = await stack.enter_async_context(watching(folder / "data", database_url))
        hooks = await stack.enter_async_context(Gate(f"http://127.0.0.1:{web_port}").running())
        shared = {"LOCAL_URL": hooks.url, "REPLICATE_API_TOKEN": TOKEN, "DEFAULT_HOST": first_host}
        weather = Weather(f"{seed}/discord")
        empty = await stack.enter_async_context(empty_shard(room.address.gateway_url))

        async def worker(name: str, gateway_url: str, port: int) -> Worker:
            discord = Gate(room.address.api_url.removesuffix("/api/v10"), weather=weather)
            paid = Gate(paid_url, weather=_learning(view, lives, name))
            to_engine = Gate(engine_url, weather=_learning(view, lives, name))
            for gate in (discord, paid, to_engine):
                await stack.enter_async_context(gate.running())
            environment = _environment(
                folder,
                database_url,
                **shared,
                DISCORD_API_URL=f"{discord.url}/api/v10",
                DISCORD_GATEWAY_URL=gateway_url,
                REPLICATE_BASE_URL=f"{paid.url}/v1",
                ENGINE_URL=to_engine.url,
                WEB_PORT=str(port),
            )
            lives[name] = Life(name, "bot", environment, folder / f"{name}.log")
            return Worker(lives[name], discord, paid, to_engine)

        gateway = room.address.gateway_url
        engine_settings = _environment(folder, None, ENGINE_PORT=str(engine_port))
        engine = Life("engine", "engine", engine_settings, folder / "engine.log")
        if database_url is None:
            workers = [await worker("bot", gateway, web_port)]
            serving = workers[0].life
        else:
            workers = [await worker("bot", gateway, 0), await worker("second bot", empty, 0)]
            web_settings = _environment(
                folder,
                database_url,
                **shared,
                REPLICATE_BASE_URL=f"{paid_url}/v1",
                ENGINE_URL=engine_url,
                WEB_PORT=str(web_port),
            )
            serving = Life("web", "web", web_settings, folder / "web.log")
        built = Town(
            room, view, books_url, workers, engine, serving, hooks, weather, folder, first_host, session
        )
        for life in built.lives:
            stack.push_async_callback(life.close)
        async with asyncio.timeout(UP_S):
            await asyncio.gather(*(life.start() for life in built.lives))
        yield built


def complaints(folder: Path) -> Counter[str]:
    """What the processes logged as errors, by event."""
    found: Counter[str] = Counter()
    for file in folder.glob("*.log"):
        for line in file.read_text("utf-8", errors="replace").splitlines():
            if '"level": "error"' in line or '"level":"error"' in line or line.startswith("Traceback"):
                event = re.search(r'"event": ?"([^"]*)"', line)
                found[f"{file.stem}: {event[1] if event else line}"] += 1
    return found

"""A room, an engine server and the bot, each a process, and the ways to look at them and to kill them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import psutil

from bot.processes import free_port, parse_ready, start_child, stop_child
from tests import forked
from tests.room.driver import RoomDriver, room_process

START_S = 40.0
RESULT_S = 60.0


class House:
    """Everything a test needs of a running Riffcord. Get it from :func:`house`."""

    def __init__(
        self,
        room: RoomDriver,
        data: Path,
        *,
        engine_url: str | None,
        engine_port: int,
        workers: int,
        cold: bool,
    ) -> None:
        self.room = room
        self.data = data
        self.engine_url = engine_url or f"http://127.0.0.1:{engine_port}"
        self.engine_port = engine_port
        self.engine_workers = workers
        self._cold = cold
        self.web_port = free_port()
        self.bot: Process | None = None
        self.engine: Process | None = None
        self.beside: list[Process] = []
        """Other roles."""

    def environment(self, **settings: str) -> dict[str, str]:
        """What the processes are started with."""
        return {
            **os.environ,
            "RIFFCORD_DATA": str(self.data),
            "ENGINE_PORT": str(self.engine_port),
            "ENGINE_URL": self.engine_url,
            "ENGINE_WORKERS": str(self.engine_workers),
            "WEB_PORT": str(self.web_port),
            "DISCORD_API_URL": self.room.address.api_url,
            "DISCORD_GATEWAY_URL": self.room.address.gateway_url,
            "LOG_LEVEL": "WARNING",
            **settings,
        }

    async def start_engine(self) -> None:
        """Start the engine server and wait until it answers."""
        self.engine = await self._started("engine")

    async def start_bot(self) -> None:
        """Start the bot and wait until it is on Discord with its commands told."""
        self.bot = await self._started("bot")
        await self.room.until_bot_is(here=True)

    async def start_beside(self, role: str, **settings: str) -> Process:
        """Start a web process or a worker, and wait until it is ready."""
        started = await start_child([role], self.environment(**settings))
        self.beside.append(started)
        return await _ready(started)

    async def _started(self, role: str) -> Process:
        environment = self.environment()
        if self._cold:
            return await _ready(await start_child([role], environment))
        return await _ready(
            await forked.start("bot", role, environment=environment, stdout=PIPE, lifeline=True)
        )

    async def kill_bot(self, suspended: Sequence[psutil.Process] = ()) -> None:
        """``kill -9``, and wait until the room knows it; suspended workers of it may then run on."""
        assert self.bot is not None
        self.bot.kill()
        for worker in suspended:
            worker.resume()
        await self.bot.wait()
        await self.room.until_bot_is(here=False)

    async def result(self, prompt: str, *, channel: str = "riffs") -> dict[str, Any]:
        """Wait for the finished message of a prompt."""

        async def look() -> dict[str, Any] | None:
            for message in await self.room.messages(channel):
                if message["attachments"] and prompt in title_of(message):
                    return message
            return None

        return await self.room.until(look, what=f"the riff {prompt!r}", limit_s=RESULT_S)

    async def messages_about(self, prompt: str, *, channel: str = "riffs") -> list[dict[str, Any]]:
        """Every message whose title has the prompt."""
        return [m for m in await self.room.messages(channel) if prompt in title_of(m)]

    def rows(self, query: str, *, file: str = "riffcord.sqlite") -> list[tuple[Any, ...]]:
        """Look into a database from outside."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data / file}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def predictions(self) -> int:
        """How many predictions the engine ever took."""
        return self.rows("SELECT count(*) FROM predictions", file="engine.sqlite")[0][0]

    async def until_states(self, *states: str) -> None:
        """Wait until every job is in one of these states."""

        async def look() -> bool:
            found = [state for (state,) in self.rows("SELECT state FROM jobs")]
            return bool(found) and all(state in states for state in found)

        await self.room.until(look, what=f"all jobs to be {states}", limit_s=RESULT_S)

    async def close(self) -> None:
        """End bot and engine."""
        for process in (*self.beside, self.bot, self.engine):
            if process is not None:
                await stop_child(process)


def title_of(message: dict[str, Any]) -> str:
    """The title of a message's card, escapes and direction marks removed."""
    embeds: list[dict[str, Any]] = message["embeds"]
    title = str(embeds[0].get("title", "")) if embeds else ""
    return "".join(c for c in title if c not in "\\\u2068\u2069")


def rss_mb(process: Process) -> float:
    """Resident memory of a process in MB."""
    return psutil.Process(process.pid).memory_info().rss / 1e6


async def _ready(child: Process) -> Process:
    """The process, once it says that it is ready."""
    assert child.stdout is not None
    async with asyncio.timeout(START_S):
        async for line in child.stdout:
            if parse_ready(line.decode()) is not None:
                return child
    raise AssertionError(f"it ended with {await child.wait()} before it was ready")


@contextlib.asynccontextmanager
async def house(
    data: Path,
    *,
    engine_url: str | None = None,
    engine_port: int | None = None,
    workers: int = 1,
    cold: bool = False,
) -> AsyncGenerator[House]:
    """A running house; ``engine_url`` may be that of a gate in front of the engine at ``engine_port``.

    Each of the engine's ``workers`` (0: as many as cores) takes a second and a half of CPU to get ready.
    Where it is not ``cold``, bot and engine are forks of a loaded process.
    """
    async with room_process(data / "room.json") as room:
        port = engine_port or free_port()
        built = House(room, data, engine_url=engine_url, engine_port=port, workers=workers, cold=cold)
        try:
            release = await forked.start("bot", "release", environment=built.environment(), lifeline=True)
            await asyncio.gather(release.wait(), built.start_engine())
            await built.start_bot()
            yield built
        finally:
            await built.close()

"""``python -m bot``: the parent of one process tree, and nothing else.

It hands each child its ports once, so that a child that died comes back at the same address, and
restarts what dies: the room and the engine outlive the bot. No child outlives this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from asyncio.subprocess import Process
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.errors import ExitCode
from bot.named_hosts import secret_names
from bot.processes import free_port, parse_ready, start_child, stop_child, stop_on_signals
from bot.settings import AS_CALLED, Settings

log = structlog.get_logger(__name__)

_FATAL = frozenset(ExitCode) - {
    ExitCode.OK,
    ExitCode.BUG,
    ExitCode.DISCORD_UNREACHABLE,
    ExitCode.NO_SPACE,
}
"""Exit codes that another start would only repeat."""

_BOT_ONLY: tuple[str, ...] = (
    "DISCORD_TOKEN",
    "REPLICATE_API_TOKEN",
    "KKIAI_API_KEY",
    "CHAINHUB_API_KEY",
    "COG_WEBHOOK_TOKEN",
    "RIFFUSION_API_KEY",
)
"""Secrets that engine, room and migrations have no use for."""

_BACKOFF_S = (0.1, 0.5, 2.0, 5.0, 15.0)
_STEADY_S = 60.0
"""A child that lived this long starts its backoff anew."""


@dataclass
class Child:
    """One kept process: what to run, how it told that it is ready, how it fared."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str]
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    facts: dict[str, str] = field(default_factory=dict[str, str])
    process: Process | None = None
    was_ready: bool = False
    failures: int = 0


class Supervisor:
    """Starts the children in order, keeps them, and ends them all."""

    def __init__(self, settings: Settings, announce: Callable[[str], None]) -> None:
        self._settings = settings
        self._announce = announce
        self._stop = asyncio.Event()
        self._exit = ExitCode.OK
        self._environment = self._shared_environment()
        self._children: dict[str, Child] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def _shared_environment(self) -> dict[str, str]:
        """Ports are chosen once, for the life of the tree: webhooks under way keep their address."""
        settings = self._settings
        environment = dict(os.environ)
        environment["RIFFCORD_DATA"] = str(settings.riffcord_data)
        environment["WEB_PORT"] = str(settings.web_port or free_port(settings.web_bind))
        if settings.engine_url is None:
            port = settings.engine_port or free_port(settings.engine_bind)
            environment["ENGINE_PORT"] = str(port)
            # PUBLIC_URL leads to the web process; ours is told addresses as it calls.
            environment["ENGINE_PUBLIC_URL"] = settings.engine_public_url or AS_CALLED
            environment["ENGINE_URL"] = settings.engine_at(port)
        if settings.discord_token is None:
            environment["ROOM_PORT"] = str(settings.room_port or free_port())
        return environment

    async def run(self) -> ExitCode:
        """Run until a signal or a child that cannot be helped; return the exit code."""
        stop_on_signals(self._stop)
        start = asyncio.create_task(self._start())
        try:
            stopped = asyncio.create_task(self._stop.wait())
            await asyncio.wait((start, stopped), return_when=asyncio.FIRST_COMPLETED)
            if start.done():
                start.result()
            await stopped
        finally:
            self._stop.set()
            await self._end(start)
        return self._exit

    async def _end(self, start: asyncio.Task[None]) -> None:
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        # A child may just have been started: look again until every keeper has seen its child end.
        while pending := {task for task in self._tasks if not task.done()}:
            running = {name: child.process for name, child in self._children.items() if child.process}
            if (bot := running.pop("bot", None)) is not None:
                await stop_child(bot)  # first, while those that it says goodbye to are still there
            await asyncio.gather(*(stop_child(process) for process in running.values()))
            await asyncio.wait(pending, timeout=0.2)

    async def _start(self) -> None:
        local = self._settings.discord_token is None
        release = self._keep("release", ["release"])
        engine = self._keep("engine", ["engine"]) if self._settings.engine_url is None else None
        room = self._keep("room", ["room"], on_ready=self._room_moved) if local else None
        await release.ready.wait()
        if room is not None:
            await room.ready.wait()
            self._environment.update(
                DISCORD_API_URL=room.facts["api"], DISCORD_GATEWAY_URL=room.facts["gateway"]
            )
        bot = self._keep("bot", ["bot"])
        await bot.ready.wait()
        if engine is not None:
            await engine.ready.wait()
        self._announce(room.facts["page"] if room is not None else "")

    def _keep(self, name: str, arguments: list[str], *, on_ready: Callable[[], None] | None = None) -> Child:
        hidden = () if name == "bot" else (*_BOT_ONLY, *secret_names(self._environment))
        environment: Mapping[str, str] = ChainMap(dict.fromkeys(hidden, ""), self._environment)
        child = self._children[name] = Child(name, arguments, environment)
        task = asyncio.create_task(self._watch(child, on_ready), name=f"keep-{name}")
        task.add_done_callback(self._keeper_done)
        self._tasks.add(task)
        return child

    def _keeper_done(self, task: asyncio.Task[None]) -> None:
        """A keeper that breaks is our own bug: end loudly instead of keeping half a tree."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("keeper.broke", keeper=task.get_name(), exc_info=error)
            self._exit = ExitCode.BUG
            self._stop.set()

    async def _watch(self, child: Child, on_ready: Callable[[], None] | None) -> None:
        """Start the child again and again until it ends well or for good."""
        while not self._stop.is_set():
            started = time.monotonic()
            code = await self._live(child, on_ready)
            if self._stop.is_set() or self._is_over(child, code):
                return
            if time.monotonic() - started > _STEADY_S:
                child.failures = 0
            delay_s = _BACKOFF_S[min(child.failures, len(_BACKOFF_S) - 1)]
            child.failures += 1
            log.warning("child.ended", child=child.name, code=code, again_in_s=delay_s)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._stop.wait()

    async def _live(self, child: Child, on_ready: Callable[[], None] | None) -> int:
        """One life of the child, from start to exit code; what it prints passes through."""
        process = child.process = await start_child(child.arguments, child.environment)
        if process.stdout is not None:
            async for raw in process.stdout:
                self._hear(child, raw.decode(errors="replace").rstrip("\n"), on_ready)
        return await process.wait()

    def _hear(self, child: Child, line: str, on_ready: Callable[[], None] | None) -> None:
        facts = parse_ready(line)
        if facts is None:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            return
        again, child.was_ready, child.facts = child.was_ready, True, facts
        child.ready.set()
        if again and on_ready is not None:
            on_ready()

    def _is_over(self, child: Child, code: int) -> bool:
        """Whether this child needs no further start; ends the whole tree where it cannot be helped."""
        if child.name == "release" and code == ExitCode.OK:
            child.ready.set()
            return True
        if self._is_final(child, code):
            known = code in {int(named) for named in ExitCode if named is not ExitCode.OK}
            self._exit = ExitCode(code) if known else ExitCode.CHILD_FAILED
            self._stop.set()
            return True
        return False

    @staticmethod
    def _is_final(child: Child, code: int) -> bool:
        """Whether starting again is pointless: a fatal code, or it never once came up."""
        if code in _FATAL:
            return True
        if child.was_ready:
            return False
        return code == ExitCode.DISCORD_UNREACHABLE or child.failures >= 3

    def _room_moved(self) -> None:
        """The room came back as a new world: the bot has to meet it afresh."""
        room, bot = self._children["room"], self._children.get("bot")
        self._environment.update(DISCORD_API_URL=room.facts["api"], DISCORD_GATEWAY_URL=room.facts["gateway"])
        if bot is not None and bot.process is not None and bot.process.returncode is None:
            bot.process.terminate()
        self._announce(room.facts["page"])


async def supervise(settings: Settings, announce: Callable[[str], None]) -> ExitCode:
    """Run the whole tree; ``announce`` gets the room's address ("" with a Discord token) when all is up."""
    return await Supervisor(settings, announce).run()

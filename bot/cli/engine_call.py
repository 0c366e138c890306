"""The music host that a command asks; a private engine is started where none runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator
from pathlib import Path

from bot.errors import ExitCode, NotUnderstood, StartupError
from bot.jobs.limits import Times
from bot.jobs.ports import Host
from bot.processes import free_port, parse_ready, start_child
from bot.protocol.predictions import ENGINE_MODEL
from bot.protocol.runs import Result, Run
from bot.providers import hosts_from
from bot.settings import AS_CALLED, Settings

ENGINE = "engine"


@contextlib.asynccontextmanager
async def host_for(settings: Settings, name: str, scratch: Path) -> AsyncGenerator[Host]:
    """The host; a private engine that lives in ``scratch`` is started where none is configured."""
    async with (
        _reachable(settings, name, scratch) as reachable,
        hosts_from(
            reachable.model_copy(update={"default_host": name}),
            engine_deadline_s=Times().of(ENGINE).deadline_s,
        ) as hosts,
    ):
        yield hosts[name]


@contextlib.asynccontextmanager
async def _reachable(settings: Settings, host: str, folder: Path) -> AsyncGenerator[Settings]:
    if host != ENGINE or settings.engine_url is not None:
        yield settings
        return
    port = free_port()
    environment = {
        **os.environ,
        "RIFFCORD_DATA": str(folder),
        "ENGINE_BIND": "127.0.0.1",
        "ENGINE_PORT": str(port),
        "ENGINE_PUBLIC_URL": AS_CALLED,
        "ENGINE_WORKERS": "1",
        "LOG_LEVEL": "WARNING",
    }
    child = await start_child(["engine"], environment)
    try:
        await _until_ready(child)
        yield settings.model_copy(update={"engine_url": f"http://127.0.0.1:{port}"})
    finally:
        # Nothing of it is to be kept: it lives in a folder that is removed.
        if child.returncode is None:
            child.kill()
        await child.wait()


async def _until_ready(child: asyncio.subprocess.Process) -> None:
    if child.stdout is not None:
        async for line in child.stdout:
            if parse_ready(line.decode(errors="replace")) is not None:
                return
    raise StartupError("engine_not_started", ExitCode.CHILD_FAILED)


def has_extras(settings: Settings, name: str) -> bool:
    """Whether a host of this name plays with our own engine, as far as the settings tell."""
    named = (host.name for host in settings.named_hosts if host.model == ENGINE_MODEL)
    return name == ENGINE or name in named


def first_result(host: Host, run: Run) -> Result:
    """What was made, where it is one thing. Raises ``NotUnderstood`` where there is none."""
    if not run.results:
        raise NotUnderstood(host.name, "a result without audio")
    return run.results[0]

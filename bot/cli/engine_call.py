"""One request to a music host from the command line; a private engine is started where none runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncGenerator, Awaitable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.errors import (
    EngineSaid,
    ExitCode,
    InvalidInput,
    InvalidOption,
    NotUnderstood,
    PredictionFailed,
    StartupError,
)
from bot.jobs.ports import Host
from bot.processes import free_port, parse_ready, start_child
from bot.protocol.engine import EngineInput
from bot.protocol.runs import Result, Run
from bot.providers import hosts_from
from bot.settings import AS_CALLED, Settings

ENGINE = "engine"

_OPTIONS = {
    "prompt_a": "TAGS",
    "num_inference_steps": "--steps",
    "seed_image_id": "--seed-image",
    "duration": "--length-s",
    "score": "SOURCE",
    "audio": "SOURCE",
}
_PLAIN_WORDS = {
    "should be less than or equal to": "must be at most",
    "should be greater than or equal to": "must be at least",
    "should be less than": "must be less than",
    "should be greater than": "must be more than",
    "String should have at most": "must have at most",
    "should be a valid": "must be a",
}
_POLL_S = 0.1
_POLL_ELSEWHERE_S = 1.0
"""A host that is not our own counts our calls."""
_REFUSED_FIELD = re.compile(r"- input\.([a-z_]+)\S*: (.+)")


@contextlib.asynccontextmanager
async def host_for(settings: Settings, name: str, scratch: Path) -> AsyncGenerator[Host]:
    """The host; a private engine that lives in ``scratch`` is started where none is configured."""
    async with (
        _reachable(settings, name, scratch) as reachable,
        hosts_from(reachable.model_copy(update={"default_host": name})) as hosts,
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


async def until_made(host: Host, ordered: Awaitable[Run]) -> Run:
    """Follow an order to its end; Ctrl-C cancels it at the host as well.

    Raises:
        InvalidOption: our engine refuses a field.
        EngineSaid: our engine failed, and says why.
        PredictionFailed: another host failed.
    """
    try:
        run = await ordered
    except InvalidInput as error:
        found = _REFUSED_FIELD.search(error.detail) if host.local else None
        if found is None:
            raise
        raise InvalidOption(_option(found[1]), "told", told=_plainly(found[2])) from error
    try:
        while not run.ended:
            _draw(run.progress or 0.0)
            await asyncio.sleep(_POLL_S if host.local else _POLL_ELSEWHERE_S)
            run = await host.get(run.id)
    except asyncio.CancelledError:
        await host.cancel(run.id)
        raise
    _draw(1.0, last=True)
    if run.status != "succeeded":
        failed = EngineSaid if host.local and run.error else PredictionFailed
        raise failed(host.name, run.error or run.status)
    return run


def _option(field: str) -> str:
    """The option that a field of the API is given by."""
    return _OPTIONS.get(field) or "--" + field.removeprefix("normalized_").replace("_", "-")


def _plainly(told: str) -> str:
    """What is wrong, without the words of the library that checks."""
    text = told.removeprefix("Input ").removeprefix("Value error, ").rstrip(".")
    for ours, plain in _PLAIN_WORDS.items():
        text = text.replace(ours, plain)
    return text


def _draw(progress: float, *, last: bool = False) -> None:
    """A bar on a terminal, nothing elsewhere."""
    if sys.stderr.isatty():
        full = round(progress * 30)
        end = "\n" if last else ""
        sys.stderr.write(f"\r[{'#' * full}{'.' * (30 - full)}] {progress:4.0%}{end}")
        sys.stderr.flush()


def wanted(given: Mapping[str, Any]) -> EngineInput:
    """What was asked for as a request; options that were not given (None) are left out.

    Raises:
        InvalidOption: an option has a value that it cannot have.
    """
    try:
        return EngineInput.model_validate(without_none(given))
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "SOURCE"
        raise InvalidOption(_option(field), "told", told=_plainly(first["msg"])) from None


def first_result(host: Host, run: Run) -> Result:
    """What was made, where it is one thing. Raises ``NotUnderstood`` where there is none."""
    if not run.results:
        raise NotUnderstood(host.name, "a result without audio")
    return run.results[0]


def without_none(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in given.items() if value is not None}

"""One request to a music host from the command line; a private engine is started where none runs."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import re
import sys
from collections.abc import AsyncGenerator, Awaitable, Mapping
from pathlib import Path
from typing import Any, cast

import aiohttp

from bot.errors import (
    EngineSaid,
    ExitCode,
    InvalidInput,
    InvalidOption,
    PredictionFailed,
    StartupError,
    Unreachable,
)
from bot.processes import free_port, parse_ready, start_child
from bot.protocol.engine import MAX_SOURCE_BYTES
from bot.protocol.predictions import Prediction
from bot.providers import PredictionsHost, hosts_from
from bot.providers.predictions import at_home
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
async def host_for(settings: Settings, name: str, scratch: Path) -> AsyncGenerator[PredictionsHost]:
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


async def until_made(host: PredictionsHost, ordered: Awaitable[Prediction]) -> Prediction:
    """Follow an order to its end; Ctrl-C cancels it at the host as well.

    Raises:
        InvalidOption: our engine refuses a field.
        EngineSaid: our engine failed, and says why.
        PredictionFailed: another host failed.
    """
    try:
        prediction = await ordered
    except InvalidInput as error:
        found = _REFUSED_FIELD.search(error.detail) if host.local else None
        if found is None:
            raise
        raise InvalidOption(_option(found[1]), "told", told=_plainly(found[2])) from error
    try:
        while not prediction.ended:
            _draw(prediction.progress or 0.0)
            await asyncio.sleep(_POLL_S if host.local else _POLL_ELSEWHERE_S)
            prediction = await host.get(prediction.id)
    except asyncio.CancelledError:
        await host.cancel(prediction.id)
        raise
    _draw(1.0, last=True)
    if prediction.status != "succeeded":
        failed = EngineSaid if host.local and prediction.error else PredictionFailed
        raise failed(host.name, prediction.error or prediction.status)
    return prediction


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


class Files:
    """Brings our own engine's files home. Open it with ``async with``."""

    def __init__(self, host: PredictionsHost) -> None:
        self._host = host
        self._session = aiohttp.ClientSession()

    async def __aenter__(self) -> Files:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def bring(self, address: str, target: Path) -> Path:
        """Download into ``target``. Raises ``Unreachable`` when the engine breaks off."""
        part = target.with_name(target.name + ".part")
        try:
            async with self._session.get(at_home(address, self._host.base_url)) as response:
                response.raise_for_status()
                with part.open("wb") as file:
                    async for chunk in response.content.iter_chunked(2**20):
                        await asyncio.to_thread(file.write, chunk)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(self._host.name, type(error).__name__) from error
        finally:
            if sys.exc_info()[0] is not None:
                part.unlink(missing_ok=True)
        return part.replace(target)

    async def stems(self, output: Mapping[str, Any], folder: Path) -> list[Path]:
        """Download every stem into ``folder``, which is made where it is not there."""
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        names: dict[str, str] = output["stems"]
        return [
            await self.bring(address, folder / address.rpartition("/")[2].removeprefix("stem-"))
            for address in names.values()
        ]


def output_of(prediction: Prediction) -> dict[str, Any]:
    """What a prediction told; empty where that is no object, as with other hosts' models."""
    return cast("dict[str, Any]", prediction.output) if isinstance(prediction.output, dict) else {}


def as_address(option: str, file: Path) -> str:
    """A file's content as a ``data:`` address.

    Raises:
        InvalidOption: it cannot be read, or is too large.
    """
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= MAX_SOURCE_BYTES else b""
    except OSError as error:
        raise InvalidOption(option, "no_file", file=str(file)) from error
    if size > MAX_SOURCE_BYTES:
        raise InvalidOption(option, "file_too_large", file=str(file), limit=MAX_SOURCE_BYTES >> 20)
    return "data:application/octet-stream;base64," + base64.b64encode(content).decode()


def is_score(file: Path) -> bool:
    """Whether a file is a score by its name: everything else is taken for audio."""
    return file.suffix.lower() == ".json"


def without_none(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in given.items() if value is not None}

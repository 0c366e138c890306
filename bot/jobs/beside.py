"""Files that a host sent inside its webhook, laid beside the row: it is read at every claim, they only once.

Where such a file was, the run names its place (``beside:<job>/<name>``). A host that told such a place itself
would get no further than to what it sent for the very same job.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from bot.errors import NotFound, NotUnderstood
from bot.jobs.records import Job
from bot.jobs.tools import Tools
from bot.protocol.runs import Result, Run

_PLACE: Final = "beside:"
_NAME: Final = "told-"
_SMALL: Final = 16 * 1024
"""Characters; what is no longer stays in the row."""
_FILES: Final = ("audio", "picture", "score", "midi", "lrc")

_Move = Callable[[str], Awaitable[str]]


async def laid_beside(run: Run, job_id: str, tools: Tools) -> Run:
    """The run with its inline files put among the blobs, and their places in it. Raises ``NoSpace``."""
    if not run.brings_files:
        return run
    numbers = itertools.count()

    async def lay(address: str) -> str:
        if len(address) <= _SMALL or address[:5].lower() != "data:":
            return address
        key = f"{job_id}/{_NAME}{next(numbers)}"
        file = await asyncio.to_thread(_written, address, tools.workspace)
        try:
            await tools.blobs.put(file, key=key)
        finally:
            await asyncio.to_thread(file.unlink, missing_ok=True)
        return _PLACE + key

    return run.model_copy(update={"results": tuple([await _moved(each, lay) for each in run.results])})


async def brought_back(result: Result, job: Job, tools: Tools) -> Result:
    """The result as it was told. Raises ``NotUnderstood`` where a file of it is not there."""

    async def bring(address: str) -> str:
        if not address.startswith(_PLACE):
            return address
        key = address.removeprefix(_PLACE)
        if not key.startswith(f"{job.id}/"):
            raise NotUnderstood(job.order.host, "a place that is none of this job's")
        try:
            file = await tools.blobs.path(key)
        except (NotFound, ValueError):
            raise NotUnderstood(job.order.host, "a file that is not here any more") from None
        return await asyncio.to_thread(file.read_text, encoding="utf-8")

    return await _moved(result, bring)


def is_beside(key: str) -> bool:
    """Whether that is the blob key of such a file."""
    return key.rpartition("/")[2].startswith(_NAME)


async def forget_beside(job: Job, tools: Tools) -> None:
    """Forget what was laid beside the job's row."""
    results = () if job.run is None else job.run.results
    if any(_PLACE in each.model_dump_json() for each in results):
        await tools.blobs.delete_take(job.id)


async def _moved(result: Result, move: _Move) -> Result:
    told = {name: getattr(result, name) for name in _FILES}
    moved = {name: await move(address) for name, address in told.items() if address is not None}
    stems = {name: await move(address) for name, address in result.stems.items()}
    return result.model_copy(update={**moved, "stems": stems})


def _written(text: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="told-", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)

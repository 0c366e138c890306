"""What a worker of a Dask cluster does: it renders in a folder of its own and sends files back.

No folder is shared. Files come back with the result, or go by way of an object store where one is named.
Progress goes through the scheduler as events; a wish to stop comes as a call into the worker's process.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from bot.web.api.patience import patiently, rest
from bot.web.api.progress import Stopped
from bot.web.api.render import Rendered, RenderJob, render

_TELL_EVERY_S = 0.1
_stops: deque[str] = deque(maxlen=1_000)
"""Runs that nobody wants any more. A run's name is never used twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterJob:
    """A render that travels."""

    run: str
    """A name of this one run, for progress and for stopping it."""
    job: RenderJob
    """Its folder and source are the server's and mean nothing here."""
    source: bytes | None
    topic: str
    """Where progress is told."""
    blobs_url: str | None
    """The object store for the files; without one they come back with the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterResult:
    """What comes back."""

    rendered: Rendered
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    stored: list[str] = field(default_factory=list[str])
    """Names in the object store, below the run's."""


class WarmEngine(WorkerPlugin):
    """Has each worker load the engine when it joins, so that its first riff is quick."""

    name = "riffcord-engine"

    async def setup(self, worker: Any) -> None:
        """Load it beside the worker's loop; the scheduler must not take it for dead."""
        from bot.engine import warm

        await asyncio.to_thread(warm)


def stop_run(run: str) -> None:
    """Make ``run`` end at its next step, if it is this worker that plays it."""
    _stops.append(run)


class _Reporter:
    """The worker's side of progress."""

    def __init__(self, order: ClusterJob) -> None:
        self._order = order
        self._worker = get_worker()
        self._told_s = 0.0
        self._tell({"started": True})

    def _tell(self, news: dict[str, Any]) -> None:
        self._worker.log_event(self._order.topic, {"run": self._order.run, **news})

    def check(self) -> None:
        """Raise :class:`Stopped` when the run is not wanted any more."""
        if self._order.run in _stops:
            raise Stopped

    def step(self, done: int, total: int) -> None:
        """Tell ``done`` of ``total``, ten times a second at most. Raises :class:`Stopped` when unwanted."""
        self.check()
        if (now_s := time.monotonic()) - self._told_s >= _TELL_EVERY_S:
            self._told_s = now_s
            self._tell({"done": done, "total": total})


def _put(blobs_url: str, name: str, file: Path) -> None:
    from bot.store.objects import ObjectStore

    ObjectStore(blobs_url).put(name, file)


def render_there(order: ClusterJob) -> ClusterResult:
    """Render one job on this worker. Raises what :func:`render` raises."""
    reporter = _Reporter(order)
    with tempfile.TemporaryDirectory(prefix="riffcord-") as name:
        folder = Path(name)
        brought = None
        if order.source is not None:
            brought = folder / "source.fetched"
            brought.write_bytes(order.source)
        rendered = render(replace(order.job, folder=folder, source=brought), reporter.step)
        made = [file for file in folder.iterdir() if file != brought]
        if order.blobs_url is None:
            files = {file.name: file.read_bytes() for file in made}
            return ClusterResult(rendered=rendered, files=files)
        for file in made:
            move = partial(_put, order.blobs_url, f"{order.run}/{file.name}", file)
            patiently(move, partial(rest, check=reporter.check))
        return ClusterResult(rendered=rendered, stored=[file.name for file in made])

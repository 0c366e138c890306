"""What the flows of ``side_by_side`` have in common: orders, host, what is kept, what is noted."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from bot.jobs.records import Fetched
from bot.protocol.predictions import ENGINE_MODEL
from bot.protocol.runs import Result
from bot.store.blobs import FolderBlobs
from bot.web.signatures import Signatures
from tests.bench.jobs_upload import BareFinisher, BareHost
from tests.jobs.world import an_order


class Run:
    """What is noted of one flow."""

    def __init__(self, folder: Path, peer_url: str, count: int, rate_per_s: float) -> None:
        self.folder = folder
        self.peer_url = peer_url
        self.count = count
        self.rate_per_s = rate_per_s
        self.blobs = FolderBlobs(folder / "blobs")
        self.woken_ms: list[float] = []
        self.over = asyncio.Event()
        self._done = 0
        self._checker: Signatures | None = None

    async def all_ordered(self, order: Callable[[int], Coroutine[Any, Any, object]]) -> None:
        """Order at random moments, ``rate_per_s`` on average, and wait until everything is at its end.

        An error of any order is raised at once: a flow that lost one would otherwise be waited for in vain.
        """
        chance = random.Random(1)
        async with asyncio.TaskGroup() as ordering:
            for number in range(self.count):
                ordering.create_task(order(number))
                await asyncio.sleep(chance.expovariate(self.rate_per_s))
            await self.over.wait()

    def woke(self, address: str) -> None:
        """A result is known here."""
        done_s = float(parse_qs(urlsplit(address).query)["done"][0])
        self.woken_ms.append((time.time() - done_s) * 1000)

    def delivered(self) -> None:
        """One more is at its end."""
        self._done += 1
        if self._done == self.count:
            self.over.set()

    async def is_signed(self, host: NotingHost, request: web.Request, body: bytes) -> bool:
        """Whether the stand-in signed it."""
        if self._checker is None:
            self._checker = Signatures(host, time.monotonic)
        return await self._checker.are_needed() and await self._checker.fits(request.headers, body)

    def host(self) -> NotingHost:
        """The stand-in's client."""
        made = NotingHost(name="engine", base_url=self.peer_url, model=ENGINE_MODEL, version=None, local=True)
        made.noted = self
        return made


class NotingHost(BareHost):
    """Tells when a result begins to be fetched."""

    noted: Run

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """At once."""
        self.noted.woke(result.audio or "")
        return await super().fetch(result, folder)


async def kept(run: Run, host: NotingHost, address: str, take_id: str) -> None:
    """What both others do with a result, too: fetch, finish, three files."""
    folder = run.folder / "work" / take_id
    folder.mkdir(parents=True)
    order = an_order()
    finished = await BareFinisher().finish(await host.fetch(Result(audio=address), folder), order, folder)
    files = (finished.lossless, finished.upload, finished.picture)
    await run.blobs.keep({f"{take_id}/{file.name}": file for file in files if file is not None})

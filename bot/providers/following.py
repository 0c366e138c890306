"""Following a run to its end: by its host's events while there are any, else by asking, ever more seldom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final, Protocol

from bot.protocol.predictions import progress_in
from bot.protocol.runs import Run
from bot.providers.events import Streams

_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 5.0
_LOG_TAIL: Final = 4_096


class Asked(Protocol):
    """A host that can be asked after a run."""

    async def get(self, run_id: str) -> Run:
        """The run as it stands."""
        ...


async def follow(
    host: Asked, run: Run, *, streams: Streams, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncGenerator[Run]:
    """The run whenever it is seen to have moved; the last one has ended.

    Events only tell how far it is. What came of it is asked for: the end that counts is the one that the host
    answers with. Raises as ``host.get``.
    """
    seen = run
    if run.stream is not None and not run.ended:
        async with aclosing(_by_events(streams, run)) as news:
            async for seen in news:
                yield seen
    pause_s = _FIRST_PAUSE_S
    while not seen.ended:
        now = await host.get(run.id)
        if now != seen:
            yield now
        if now.ended:
            return
        seen = now
        await pause(pause_s)
        pause_s = min(_LONGEST_PAUSE_S, pause_s * 1.5)


async def _by_events(streams: Streams, run: Run) -> AsyncGenerator[Run]:
    logs = ""
    async with aclosing(streams.events(run.stream or "")) as told:
        async for event in told:
            moved = run
            if event.name == "logs":
                logs = (logs + event.data)[-_LOG_TAIL:]
                told_progress = progress_in(logs)
                progress = run.progress if told_progress is None else told_progress
                moved = run.model_copy(update={"status": "processing", "progress": progress})
            elif event.name == "output":
                moved = run.model_copy(update={"status": "processing"})
            if moved != run:
                run = moved
                yield run

"""The early events of one prediction, in order and not too many of them."""

from __future__ import annotations

import asyncio
import contextlib
import time

from bot.protocol.predictions import WebhookEvent
from bot.store.tables.predictions import PredictionRow

GAP_S = 0.5
"""Between two events of logs or output, as the API documents it."""


class EarlyEvents:
    """What still has to be told before the closing event: of each kind only the newest."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        """Set by the teller when nothing more will be told."""
        self.told = 0
        self._waiting: dict[WebhookEvent, PredictionRow] = {}
        self._news = asyncio.Event()
        self._finished = asyncio.Event()
        self._closing_follows = False
        self._quiet_until_s = 0.0

    def put(self, row: PredictionRow, event: WebhookEvent) -> None:
        """Have ``event`` told; logs that nobody has been told yet give way to newer ones."""
        self._waiting[event] = row
        self._news.set()

    def finish(self, *, closing_follows: bool) -> None:
        """The prediction has ended. Where a closing event follows, it brings what was not told yet."""
        self._closing_follows = closing_follows
        if closing_follows:
            self._waiting.pop("logs", None)
        self._finished.set()
        self._news.set()

    async def next(self) -> tuple[PredictionRow, WebhookEvent] | None:
        """The next event when it may be told; None after the last one."""
        while not self._waiting:
            if self._finished.is_set():
                return None
            self._news.clear()
            await self._news.wait()
        event = next(iter(self._waiting))
        if event != "start" and (left_s := self._quiet_until_s - time.monotonic()) > 0:
            await self._rest(left_s)
            if self._closing_follows:
                return None
        row = self._waiting.pop(event)
        if event != "start":
            self._quiet_until_s = time.monotonic() + GAP_S
        self.told += 1
        return row, event

    async def _rest(self, seconds: float) -> None:
        """Wait that long, less where a closing event makes it pointless."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._finished.wait()
        if not self._closing_follows and (left_s := self._quiet_until_s - time.monotonic()) > 0:
            await asyncio.sleep(left_s)

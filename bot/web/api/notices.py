"""Webhooks out: what happens to a prediction, told to the address its caller named.

Early events (start, logs, output) are told once and in order, logs and output at most every 500 ms.
The closing event is owed: it stands in the row until the receiver took it, with a growing pause between
tries, also across a restart. Signed by Standard Webhooks; no redirect is followed.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.protocol.predictions import WebhookEvent
from bot.providers.addresses import connector, is_loopback_name
from bot.providers.webhooks import new_secret, signed_headers
from bot.store.tables.predictions import PredictionRow, PredictionRows
from bot.web.api.addresses import Keys, account_of
from bot.web.api.book import Now, utc_now
from bot.web.api.early_events import EarlyEvents
from bot.web.api.wire import as_told, encoded

log = structlog.get_logger(__name__)

_TIMEOUT = aiohttp.ClientTimeout(total=10.0, connect=5.0)
_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Before each further try of the closing event: at least a minute and a half in all."""
_MOST_AT_ONCE = 64
MOST_OF_OWNER = 16
"""Of these, one token's: whose receiver is slow holds up nobody else."""
_MOST_AWAY = 1_000
"""Receivers of which is remembered that they are away."""
_GONE = 410
"""The receiver wants no more of it."""


def pause_s(tries: int, chance: float) -> float | None:
    """Seconds before the next try after ``tries`` failed; ``chance`` (0..1) is a quarter. None = give up."""
    if tries > len(_PAUSES_S):
        return None
    return _PAUSES_S[tries - 1] * (0.75 + 0.25 * chance)


def kept_secret(file: Path) -> str:
    """The server's own secret, made once, readable by its owner alone. One process at a time calls it."""
    if file.exists():
        return file.read_text(encoding="ascii").strip()
    secret = new_secret()
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as made:
        made.write(secret)
        made.flush()
        os.fsync(made.fileno())
    part.replace(file)
    return secret


def _owners_places() -> asyncio.Semaphore:
    return asyncio.Semaphore(MOST_OF_OWNER)


class Notices:
    """Sends webhooks. Open it with ``async with``."""

    def __init__(
        self,
        rows: PredictionRows,
        *,
        own_url: str,
        keys: Keys,
        private_allowed: bool,
        now: Now = utc_now,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rows = rows
        self._own_url = own_url
        self._keys = keys
        self._private_allowed = private_allowed
        self._now = now
        self._pause = pause
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)
        self._places_of: defaultdict[str, asyncio.Semaphore] = defaultdict(_owners_places)
        self._early: dict[str, EarlyEvents] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._away: set[str] = set()

    async def __aenter__(self) -> Notices:
        self._session = aiohttp.ClientSession(
            connector=connector(public_only=not self._private_allowed, limit=_MOST_AT_ONCE),
            timeout=_TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def resume(self) -> None:
        """Take up the closing events that an earlier server still owed."""
        for row in await self._rows.notices():
            self._start(self._close(row))

    def tell(self, row: PredictionRow, event: WebhookEvent) -> None:
        """Pass on a move of a prediction, if its caller wants to hear of it. Returns at once."""
        wanted = row.webhook is not None and event in row.webhook_events
        if event == "completed":
            early = self._early.get(row.id)
            if early is not None:
                early.finish(closing_follows=wanted)
            if wanted:
                self._start(self._close(row))
        elif wanted:
            early = self._early.get(row.id)
            if early is None:
                early = self._early[row.id] = EarlyEvents()
                self._start(self._tell_early(row.id, early))
            early.put(row, event)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("webhook.bug", exc_info=error)

    async def _tell_early(self, prediction_id: str, early: EarlyEvents) -> None:
        try:
            while (told := await early.next()) is not None:
                row, event = told
                await self._post(row, f"msg_{row.id}_{event}_{early.told}")
        finally:
            del self._early[prediction_id]
            early.over.set()

    async def _close(self, row: PredictionRow) -> None:
        """Deliver the closing event, or give up after the last pause."""
        early = self._early.get(row.id)
        if early is not None:
            await early.over.wait()
        tries = row.notice_tries
        if row.notice_due is not None and (left_s := (row.notice_due - self._now()).total_seconds()) > 0:
            await self._pause(left_s)
        # One id for all tries: it is what receivers recognise a repetition by.
        while not await self._post(row, f"msg_{row.id}_completed"):
            tries += 1
            wait_s = pause_s(tries, random.random())
            if wait_s is None:
                log.debug("webhook.given_up", prediction=row.id, tries=tries)
                break
            due = self._now() + timedelta(seconds=wait_s)
            await self._rows.note_notice(row.id, due=due, tries=tries)
            await self._pause(wait_s)
        await self._rows.note_notice(row.id, due=None, tries=tries)

    async def _post(self, row: PredictionRow, message_id: str) -> bool:
        """Send one event; whether the receiver took it, or will never want it."""
        body = encoded(as_told(row, self._base_url(row), self._keys))
        headers = signed_headers(self._keys.signing(account_of(row.owner)), message_id, body, now=self._now())
        headers["Content-Type"] = "application/json"
        try:
            async with (
                self._places_of[row.owner],
                self._places,
                self._session.post(
                    row.webhook or "", data=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                taken = 200 <= answer.status < 300 or answer.status == _GONE
                problem = f"answered {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            taken, problem = False, type(error).__name__
        self._note_taken(row, taken, problem)
        return taken

    def _note_taken(self, row: PredictionRow, taken: bool, problem: str) -> None:
        """Tell the log once that a receiver is away and once that it is back, however much is sent."""
        place = urlsplit(row.webhook or "").netloc
        if taken and place in self._away:
            self._away.discard(place)
            log.info("webhook.taken_again", prediction=row.id)
        elif not taken and place not in self._away:
            if len(self._away) >= _MOST_AWAY:
                self._away.clear()
            self._away.add(place)
            # The address stays out of the log: its path is often a secret of the receiver's.
            log.warning("webhook.not_taken", prediction=row.id, problem=problem)

    def _base_url(self, row: PredictionRow) -> str:
        """Where the receiver can ask: a loopback address may be an earlier server's, with another port."""
        return self._own_url if is_loopback_name(urlsplit(row.base_url).hostname or "") else row.base_url

"""Server-sent events of one prediction: its logs as they grow, its files, and its end.

Events are told from the prediction itself, not from a queue: a slow reader costs no memory, one that comes
late hears everything, and one that comes back (``Last-Event-ID``) goes on where it was. An id is
``SECONDS:PLACE``; the place counts characters of the logs, or, far above these, files and then the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from bot.store.tables.predictions import PredictionRow
from bot.web.api.book import Book
from bot.web.api.limits import throttled
from bot.web.api.wire import files_told

HEARTBEAT_S = 15.0
"""Official clients give up after 30 s of silence."""
MOST_STREAMS = 1_000
MOST_OF_ONE = 50
"""Readers of one prediction."""
MOST_OF_OWNER = 250
"""Readers of one token's predictions."""
_AFTER_LOGS = 10**9
"""Where the files begin: a server that starts again may have shorter logs than were told before."""

_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "Access-Control-Allow-Origin": "*",
}
_ID = re.compile(r"\d{1,12}:(\d{1,12})")
_OTHER_LINE_ENDS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Some clients cut lines at these as well."""
_REASONS = {"failed": '{"reason":"error"}', "canceled": '{"reason":"canceled"}'}


@dataclass(frozen=True, slots=True)
class Event:
    """One event: ``place`` is where a reader stands who has it."""

    place: int
    name: str
    data: str

    def encoded(self, second: int) -> bytes:
        """The event on the wire."""
        text = _OTHER_LINE_ENDS.sub(" ", self.data)
        lines = "".join(f"data: {line}\n" for line in text.split("\n"))
        return f"id: {second}:{self.place}\nevent: {self.name}\n{lines}\n".encode()


def events_after(row: PredictionRow, base_url: str, place: int) -> Iterator[Event]:
    """What a reader who stands at ``place`` has not heard; ends with ``done`` once it has ended."""
    logs = len(row.logs)
    if place < logs:
        yield Event(logs, "logs", row.logs[place:])
    if not row.ended:
        return
    at = _AFTER_LOGS
    for address in files_told(row, base_url):
        at += 1
        if place < at:
            yield Event(at, "output", address)
    if row.status == "failed":
        at += 1
        if place < at:
            yield Event(at, "error", row.error or "The prediction failed.")
    yield Event(at + 1, "done", _REASONS.get("canceled" if row.status == "aborted" else row.status, "{}"))


def place_of(last_event_id: str) -> int:
    """Where a reader stands who tells this id; 0 for none, and for what is not one of ours."""
    found = _ID.fullmatch(last_event_id.strip())
    return int(found[1]) if found else 0


class Streams:
    """All readers, at most so many."""

    def __init__(
        self,
        book: Book,
        *,
        heartbeat_s: float = HEARTBEAT_S,
        most_of_one: int = MOST_OF_ONE,
        most_of_owner: int = MOST_OF_OWNER,
    ) -> None:
        self._book = book
        self._heartbeat_s = heartbeat_s
        self._most_of_one = most_of_one
        self._most_of_owner = most_of_owner
        self._news: dict[str, asyncio.Event] = {}
        self._readers: Counter[str] = Counter()
        self._readers_of: Counter[str] = Counter()
        self._closing = False

    def tell(self, row: PredictionRow) -> None:
        """Something about a prediction is new."""
        if (news := self._news.pop(row.id, None)) is not None:
            news.set()

    def close(self) -> None:
        """End every stream, without ``done`` where there was none: readers may come back."""
        self._closing = True
        for news in self._news.values():
            news.set()
        self._news.clear()

    async def serve(self, request: web.Request, row: PredictionRow, base_url: str) -> web.StreamResponse:
        """Answer with the events of ``row`` until it has ended. Raises :class:`Refusal` 429."""
        readers, readers_of = self._readers, self._readers_of
        # Where there are no tokens there is nobody to share with.
        is_owners_share = bool(row.owner) and readers_of[row.owner] >= self._most_of_owner
        if is_owners_share or readers[row.id] >= self._most_of_one or readers.total() >= MOST_STREAMS:
            raise throttled(5.0, "too many are listening")
        readers[row.id] += 1
        readers_of[row.owner] += 1
        try:
            response = web.StreamResponse(headers=_HEADERS)
            with contextlib.suppress(ConnectionError):  # a reader may go at any time
                await response.prepare(request)
                await response.write(b": riffcord\n\n")
                place = place_of(request.headers.get("Last-Event-ID", ""))
                await self._tell_all(response, row, base_url, place)
        finally:
            readers_of[row.owner] -= 1
            readers[row.id] -= 1
            if not readers[row.id]:
                del readers[row.id]
                self._news.pop(row.id, None)
        return response

    async def _tell_all(
        self, response: web.StreamResponse, row: PredictionRow, base_url: str, place: int
    ) -> None:
        second = int(row.created_at.timestamp())
        while not self._closing:
            news = self._news.setdefault(row.id, asyncio.Event())
            now = await self._book.get(row.owner, row.id)
            if now is None:
                return
            events = list(events_after(now, base_url, place))
            for event in events:
                await response.write(event.encoded(second))
                place = max(place, event.place)
            if now.ended:
                return
            await self._wait(response, news)

    async def _wait(self, response: web.StreamResponse, news: asyncio.Event) -> None:
        """Until there are news; a comment now and then keeps the connection."""
        while not news.is_set():
            try:
                async with asyncio.timeout(self._heartbeat_s):
                    await news.wait()
            except TimeoutError:
                await response.write(b": still there\n\n")

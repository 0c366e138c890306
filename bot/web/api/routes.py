"""The calls about predictions: each parses, does one thing and tells the result."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import string
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from aiohttp import web

from bot.protocol.predictions import ENGINE_MODEL
from bot.store.tables.predictions import PredictionRow
from bot.web.api.accept import Accepted, accept
from bot.web.api.access import OWNER
from bot.web.api.addresses import Keys, account_of, base_url
from bot.web.api.bodies import json_only, read_body
from bot.web.api.book import Book, Now, utc_now
from bot.web.api.deadlines import Deadlines, cancel_after_s
from bot.web.api.limits import Limits, is_full, throttled
from bot.web.api.listing import page_of
from bot.web.api.outputs import new_key
from bot.web.api.problems import Refusal, not_found
from bot.web.api.renders import Renders
from bot.web.api.sources import Sources
from bot.web.api.streams import Streams
from bot.web.api.told_cache import ToldCache
from bot.web.api.wanted import SOURCE_FIELDS, drawn_seed
from bot.web.api.wire import as_told, encoded, json_answer

_ID_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH = 26
_MOST_WAIT_S = 60
_QUICKLY_READ_BYTES = 256 * 2**10
_BACK_S = 5.0
"""When a server that stops is likely to be there again."""

_WAIT = re.compile(r"wait(?:=([1-9]\d?))?", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Api:
    """The handlers and what they need."""

    book: Book
    renders: Renders
    sources: Sources
    streams: Streams
    deadlines: Deadlines
    limits: Limits
    keys: Keys
    cache: ToldCache
    private_webhooks: bool
    queue_limit: int
    now: Now = utc_now
    stopping: bool = False
    _arriving: Counter[str] = field(default_factory=Counter[str], init=False)
    """Of each owner: admitted, and on their way to disk and queue."""

    async def stop(self, timeout_s: float) -> None:
        """Accept nothing more, give what runs so long to end, and let those go who still wait."""
        self.stopping = True
        await self.renders.wind_down(timeout_s)
        self.book.release()
        self.streams.close()

    async def create(self, request: web.Request) -> web.Response:
        """Accept a prediction; with ``Prefer: wait`` answer when it has ended or the time is up."""
        began_s = asyncio.get_running_loop().time()
        json_only(request)
        self._check_room()
        path = request.match_info
        deadline_s = cancel_after_s(request.headers.get("Cancel-After"))
        body = await read_body(request)
        check = partial(
            accept,
            body,
            path_model=f"{path['owner']}/{path['name']}" if "owner" in path else None,
            private_webhooks=self.private_webhooks,
        )
        # A recording that came along takes a moment to read: others are answered meanwhile.
        accepted = check() if len(body) < _QUICKLY_READ_BYTES else await asyncio.to_thread(check)
        wait_s = preferred_wait_s(request.headers.getall("Prefer", []))
        if wait_s is None:
            return self._answer(request, await self._accept(request, accepted, deadline_s), None)
        with self.limits.held_open(request[OWNER]):
            row = await self._accept(request, accepted, deadline_s)
            left_s = wait_s - (asyncio.get_running_loop().time() - began_s)
            row = await self.book.wait_for_end(row, max(0.0, left_s))
        return self._answer(request, row, wait_s)

    @contextlib.contextmanager
    def admit(self, owner: str, count: int = 1) -> Generator[None]:
        """Keep places in the queue, for all or none, while the block brings predictions there.

        Raises:
            Refusal: 402, 429 or 503. One that is raised in the block takes nothing off the owner's rate.
        """
        self._check_room(count)
        self.limits.create(owner, self.renders.waiting_of(owner) + self._arriving[owner], count)
        self._arriving[owner] += count
        try:
            yield
        except Refusal:
            self.limits.not_created(owner, count)
            raise
        finally:
            self._arriving[owner] -= count
            if not self._arriving[owner]:
                del self._arriving[owner]

    def _check_room(self, count: int = 1) -> None:
        if self.stopping:
            raise Refusal(503, "Stopping", "This server is stopping. Try again soon.", retry_after_s=_BACK_S)
        if is_full(self.queue_limit, self.renders.waiting + self._arriving.total(), count):
            raise throttled(self.renders.wait_s, "the queue is full")

    async def _accept(
        self, request: web.Request, accepted: Accepted, deadline_s: int | None
    ) -> PredictionRow:
        with self.admit(request[OWNER]):
            row = await self._without_recordings(self._new_row(request, accepted, deadline_s))
            await self.book.add(row)
            self.deadlines.watch(row)
            self.renders.push(row)
        return row

    def _answer(self, request: web.Request, row: PredictionRow, wait_s: int | None) -> web.Response:
        answer = web.Response(status=201, content_type="application/json")
        shown: str | None = None
        if wait_s is not None:
            answer.headers["Preference-Applied"] = f"wait={wait_s}"
            if not row.ended:
                # Official clients take every other status for the end of a waited-for call.
                shown = "starting"
                answer.set_status(202)
        if request.path.startswith("/replicate/"):
            answer.set_status(200)
        answer.body = encoded(as_told(row, base_url(request), self.keys, status=shown))
        return answer

    def _new_row(self, request: web.Request, accepted: Accepted, deadline_s: int | None) -> PredictionRow:
        created_at = self.now()
        return PredictionRow(
            id="".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH)),
            owner=request[OWNER],
            model=accepted.model.name,
            version=accepted.model.version,
            base_url=base_url(request),
            input=accepted.sent_input,
            seed=drawn_seed() if accepted.seed is None else accepted.seed,
            output_key=new_key(),
            webhook=accepted.webhook,
            webhook_events=accepted.webhook_events,
            created_at=created_at,
            deadline=None if deadline_s is None else created_at + timedelta(seconds=deadline_s),
        )

    async def _without_recordings(self, row: PredictionRow) -> PredictionRow:
        """The row with the address of what the request brought along, in place of the thing itself."""
        if row.model != ENGINE_MODEL:
            return row
        kept = {
            name: await self.sources.keep(row.output_key, source, row.base_url)
            for name in SOURCE_FIELDS
            if (source := row.input.get(name)) is not None
        }
        return replace(row, input={**row.input, **kept}) if kept else row

    async def _row(self, request: web.Request) -> PredictionRow:
        row = await self.book.get(request[OWNER], request.match_info["id"])
        if row is None:
            raise not_found("The prediction")
        return row

    async def get(self, request: web.Request) -> web.Response:
        """One prediction as it stands."""
        owner, prediction_id, base = request[OWNER], request.match_info["id"], base_url(request)
        told = self.cache.get(owner, prediction_id, base)
        if told is None:
            generation = self.cache.generation
            row = await self._row(request)
            told = encoded(as_told(row, base, self.keys))
            if row.ended:
                self.cache.put(owner, prediction_id, base, told, generation)
        return web.Response(body=told, content_type="application/json")

    async def list(self, request: web.Request) -> web.Response:
        """A page of the caller's predictions."""
        base, path = base_url(request), request.path
        return json_answer(await page_of(self.book, request[OWNER], request.query, base, path, self.keys))

    async def cancel(self, request: web.Request) -> web.Response:
        """Stop one; an ended one stays as it is."""
        row = await self._row(request)
        if not row.ended:
            await self.renders.cancel(row)
        return json_answer(as_told(await self._row(request), base_url(request), self.keys))

    async def secret(self, request: web.Request) -> web.Response:
        """The secret that the caller's webhooks are signed with."""
        return json_answer({"key": self.keys.signing(account_of(request[OWNER]))})

    async def health(self, request: web.Request) -> web.Response:
        """That the server lives, and how busy it is."""
        status = "stopping" if self.stopping else "ok"
        return json_answer(
            {"status": status, "queued": self.renders.waiting, "running": self.renders.running}
        )


def preferred_wait_s(prefer: list[str]) -> int | None:
    """Seconds to wait by ``Prefer: wait[=n]`` (RFC 7240), 60 at most; None where it asks for no wait."""
    for preference in ",".join(prefer).split(","):
        found = _WAIT.fullmatch(preference.partition(";")[0].strip())
        if found is not None:
            return min(_MOST_WAIT_S, int(found[1] or _MOST_WAIT_S))
    return None

"""The calls: each parses, does one thing and tells the result."""

from __future__ import annotations

import asyncio
import re
import secrets
import string
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from bot.protocol.predictions import ENGINE_MODEL
from bot.store.tables.predictions import PredictionRow
from bot.web.api.accept import MODELS, Accepted, accept
from bot.web.api.access import OWNER, PREFIXES
from bot.web.api.book import Book, Now, utc_now
from bot.web.api.listing import page_of
from bot.web.api.outputs import CONTENT_TYPES, OUTPUTS_PATH, Outputs
from bot.web.api.problems import Refusal, not_found
from bot.web.api.renders import Renders
from bot.web.api.sources import Sources
from bot.web.api.wanted import SOURCE_FIELDS
from bot.web.api.wire import as_told, encoded

_ID_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH = 26
_SEED_LIMIT = 2**32
_MOST_WAIT_S = 60
_QUICKLY_READ_BYTES = 256 * 2**10

_WAIT = re.compile(r"wait(?:=([1-9]\d?))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The handlers and what they need."""

    book: Book
    renders: Renders
    outputs: Outputs
    sources: Sources
    signing_secret: str
    private_webhooks: bool
    queue_limit: int
    now: Now = utc_now

    def add_to(self, app: web.Application) -> None:
        """Route every call, under each prefix."""
        for prefix in PREFIXES:
            root = f"{prefix}/predictions"
            one = f"{root}/{{id}}"
            app.router.add_post(root, self.create)
            model = f"{prefix}/models/{{owner}}/{{name}}"
            app.router.add_post(f"{model}/predictions", self.create)
            app.router.add_get(f"{model}/versions/{{version}}", self.version, allow_head=False)
            app.router.add_get(root, self.list, allow_head=False)
            app.router.add_get(one, self.get, allow_head=False)
            app.router.add_post(f"{one}/cancel", self.cancel)
            app.router.add_get(f"{prefix}/webhooks/default/secret", self.secret, allow_head=False)
            app.router.add_get(f"{prefix}/health", self.health, allow_head=False)
        app.router.add_get(OUTPUTS_PATH + "{key}/{name}", self.output)

    async def create(self, request: web.Request) -> web.Response:
        """Accept a prediction; with ``Prefer: wait`` answer when it has ended or the time is up."""
        if request.content_type != "application/json":
            raise Refusal(415, "Unsupported media type", "Send the body as application/json.")
        self.check_queue()
        path = request.match_info
        body = await request.read()
        check = partial(
            accept,
            body,
            path_model=f"{path['owner']}/{path['name']}" if "owner" in path else None,
            private_webhooks=self.private_webhooks,
        )
        # A recording that came along takes a moment to read: others are answered meanwhile.
        accepted = check() if len(body) < _QUICKLY_READ_BYTES else await asyncio.to_thread(check)
        row = await self._without_recordings(self._new_row(request, accepted))
        await self.book.add(row)
        self.renders.push(row)
        answer = web.Response(status=201, content_type="application/json")
        shown: str | None = None
        if (wait_s := preferred_wait_s(request.headers.getall("Prefer", []))) is not None:
            answer.headers["Preference-Applied"] = f"wait={wait_s}"
            row = await self.book.wait_for_end(row, wait_s)
            if not row.ended:
                # Official clients take every other status for the end of a waited-for call.
                shown = "starting"
                answer.set_status(202)
        if request.path.startswith("/replicate/"):
            answer.set_status(200)
        answer.body = encoded(as_told(row, base_url(request), status=shown))
        return answer

    def check_queue(self) -> None:
        """Refuse while the queue is full. Raises :class:`Refusal` 429."""
        if self.renders.waiting >= self.queue_limit:
            wait_s = self.renders.wait_s
            raise Refusal(
                429,
                "Too many requests",
                f"Request was throttled: the queue is full. Try again in ~{wait_s:.0f}s.",
                retry_after_s=wait_s,
            )

    def _new_row(self, request: web.Request, accepted: Accepted) -> PredictionRow:
        return PredictionRow(
            id="".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH)),
            owner=request[OWNER],
            model=accepted.model.name,
            version=accepted.model.version,
            base_url=base_url(request),
            input=accepted.sent_input,
            seed=secrets.randbelow(_SEED_LIMIT) if accepted.seed is None else accepted.seed,
            output_key=secrets.token_urlsafe(24),
            webhook=accepted.webhook,
            webhook_events=accepted.webhook_events,
            created_at=self.now(),
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
        return _json(as_told(await self._row(request), base_url(request)))

    async def list(self, request: web.Request) -> web.Response:
        """A page of the caller's predictions."""
        path = request.path
        return _json(await page_of(self.book, request[OWNER], request.query, base_url(request), path))

    async def cancel(self, request: web.Request) -> web.Response:
        """Stop one; an ended one stays as it is."""
        row = await self._row(request)
        if not row.ended:
            await self.renders.cancel(row)
        return _json(as_told(await self._row(request), base_url(request)))

    async def version(self, request: web.Request) -> web.Response:
        """A model's version with its schema."""
        path = request.match_info
        model = MODELS.get(f"{path['owner']}/{path['name']}")
        if model is None or model.version != path["version"]:
            raise not_found("The version")
        return _json(model.version_told())

    async def secret(self, request: web.Request) -> web.Response:
        """The secret that webhooks are signed with."""
        return _json({"key": self.signing_secret})

    async def health(self, request: web.Request) -> web.Response:
        """That the server lives, and how busy it is."""
        return _json({"status": "ok", "queued": self.renders.waiting, "running": self.renders.running})

    async def output(self, request: web.Request) -> web.StreamResponse:
        """A result's file, whole or in part; its address is the only key that it needs."""
        name = request.match_info["name"]
        file = self.outputs.file(request.match_info["key"], name)
        if file is None:
            raise not_found("The file")
        headers = {
            "Content-Type": CONTENT_TYPES[file.suffix],
            "Cache-Control": "private, max-age=3600, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(file, headers=headers)


def _json(told: object) -> web.Response:
    return web.Response(body=encoded(told), content_type="application/json")


def base_url(request: web.Request) -> str:
    """Scheme and host as the caller wrote them, so that the addresses we tell work from there."""
    return f"{request.scheme}://{request.host}"


def preferred_wait_s(prefer: list[str]) -> int | None:
    """Seconds to wait by ``Prefer: wait[=n]`` (RFC 7240), 60 at most; None where it asks for no wait."""
    for preference in ",".join(prefer).split(","):
        found = _WAIT.fullmatch(preference.partition(";")[0].strip())
        if found is not None:
            return min(_MOST_WAIT_S, int(found[1] or _MOST_WAIT_S))
    return None

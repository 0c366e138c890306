"""The engine server's rooms, opened one inside the other, as one aiohttp application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.protocol.engine import MAX_SOURCE_TEXT
from bot.protocol.predictions import WebhookEvent
from bot.settings import Settings
from bot.store.db import open_database
from bot.store.migrate import upgrade
from bot.store.tables.predictions import PredictionRow, PredictionRows
from bot.store.tables.uploads import UploadRows
from bot.store.tables.usage import UsageRows
from bot.web.api.access import PREFIXES, Access
from bot.web.api.addresses import PUBLIC_URL, Keys, base_url
from bot.web.api.book import Book, Now, utc_now
from bot.web.api.call import add_calls, handlers_of
from bot.web.api.calls import CALLS
from bot.web.api.catalogue import Catalogue
from bot.web.api.deadlines import Deadlines
from bot.web.api.file_calls import FileCalls
from bot.web.api.limits import Limits, TokenLimits
from bot.web.api.notices import Notices, kept_secret
from bot.web.api.open_calls import OpenCalls
from bot.web.api.openapi import document_bytes
from bot.web.api.outputs import OUTPUTS_PATH, Outputs
from bot.web.api.pool import Pool
from bot.web.api.problems import problems
from bot.web.api.renders import Renders
from bot.web.api.routes import Api
from bot.web.api.songs import SongsApi, UploadCalls, gateway_envelope
from bot.web.api.songs import Uploads as SongUploads
from bot.web.api.sources import SourceLimits, Sources
from bot.web.api.streams import HEARTBEAT_S, MOST_OF_OWNER, Streams
from bot.web.api.tidy import Tidy
from bot.web.api.told_cache import ToldCache
from bot.web.api.uploads import UploadLimits, Uploads

STOP: web.AppKey[Callable[[float], Awaitable[None]]] = web.AppKey("stop")
"""To be called when the server is about to stop, with the seconds that what runs has to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What keeps the server small."""

    body_bytes: int = MAX_SOURCE_TEXT + 2**20
    """A request may bring a recording along."""
    queue: int = 1_000
    keep_data_s: float = 3_600.0
    """Inputs, outputs and logs go after this, as the API has it."""
    keep_rows_s: float = 7 * 86_400.0
    purge_every_s: float = 60.0
    heartbeat_s: float = HEARTBEAT_S
    readers_of_owner: int = MOST_OF_OWNER
    """Streams that are open at one time."""
    deadline_tick_s: float = 1.0
    source: SourceLimits = field(default_factory=SourceLimits)
    upload: UploadLimits = field(default_factory=UploadLimits)
    token: TokenLimits = field(default_factory=TokenLimits)


def bounds_of(settings: Settings) -> Bounds:
    """The bounds that the settings ask for."""
    return Bounds(
        queue=settings.engine_queue,
        keep_data_s=settings.engine_keep_s,
        token=TokenLimits(
            queued=settings.engine_token_queue,
            rendering=settings.engine_token_renders,
            creates_a_minute=settings.engine_token_creates,
            calls_a_minute=settings.engine_token_calls,
            open_calls=settings.engine_token_waits,
            credit_s=settings.engine_token_credit_s,
        ),
    )


@contextlib.asynccontextmanager
async def open_app(
    *,
    data: Path,
    own_url: str,
    tokens: Iterable[str],
    private_webhooks: bool,
    private_sources: bool = False,
    public_url: str | None = None,
    pool: Pool,
    bounds: Bounds | None = None,
    now: Now = utc_now,
) -> AsyncGenerator[web.Application]:
    """The server as an application, with what an earlier one left undone already queued.

    Args:
        data: The folder for ``engine.sqlite``, ``engine-outputs`` and the server's own secret.
        own_url: Where this server listens, for webhooks about predictions of an earlier one.
        tokens: Accepted bearer tokens; none means calls to localhost only.
        private_webhooks: Whether webhooks may go to private addresses.
        private_sources: Whether scores and recordings may be fetched from private addresses.
        public_url: How the world calls this server; None: each caller gets addresses as it called.
        pool: The render workers; the caller stops them.
        bounds: Limits of size and age.
        now: The clock.

    Raises:
        StartupError: another process owns the data.
    """
    bounds, tokens = bounds or Bounds(), list(tokens)
    needs_token = bool(tokens)
    url = f"sqlite+aiosqlite:///{data / 'engine.sqlite'}"
    async with open_database(url) as database, contextlib.AsyncExitStack() as stack:
        await asyncio.to_thread(upgrade, url, "engine")
        # Not the file of earlier servers: those told its content to every token.
        keys = Keys(await asyncio.to_thread(kept_secret, data / "engine-secret"))
        outputs = Outputs(data / "engine-outputs")
        uploads = Uploads(UploadRows(database), data / "engine-files", bounds.upload, keys, now)
        rows = await stack.enter_async_context(contextlib.aclosing(PredictionRows(database)))
        notices = await stack.enter_async_context(
            Notices(
                rows,
                own_url=public_url or own_url,
                keys=keys,
                private_allowed=private_webhooks,
                now=now,
            )
        )
        sources = await stack.enter_async_context(
            Sources(outputs, private_allowed=private_sources, limits=bounds.source, uploaded=uploads.at)
        )
        limits = Limits(bounds.token, UsageRows(database))
        await limits.open()

        def tell(row: PredictionRow, event: WebhookEvent) -> None:
            notices.tell(row, event)
            streams.tell(row)

        book = Book(rows, tell, now, limits.spend)
        streams = Streams(book, heartbeat_s=bounds.heartbeat_s, most_of_owner=bounds.readers_of_owner)
        renders = Renders(book, pool, outputs, sources, most_at_once=bounds.token.most_at_once)
        deadlines = await stack.enter_async_context(
            Deadlines(book, renders.cancel, now, tick_s=bounds.deadline_tick_s)
        )
        cache = ToldCache()
        api = Api(
            book=book,
            renders=renders,
            sources=sources,
            streams=streams,
            deadlines=deadlines,
            limits=limits,
            keys=keys,
            cache=cache,
            private_webhooks=private_webhooks,
            queue_limit=bounds.queue,
            now=now,
        )
        app = web.Application(
            middlewares=[problems, gateway_envelope, Access(tokens, limits.call).middleware],
            client_max_size=bounds.body_bytes,
        )
        app[STOP] = api.stop
        if public_url is not None:
            app[PUBLIC_URL] = public_url
        by_key = OpenCalls(book=book, outputs=outputs, streams=streams, keys=keys)
        files = FileCalls(uploads=uploads, keys=keys, now=now)
        song_uploads = SongUploads(data / "engine-song-uploads", most_bytes=bounds.source.file_bytes)
        songs = SongsApi(
            book=book,
            renders=renders,
            outputs=outputs,
            uploads=song_uploads,
            admit=api.admit,
            now=now,
        )
        song_files = UploadCalls(uploads=song_uploads, sources=sources, outputs=outputs)
        parts = (api, by_key, files, Catalogue(run_count=rows.count), songs, song_files)
        add_calls(app, CALLS, handlers_of(CALLS, parts))
        add_pages(app, by_key, needs_token=needs_token)
        tidy = Tidy(
            rows=rows,
            outputs=outputs,
            uploads=uploads,
            song_uploads=song_uploads,
            cache=cache,
            keep_data_s=bounds.keep_data_s,
            keep_rows_s=bounds.keep_rows_s,
            every_s=bounds.purge_every_s,
            now=now,
        )
        await tidy.sweep()
        for row in await book.unfinished():
            deadlines.watch(row)
            renders.push(row)
        await notices.resume()
        tidying = asyncio.create_task(tidy.run(), name="tidy-predictions")
        try:
            yield app
        finally:
            tidying.cancel()
            await asyncio.gather(tidying, return_exceptions=True)
            await renders.close()


def add_pages(app: web.Application, by_key: OpenCalls, *, needs_token: bool) -> None:
    """Route what is no call: results, pages for people and the description of the calls."""
    app.router.add_get(OUTPUTS_PATH + "{key}/{name}", by_key.output)
    app.router.add_get("/p/{id}/{key}", by_key.page, allow_head=False)

    async def describe(request: web.Request) -> web.Response:
        """The OpenAPI document."""
        told = document_bytes(base_url(request), needs_token=needs_token)
        return web.Response(body=told, content_type="application/json")

    for prefix in PREFIXES:
        app.router.add_get(f"{prefix}/openapi.json", describe, allow_head=False)

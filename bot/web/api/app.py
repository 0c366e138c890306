"""The engine server's rooms, opened one inside the other, as one aiohttp application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from aiohttp import web

from bot.protocol.engine import MAX_SOURCE_TEXT
from bot.store.db import open_database
from bot.store.migrate import upgrade
from bot.store.tables.predictions import PredictionRows
from bot.web.api.access import Access
from bot.web.api.book import Book, Now, utc_now
from bot.web.api.notices import Notices, kept_secret
from bot.web.api.outputs import Outputs
from bot.web.api.pool import RenderPool
from bot.web.api.problems import problems
from bot.web.api.renders import Renders
from bot.web.api.routes import Api, base_url
from bot.web.api.songs import SongsApi, Uploads, gateway_envelope
from bot.web.api.sources import SourceLimits, Sources

log = structlog.get_logger(__name__)


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
    source: SourceLimits = field(default_factory=SourceLimits)


@contextlib.asynccontextmanager
async def open_app(
    *,
    data: Path,
    own_url: str,
    tokens: Iterable[str],
    private_webhooks: bool,
    private_sources: bool = False,
    pool: RenderPool,
    bounds: Bounds | None = None,
    now: Now = utc_now,
) -> AsyncGenerator[web.Application]:
    """The server as an application, with what an earlier one left undone already queued.

    Args:
        data: The folder for ``engine.sqlite``, ``engine-outputs`` and the signing secret.
        own_url: Where this server listens, for webhooks about predictions of an earlier one.
        tokens: Accepted bearer tokens; none means calls to localhost only.
        private_webhooks: Whether webhooks may go to private addresses.
        private_sources: Whether scores and recordings may be fetched from private addresses.
        pool: The render workers; the caller stops them.
        bounds: Limits of size and age.
        now: The clock.

    Raises:
        StartupError: another process owns the data.
    """
    bounds = bounds or Bounds()
    url = f"sqlite+aiosqlite:///{data / 'engine.sqlite'}"
    async with open_database(url) as database:
        await asyncio.to_thread(upgrade, url, "engine")
        secret = await asyncio.to_thread(kept_secret, data / "engine-webhook-secret")
        outputs = Outputs(data / "engine-outputs")
        async with (
            contextlib.aclosing(PredictionRows(database)) as rows,
            Notices(rows, secret, own_url=own_url, private_allowed=private_webhooks, now=now) as notices,
            Sources(outputs, private_allowed=private_sources, limits=bounds.source) as sources,
        ):
            book = Book(rows, notices.tell, now)
            renders = Renders(book, pool, outputs, sources)
            api = Api(
                book=book,
                renders=renders,
                outputs=outputs,
                sources=sources,
                signing_secret=secret,
                private_webhooks=private_webhooks,
                queue_limit=bounds.queue,
                now=now,
            )
            app = web.Application(
                middlewares=[problems, gateway_envelope, Access(tokens).middleware],
                client_max_size=bounds.body_bytes,
            )
            api.add_to(app)
            SongsApi(
                book=book,
                renders=renders,
                outputs=outputs,
                sources=sources,
                uploads=Uploads(data / "engine-song-uploads", most_bytes=bounds.source.file_bytes),
                admit=lambda _: api.check_queue(),
                base_url=base_url,
                now=now,
            ).add_to(app)
            await outputs.sweep(await rows.output_keys())
            for row in await book.unfinished():
                renders.push(row)
            await notices.resume()
            tidying = asyncio.create_task(_tidy(rows, outputs, bounds, now), name="tidy-predictions")
            try:
                yield app
            finally:
                tidying.cancel()
                await asyncio.gather(tidying, return_exceptions=True)
                await renders.close()


async def _tidy(rows: PredictionRows, outputs: Outputs, bounds: Bounds, now: Now) -> None:
    """Forget what is past its time, again and again; a fault is told and tried again."""
    while True:
        try:
            await purge(rows, outputs, bounds, now)
        except Exception:
            log.exception("tidy.failed")
        await asyncio.sleep(bounds.purge_every_s)


async def purge(rows: PredictionRows, outputs: Outputs, bounds: Bounds, now: Now) -> None:
    """Remove data and rows that are older than their bounds."""
    for row in await rows.remove_data(now() - timedelta(seconds=bounds.keep_data_s)):
        await outputs.remove(row.output_key)
    await rows.forget(now() - timedelta(seconds=bounds.keep_rows_s))

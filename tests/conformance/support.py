"""A server as the world sees it: on plain http, or behind a proxy that ends TLS, as ``PUBLIC_URL`` tells."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import trustme

from bot.web.api.app import open_app
from bot.web.api.pool import RenderPool
from tests.web.api.support import TinyEngine, listening, serving

TOKEN = "s3cret"


@dataclass(frozen=True, kw_only=True)
class Front:
    """Where clients call, and whom they trust there."""

    url: str
    engine: TinyEngine
    ca_file: Path | None = None
    trust: ssl.SSLContext | None = None

    @property
    def is_https(self) -> bool:
        """Whether clients make FileOutput of addresses."""
        return self.ca_file is not None


@contextlib.asynccontextmanager
async def front(data: Path, *, https: bool) -> AsyncGenerator[Front]:
    """A server whose engine is tiny, with one accepted token."""
    listener, own_url = listening()
    engine = TinyEngine()
    pool = RenderPool(lambda: ThreadPoolExecutor(2), 2, work=engine)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(listener.close)
        stack.push_async_callback(pool.stop)
        seen = Front(url=own_url, engine=engine)
        if https:
            seen = await stack.enter_async_context(_tls(data, own_url, engine))
        app = await stack.enter_async_context(
            open_app(
                data=data,
                own_url=own_url,
                public_url=seen.url if https else None,
                tokens=[TOKEN],
                private_webhooks=True,
                pool=pool,
            )
        )
        await stack.enter_async_context(serving(app, listener))
        yield seen


@contextlib.asynccontextmanager
async def _tls(folder: Path, behind: str, engine: TinyEngine) -> AsyncGenerator[Front]:
    """A proxy of bytes that ends TLS, with a certificate of an authority made for this test."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    open_ends: set[asyncio.StreamWriter] = set()
    port = int(behind.rpartition(":")[2])

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            while block := await reader.read(2**16):
                writer.write(block)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", port)
        open_ends.update((writer, back_writer))
        await asyncio.gather(pass_on(reader, back_writer), pass_on(back_reader, writer))
        open_ends.difference_update((writer, back_writer))

    proxy = await asyncio.start_server(connect, "127.0.0.1", 0, ssl=context)
    url = f"https://localhost:{proxy.sockets[0].getsockname()[1]}"
    try:
        yield Front(url=url, engine=engine, ca_file=ca_file, trust=trust)
    finally:
        proxy.close()
        for writer in list(open_ends):
            writer.close()
        await proxy.wait_closed()

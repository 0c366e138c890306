"""The engine server as a process: workers first, since they take longest, then socket, store and rooms.

This module is light at its top: the workers start while the rest is still being imported.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.errors import ExitCode, StartupError
from bot.web.api.pool import Pool, RenderPool, cores, worker_processes

log = structlog.get_logger(__name__)

if TYPE_CHECKING:
    from bot.settings import Settings

_BACKLOG = 1_024
_STOP_S = 2.0
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (compared with, not bound to)


async def serve_engine(
    settings: Settings,
    *,
    on_ready: Callable[[str], None],
    stop: asyncio.Event,
    data: Path | None = None,
) -> None:
    """Serve the engine until ``stop`` is set.

    Args:
        settings: Where to listen, tokens, how many workers.
        on_ready: Called once with the server's address when it answers.
        stop: Ends the server. What is unfinished stays on disk and is gone on with by the next one.
        data: The folder for the server's own file and results; ``RIFFCORD_DATA`` by default.

    Raises:
        StartupError: the port is taken, the address cannot be bound, tokens are missing for an address
            that others reach, or another server owns the data.
    """
    is_loopback = _is_loopback(settings.engine_bind)
    others_call = not is_loopback or settings.engine_address is not None
    if others_call and not settings.tokens:
        raise StartupError("engine_tokens_needed", ExitCode.BAD_SETTINGS, name="ENGINE_TOKENS")
    listener = _listen(settings.engine_bind, settings.engine_port)
    pool = open_pool(settings)
    try:
        from aiohttp import web

        from bot.web.api.app import STOP, bounds_of, open_app
        from bot.web.malformed import HTTP_LOG

        async with open_app(
            data=data or settings.riffcord_data,
            own_url=_url_of(listener),
            tokens=settings.tokens,
            private_webhooks=private_webhooks(settings),
            private_sources=settings.engine_private_sources,
            public_url=settings.engine_address,
            pool=pool,
            bounds=bounds_of(settings),
        ) as app:
            runner = web.AppRunner(app, access_log=None, logger=HTTP_LOG, shutdown_timeout=_STOP_S)
            await runner.setup()
            try:
                await web.SockSite(runner, listener, backlog=_BACKLOG).start()
                if not settings.tokens:
                    log.info("engine.this_machine_only", reason="no ENGINE_TOKENS")
                on_ready(_url_of(listener))
                await stop.wait()
                await app[STOP](_STOP_S)
            finally:
                await runner.cleanup()
    finally:
        listener.close()
        await pool.stop()


def private_webhooks(settings: Settings) -> bool:
    """Whether webhooks may go to private addresses: not where callers come from elsewhere, if not told so."""
    own_only = not settings.tokens and settings.engine_address is None and _is_loopback(settings.engine_bind)
    return settings.engine_private_webhooks or own_only


def open_pool(settings: Settings) -> Pool:
    """Where renders run: the cluster of ``DASK_SCHEDULER``, or processes of this machine.

    Raises:
        StartupError: a cluster is asked for and its extra is not installed, or its store has no address.
    """
    if settings.dask_scheduler is None:
        slots = settings.engine_workers or cores()
        return RenderPool(worker_processes(slots), slots)
    try:
        from bot.web.api.cluster import ClusterPool
    except ModuleNotFoundError as error:
        wanted = {"setting": "DASK_SCHEDULER", "extra": "cluster"}
        raise StartupError("extra_needed", ExitCode.BAD_SETTINGS, **wanted) from error
    if settings.blobs_url is not None:
        _check_store(settings.blobs_url)
    return ClusterPool(settings.dask_scheduler, blobs_url=settings.blobs_url)


def _check_store(url: str) -> None:
    """Whether files can come home that way, before anybody waits for them."""
    from bot.store.places import opened_store

    opened_store(url)


def _is_loopback(bind: str) -> bool:
    try:
        return ipaddress.ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"


def _listen(bind: str, port: int) -> socket.socket:
    """A listening socket: calls that come before the server is open wait in its queue."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        return socket.create_server((bind, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartupError(
                "port_in_use", ExitCode.PORT_IN_USE, port=port, setting="ENGINE_PORT"
            ) from error
        raise StartupError("cannot_bind", ExitCode.BAD_SETTINGS, address=bind) from error


def _url_of(listener: socket.socket) -> str:
    """The server's address for callers on this machine."""
    host, port = listener.getsockname()[:2]
    if host in _EVERYWHERE:
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"

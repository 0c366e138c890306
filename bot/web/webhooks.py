"""Webhooks in: a host tells that something that was ordered there moved.

Who may speak is decided twice: by the address, which only we can make, and by the host's signature over the
raw body. A host that does not sign is believed by the address alone where nothing else can be had of it;
where it can be asked, what it says only makes us ask; so it is with accounts that members brought. Whatever
is wrong is a plain 4xx that tells nothing. A repetition is answered like the first time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from aiohttp import web

from bot.errors import HostError, KeyGone, NotFound, NotUnderstood
from bot.jobs.records import Job
from bot.protocol.runs import Run
from bot.web.ports import Desk, TellingHost
from bot.web.signatures import Signatures

log = structlog.get_logger(__name__)

MOST_BYTES: Final = 2 * 2**20
"""A run with its logs is some kilobytes, where results come as addresses."""
MOST_INLINE_BYTES: Final = 48 * 2**20
"""Where they come inline: some minutes of WAV as base64."""
READ_S: Final = 60.0
_ID_HEADER: Final = "webhook-id"


class WebhookDoor:
    """Takes webhooks in."""

    def __init__(
        self,
        desk: Desk,
        hosts: Mapping[str, TellingHost],
        clock: Callable[[], float] = time.monotonic,
        *,
        keyless: Callable[[str], TellingHost] | None = None,
    ) -> None:
        """Take news for these hosts; ``keyless`` reads what is said of accounts that members brought."""
        self._desk = desk
        self._hosts = hosts
        self._clock = clock
        self._keyless = keyless
        self._signatures: dict[str, Signatures] = {}

    def add_routes(self, app: web.Application) -> None:
        """Put the one address into the application."""
        app.router.add_post("/hooks/{job}/{attempt}/{mac}", self.receive)

    async def receive(self, request: web.Request) -> web.Response:
        """Check address and signature, then hand the news to the jobs."""
        job = await self._job(request)
        host = self._hosts.get(job.order.host)
        if host is None:
            raise web.HTTPGone
        body = await read_body(request, MOST_INLINE_BYTES if host.offers.inline_files else MOST_BYTES)
        if job.key_id is not None:
            return await self._hear_own(job, body)
        signatures = self._signatures.setdefault(job.order.host, Signatures(host, self._clock))
        try:
            signed = await signatures.are_needed()
            if not await signatures.fits(request.headers, body):
                log.warning("webhook.refused", job=job.id, host=job.order.host)
                raise web.HTTPUnauthorized
            message_id = request.headers.get(_ID_HEADER) if signed else None
            if not signatures.is_known(message_id):
                run = await _told(job, host, body)
                await self._act(job, run, proven=signed or not host.offers.polls)
                signatures.remember(message_id)
        except HostError as error:  # neither secret nor run can be asked for now: it shall say it again
            log.warning("webhook.not_checked", job=job.id, host=job.order.host, error=str(error))
            raise web.HTTPServiceUnavailable from None
        return web.Response(status=204)

    async def _hear_own(self, job: Job, body: bytes) -> web.Response:
        """Each account signs with a secret of its own, and its owner knows our address: it only wakes us."""
        if self._keyless is None:
            raise web.HTTPGone
        run = await _told(job, self._keyless(job.order.host), body)
        try:
            await self._desk.nudge(job.id, run.id)
        except KeyGone:
            raise web.HTTPGone from None
        except HostError as error:
            log.warning("webhook.not_checked", job=job.id, host=job.order.host, error=str(error))
            raise web.HTTPServiceUnavailable from None
        return web.Response(status=204)

    async def _job(self, request: web.Request) -> Job:
        parts = request.match_info
        if not self._desk.is_our_hook(parts["job"], parts["attempt"], parts["mac"]):
            raise web.HTTPNotFound
        try:
            return await self._desk.get(parts["job"])
        except NotFound:
            raise web.HTTPGone from None

    async def _act(self, job: Job, run: Run, *, proven: bool) -> None:
        """If that fails, the 500 makes the host say it again."""
        if proven:
            await self._desk.told(job.id, run)
        else:
            await self._desk.nudge(job.id, run.id)


async def _told(job: Job, host: TellingHost, body: bytes) -> Run:
    try:
        return await run_told(host, body)
    except NotUnderstood:
        log.warning("webhook.not_understood", job=job.id, host=job.order.host)
        raise web.HTTPBadRequest from None


async def run_told(host: TellingHost, body: bytes) -> Run:
    """What a body tells; in a thread where it may hold whole files. Raises ``NotUnderstood``."""
    return await asyncio.to_thread(host.told, body) if host.offers.inline_files else host.told(body)


async def read_body(request: web.Request, most_bytes: int) -> bytes:
    """The body, if it comes in time and is not larger; else the answer of that status is raised."""
    if (request.content_length or 0) > most_bytes:
        raise web.HTTPRequestEntityTooLarge(most_bytes, request.content_length or 0)
    body = bytearray()
    try:
        async with asyncio.timeout(READ_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most_bytes:
                    raise web.HTTPRequestEntityTooLarge(most_bytes, len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return bytes(body)

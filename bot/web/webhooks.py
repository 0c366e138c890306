"""Webhooks in: a host tells that a prediction moved.

Who may speak is decided twice: by the address, which only we can make, and by the host's signature over the
raw body. Whatever is wrong is a plain 4xx that tells nothing. A repetition is answered like the first time:
the jobs know what they have heard already.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from aiohttp import web

from bot.errors import HostError, NotFound, NotUnderstood
from bot.web.ports import Desk, Signature, TellingHost

log = structlog.get_logger(__name__)

MOST_BYTES = 2 * 2**20
"""A prediction with its logs is some kilobytes; results come as addresses, not inline."""


class WebhookDoor:
    """Takes webhooks in. Signing secrets are asked for once a host, when the first webhook comes."""

    def __init__(self, desk: Desk, hosts: Mapping[str, TellingHost]) -> None:
        self._desk = desk
        self._hosts = hosts
        self._signatures: dict[str, Signature | None] = {}

    def add_routes(self, app: web.Application) -> None:
        """Put the one address into the application."""
        app.router.add_post("/hooks/{job}/{attempt}/{mac}", self.receive)

    async def receive(self, request: web.Request) -> web.Response:
        """Check address and signature, then hand the news to the jobs."""
        parts = request.match_info
        if not self._desk.is_our_hook(parts["job"], parts["attempt"], parts["mac"]):
            raise web.HTTPNotFound
        body = await request.read()
        try:
            job = await self._desk.get(parts["job"])
        except NotFound:
            raise web.HTTPGone from None
        host = self._hosts.get(job.order.host)
        if host is None:
            raise web.HTTPGone
        signature = await self._signature(job.order.host, host)
        if signature is not None and not signature.verify(request.headers, body):
            log.warning("webhook.refused", job=job.id, host=job.order.host)
            raise web.HTTPUnauthorized
        try:
            run = host.told(body)
        except NotUnderstood:
            log.warning("webhook.not_understood", job=job.id, host=job.order.host)
            raise web.HTTPBadRequest from None
        await self._desk.told(job.id, run)  # if that fails, the 500 makes the host say it again
        return web.Response(status=204)

    async def _signature(self, name: str, host: TellingHost) -> Signature | None:
        if name not in self._signatures:
            try:
                self._signatures[name] = await host.verifier()
            except HostError as error:
                log.warning("webhook.no_secret", host=name, error=str(error))
                raise web.HTTPServiceUnavailable from None
        return self._signatures[name]

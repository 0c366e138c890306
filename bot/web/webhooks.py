"""Webhooks in: a host tells that a prediction moved.

Who may speak is decided twice: by the address, which only we can make, and by the host's signature over the
raw body. Whatever is wrong is a plain 4xx that tells nothing. A repetition is answered like the first time:
the jobs know what they have heard already.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from aiohttp import web
from pydantic import ValidationError

from bot.errors import HostError, NotFound
from bot.protocol.predictions import Prediction
from bot.web.ports import Desk, Signature, SigningHost

log = structlog.get_logger(__name__)

MOST_BYTES = 2 * 2**20
"""A prediction with its logs is some kilobytes; results come as addresses, not inline."""


class WebhookDoor:
    """Takes webhooks in. Signing secrets are asked for once a host, when the first webhook comes."""

    def __init__(self, desk: Desk, hosts: Mapping[str, SigningHost]) -> None:
        self._desk = desk
        self._hosts = hosts
        self._signatures: dict[str, Signature] = {}

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
        signature = await self._signature(job.order.host)
        if not signature.verify(request.headers, body):
            log.warning("webhook.refused", job=job.id, host=job.order.host)
            raise web.HTTPUnauthorized
        try:
            prediction = Prediction.model_validate_json(body)
        except ValidationError:
            log.warning("webhook.not_understood", job=job.id, host=job.order.host)
            raise web.HTTPBadRequest from None
        await self._desk.told(job.id, prediction)  # if that fails, the 500 makes the host say it again
        return web.Response(status=204)

    async def _signature(self, host: str) -> Signature:
        if host not in self._signatures:
            signing = self._hosts.get(host)
            if signing is None:
                raise web.HTTPGone
            try:
                self._signatures[host] = await signing.webhook_verifier()
            except HostError as error:
                log.warning("webhook.no_secret", host=host, error=str(error))
                raise web.HTTPServiceUnavailable from None
        return self._signatures[host]

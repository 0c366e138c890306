"""Who may call: a bearer token where tokens are configured, else this machine alone."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable

from aiohttp import web

from bot.providers.addresses import is_loopback_name
from bot.web.api.problems import Handler, Refusal

OWNER = web.RequestKey("owner", str)
"""Whose call it is: a digest of the token; empty where no token is needed."""

PREFIXES = ("", "/v1", "/replicate/v1")
"""Where the API answers: Replicate's own, aggregators', and without any, as some documents print it."""

_OPEN = re.compile(
    r"(?:/replicate/v1|/v1)?/(?:health|openapi\.json|files/[^/]+/(?:download|stream/[^/]+))"
    r"|/(?:outputs|p)/.*"
)
"""What needs no token: results, streams, pages and downloads have a key in their addresses."""

_HANDED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""What proxies say of whom they call for."""


class Access:
    """Checks each call. With no tokens at all, only calls to a name of this machine itself pass."""

    def __init__(self, tokens: Iterable[str], on_call: Callable[[str], None] = lambda _: None) -> None:
        """``on_call`` hears of each call whose it is, and may refuse it."""
        self._on_call = on_call
        self._digests = [hashlib.sha256(token.encode()).digest() for token in tokens]

    def owner(self, authorization: str) -> str | None:
        """The caller's owner id, or None when the header holds no accepted token. Takes constant time."""
        scheme, _, token = authorization.partition(" ")
        given = hashlib.sha256(token.strip().encode(errors="surrogateescape")).digest()
        accepted = False
        for digest in self._digests:
            accepted |= hmac.compare_digest(digest, given)
        return given.hex()[:32] if accepted and scheme.lower() in ("bearer", "token") else None

    def check(self, request: web.Request) -> None:
        """Note the caller's owner id in the request. Raises :class:`Refusal` 401 or 403."""
        if not self._digests:
            # A page in a browser can point a name of its own at 127.0.0.1; that name gives it away.
            # Nor does a proxy that hands on calls of others speak for this machine.
            handed_on = any(name in request.headers for name in _HANDED_ON)
            if handed_on or not is_loopback_name(request.url.host or ""):
                raise Refusal(403, "Forbidden", "Without tokens this server answers to localhost only.")
            request[OWNER] = ""
            return
        owner = self.owner(request.headers.get("Authorization", ""))
        if owner is None:
            raise Refusal(
                401,
                "Unauthenticated",
                "You did not pass a valid authentication token, as in: Authorization: Bearer TOKEN",
            )
        request[OWNER] = owner

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check every call but the open ones."""
        if not _OPEN.fullmatch(request.path):
            self.check(request)
            if not (request.method == "POST" and request.path.endswith("/predictions")):
                self._on_call(request[OWNER])  # creations are counted where they are accepted
        return await handler(request)

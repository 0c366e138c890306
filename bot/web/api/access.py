"""Who may call: a bearer token where tokens are configured, else this machine alone."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from aiohttp import web

from bot.providers.addresses import is_loopback_name
from bot.web.api.problems import Handler, Refusal

OWNER = web.RequestKey("owner", str)
"""Whose call it is: a digest of the token; empty where no token is needed."""

PREFIXES = ("", "/v1", "/replicate/v1")
"""Where the API answers: Replicate's own, aggregators', and without any, as some documents print it."""

_OPEN = frozenset(f"{prefix}/health" for prefix in PREFIXES)


class Access:
    """Checks each call. With no tokens at all, only calls to a name of this machine itself pass."""

    def __init__(self, tokens: Iterable[str]) -> None:
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
            if not is_loopback_name(request.url.host or ""):
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
        """Check every call but those for results (their addresses are secrets) and health."""
        if not request.path.startswith("/outputs/") and request.path not in _OPEN:
            self.check(request)
        return await handler(request)

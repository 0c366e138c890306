"""Discord's REST API on a local port: parse, look after limits, let simcord's routes do it, answer.

What simcord does not model and a bot's crash safety rests on is done here: ``nonce``, the upload limit,
tokens of interactions that are over, ``with_response`` and the permission to attach files.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import structlog
from aiohttp import web

from bot.room.acks import AckBook
from bot.room.cdn import describing_uploads
from bot.room.faults import Fault, FaultKind, FaultTable
from bot.room.gateway import Gateway
from bot.room.nonces import NonceBook, enforced_nonce
from bot.room.simcord_internals import BackendError, RoomBackend, SetupError, router, serializers
from bot.room.uploads import BadBody, FileTooLarge, RequestBody, read_body

API_PREFIX = "/api/v10"
_OPEN_TO_ALL = ("/interactions/", "/webhooks/", "/gateway")
_REMEMBERED_REQUESTS = 5_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request as it came in, for tests that compare it with Discord's published schema."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    file_sizes_bytes: tuple[int, ...]
    status: int


class _LostAnswer(Exception):
    """The connection is to be dropped although the work was done."""


class RestApi:
    """The REST server's only handler. ``on_request`` is told of every request, when given."""

    def __init__(
        self,
        backend: RoomBackend,
        gateway: Gateway,
        acks: AckBook,
        on_request: Callable[[SeenRequest], None] | None = None,
    ) -> None:
        self.faults = FaultTable()
        self.seen: deque[SeenRequest] = deque(maxlen=_REMEMBERED_REQUESTS)
        self._backend = backend
        self._gateway = gateway
        self._acks = acks
        self._on_request = on_request
        self._nonces = NonceBook()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of Discord's API."""
        path = unquote(request.rel_url.raw_path.removeprefix(API_PREFIX))
        body = RequestBody()
        fault = self.faults.meet(request.method, path)
        try:
            body = await read_body(request)
            if fault is not None:
                await self._before(fault)
            status, answer = self._answer(request, path, body)
            if fault is not None:
                await self._after(fault)
        except _LostAnswer:
            if request.transport is not None:
                request.transport.abort()
            raise
        except Exception as error:  # a server answers whatever happens
            status, answer = _error_answer(error, request.method, path)
        self._note(request, path, body, status)
        return _reply(status, answer)

    async def _before(self, fault: Fault) -> None:
        if fault.kind is FaultKind.REFUSE:
            raise BackendError(fault.status, fault.code, fault.message)
        if fault.kind is FaultKind.HOLD_BEFORE:
            await fault.hold()

    async def _after(self, fault: Fault) -> None:
        if fault.kind is FaultKind.HOLD_AFTER:
            await fault.hold()
        elif fault.kind is FaultKind.LOSE:
            raise _LostAnswer

    def _answer(self, request: web.Request, path: str, body: RequestBody) -> tuple[int, Any]:
        """Status and JSON (None for no content) of a request without faults."""
        if path.startswith("/gateway"):
            return 200, self._gateway_answer(path)
        if not path.startswith(_OPEN_TO_ALL) and not request.headers.get("Authorization", "").startswith(
            "Bot "
        ):
            raise BackendError(401, 0, "401: Unauthorized")
        self._check_guild(path)
        self._check_token(path)
        self._check_files(request.method, path, body)
        nonce = enforced_nonce(request.method, path, body.json)
        known = self._message_with(nonce) if nonce is not None else None
        if known is not None:
            return 200, known
        answer = self._dispatch(request, path, body)
        if nonce is not None:
            self._nonces.note(nonce, int(answer["channel_id"]), int(answer["id"]), self._backend.clock.now())
            answer["nonce"] = nonce
        if path.startswith("/interactions/"):
            self._acks.answered(int(path.split("/")[2]))
            if request.query.get("with_response", "").lower() not in ("1", "true"):
                return 204, None
        return (204, None) if answer is None else (200, answer)

    def _dispatch(self, request: web.Request, path: str, body: RequestBody) -> Any:
        with describing_uploads(body.details):
            answer = router.dispatch(
                self._backend,
                request.method,
                path,
                json=body.json,
                params=dict(request.query),
                files=list(body.files),
                reason=unquote(request.headers.get("X-Audit-Log-Reason", "")) or None,
                message_content_access=False,
            )
        if request.method != "GET":
            self._backend.note_change()
            self._backend.forget_old()
        return answer

    def _gateway_answer(self, path: str) -> dict[str, Any]:
        if path == "/gateway":
            return {"url": self._gateway.url}
        starts = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return {"url": self._gateway.url, "shards": 1, "session_start_limit": starts}

    def _check_guild(self, path: str) -> None:
        """Discord knows no server that the bot is not in; simcord shows it all the same."""
        parts = path.strip("/").split("/")
        if parts[0] == "guilds" and len(parts) > 1 and not self._backend.has_bot(int(parts[1])):
            raise BackendError(404, 10004, "Unknown Guild")

    def _check_token(self, path: str) -> None:
        """Discord answers 50027 to the token of an interaction that is over; simcord does not know it."""
        parts = path.strip("/").split("/")
        if parts[0] == "webhooks" and len(parts) > 2 and self._backend.interaction_expired(parts[2]):
            raise BackendError(401, 50027, "Invalid Webhook Token")

    def _check_files(self, method: str, path: str, body: RequestBody) -> None:
        """Files in a channel need the permission to attach them; simcord asks only for sending."""
        parts = path.strip("/").split("/")
        if (
            body.files
            and method in ("POST", "PATCH")
            and parts[0] == "channels"
            and parts[2:3] == ["messages"]
        ):
            channel = self._backend.get_channel(int(parts[1]))
            bot_id = self._backend.bot_user.id
            self._backend.require_permissions(channel.guild_id, bot_id, channel.id, "attach_files")

    def _message_with(self, nonce: str) -> dict[str, Any] | None:
        place = self._nonces.find(nonce, self._backend.clock.now())
        if place is None:
            return None
        message = self._backend.messages.get(place[0], {}).get(place[1])
        if message is None:
            return None
        return {**serializers.message_payload(self._backend, message), "nonce": nonce}

    def _note(self, request: web.Request, path: str, body: RequestBody, status: int) -> None:
        if self._on_request is None:
            return
        sizes = tuple(len(file.data) for file in body.files)
        seen = SeenRequest(request.method, path, dict(request.query), body.json, sizes, status)
        self.seen.append(seen)
        self._on_request(seen)


def _error_answer(error: Exception, method: str, path: str) -> tuple[int, dict[str, Any]]:
    """Status and JSON of a failure; what is our own gap is logged loudly."""
    match error:
        case router.RouteNotImplemented() | router.UnsupportedField():
            log.error("rest.not_simulated", method=method, path=path, problem=str(error))
            return 501, {"code": 0, "message": str(error)}
        case BackendError():
            log.info("rest.refused", method=method, path=path, status=error.status, code=error.code)
            return error.status, error.to_json()
        case FileTooLarge():
            return 413, {"code": 40005, "message": "Request entity too large"}
        case BadBody() | SetupError() | ValueError() | TypeError() | KeyError():
            log.warning("rest.bad_request", method=method, path=path, problem=repr(error))
            return 400, {"code": 50035, "message": f"Invalid Form Body: {error}"}
        case _:
            log.error("rest.broken", method=method, path=path, exc_info=error)
            return 500, {"code": 0, "message": "Internal Server Error"}


def _reply(status: int, answer: Any) -> web.Response:
    if answer is None:
        return web.Response(status=status)
    # discord.py compares this header with exactly "application/json".
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(answer).encode(), status=status, headers=headers)

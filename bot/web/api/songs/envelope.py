"""Answers of the songs dialect; refusals as gateways that resell it tell them: ``{"error": {…}}``."""

from __future__ import annotations

import re
import secrets
from typing import Final

import structlog
from aiohttp import web
from pydantic import BaseModel

from bot.protocol.songs import GatewayError, GatewayFault
from bot.web.api.access import PREFIXES
from bot.web.api.problems import Handler, Refusal
from bot.web.api.wire import encoded

log = structlog.get_logger(__name__)

SONGS: Final = re.compile(f"(?:{'|'.join(PREFIXES)})/riffusion/.*")
"""Paths of the dialect."""

_STATUS: Final = {402: 403, 422: 400}
"""A problem's status -> the gateways': no credit is 403 there, and there is one status for wrong input."""
_CODES: Final = {
    400: "invalid_request",
    401: "invalid_token",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


def told(answer: BaseModel) -> web.Response:
    """What was asked for."""
    return web.Response(body=encoded(answer.model_dump(exclude_none=True)), content_type="application/json")


@web.middleware
async def gateway_envelope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell every refusal of a call below ``/riffusion/`` in the gateways' form; others pass through."""
    if SONGS.fullmatch(request.path) is None:
        return await handler(request)
    reference = secrets.token_hex(8)
    try:
        return await handler(request)
    except Refusal as refusal:
        return _refused(refusal, reference)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = _refused(Refusal(error.status, error.reason, f"{error.reason}."), reference)
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        log.exception("songs.bug", reference=reference, method=request.method, path=request.path)
        return _refused(Refusal(500, "Internal error", "Our own mistake."), reference)


def _refused(refusal: Refusal, reference: str) -> web.Response:
    plain = refusal.answer()
    problem = refusal.problem
    fault = problem.invalid_fields[0] if problem.invalid_fields else None
    if fault is None:
        message = problem.detail or problem.title or ""
    else:
        message = f"{fault.field}: {fault.description}"
    status = _STATUS.get(refusal.status, refusal.status)
    code = "insufficient_user_quota" if refusal.status == 402 else _CODES.get(status)
    body = GatewayError(
        error=GatewayFault(
            message=f"{message} (request id: {reference})",
            param=None if fault is None else fault.field,
            code=code,
        )
    )
    answer = web.Response(
        status=status, body=encoded(body.model_dump(exclude_none=True)), content_type="application/json"
    )
    for name in ("Retry-After", "WWW-Authenticate"):
        if name in plain.headers:
            answer.headers[name] = plain.headers[name]
    return answer

"""Refusals as problem+json (RFC 9457), whoever refuses: a handler, the router or aiohttp itself."""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.protocol.problems import InvalidField, Problem

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refusal(Exception):
    """A call that is not done; becomes the answer."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        invalid: Sequence[InvalidField] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.problem = Problem(
            title=title,
            detail=detail,
            status=status,
            invalid_fields=list(invalid) or None,
            retry_after=None if retry_after_s is None else math.ceil(retry_after_s),
        )

    def answer(self) -> web.Response:
        """The HTTP answer."""
        response = web.Response(
            status=self.status,
            body=self.problem.model_dump_json(exclude_none=True).encode(),
            content_type="application/problem+json",
        )
        if self.problem.retry_after is not None:
            response.headers["Retry-After"] = str(int(self.problem.retry_after))
        return response


def invalid_input(faults: Sequence[InvalidField]) -> Refusal:
    """422 that names each faulty field, one line a fault in the prose."""
    detail = "\n".join(f"- {fault.field}: {fault.description}" for fault in faults)
    return Refusal(422, "Input validation failed", detail, invalid=faults)


def not_found(what: str) -> Refusal:
    """404 for a thing that is not there, or not the caller's."""
    return Refusal(404, "Not found", f"{what} does not exist.")


_TITLES = {
    404: ("Not found", "There is nothing at this address."),
    405: ("Method not allowed", "This address does not take this method."),
    413: ("Too large", "The request is larger than this server takes."),
}


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal and error into problem+json; a bug shows only a reference that the log has too."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return refusal.answer()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        title, detail = _TITLES.get(error.status, (error.reason, error.reason))
        answer = Refusal(error.status, title, detail).answer()
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except HttpProcessingError:
        return Refusal(400, "Malformed request", "The parts of the form cannot be read.").answer()
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("api.bug", reference=reference, method=request.method, path=request.path)
        return Refusal(500, "Internal error", f"Our own mistake, noted as {reference}.").answer()

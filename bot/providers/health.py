"""How a host is, from one free call: whether it answers as its dialect does, and what is wrong where not."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Final

import aiohttp

from bot.errors import BadKey, HostError, NoCredit, NotUnderstood, RateLimited, Unreachable
from bot.jobs.records import HostHealth
from bot.providers.http import HostHttp

PATIENCE_S: Final = 10.0
"""Of whoever waits for the answer in front of a screen."""
_OF_ANY_SERVER: Final = ("404 not found", "405 method not allowed")
"""What web frameworks say by themselves, in JSON, of a path that they do not serve."""


@contextlib.asynccontextmanager
async def asked_once(http: HostHttp) -> AsyncGenerator[HostHttp]:
    """The same host by a connection of its own, with one try and :data:`PATIENCE_S` for it."""
    limits = replace(http.limits, connect_s=PATIENCE_S, read_s=PATIENCE_S, total_s=PATIENCE_S, budget_s=0.0)
    once = replace(http, limits=limits)
    try:
        yield once
    finally:
        await once.close()


def health_of(error: HostError, http: HostHttp, *, known: str = "takes the key") -> HostHealth:
    """What an answer that is no success tells about its host.

    Args:
        error: It.
        http: By which it was asked.
        known: What may be said of a host that refused in its dialect's own words.
    """
    match error:
        case BadKey():
            return HostHealth("refuses", f"does not take the key: {error.detail}", "key")
        case NoCredit():
            return HostHealth("refuses", f"no credit: {error.detail}", "credit")
        case RateLimited():
            return HostHealth("refuses", f"wants to be left alone for now: {error.detail}", "rate")
        case Unreachable() if error.status is None:
            slow = isinstance(error.__cause__, TimeoutError)
            told = f"took longer than {PATIENCE_S:.0f} s" if slow else plain_detail(error)
            return HostHealth("silent", told)
        case Unreachable():
            return HostHealth("troubled", f"has trouble of its own: {error.detail}")
        case NotUnderstood():
            return HostHealth("foreign", error.detail)
        case _:
            return HostHealth("answers" if _in_its_words(error) else "foreign", known)


def _in_its_words(error: HostError) -> bool:
    """Whether a refusal was read out of an error envelope: any web server knows the bare status."""
    _, _, words = error.detail.partition(" ")
    return bool(words.strip()) and error.detail.lower().rstrip(".") not in _OF_ANY_SERVER


def plain_detail(error: HostError) -> str:
    """Why there was no connection, in plain words where they are known; else what the error itself tells."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientConnectorDNSError):
        return f"there is no machine of the name {cause.host}"
    if isinstance(cause, aiohttp.ClientConnectorError) and isinstance(cause.os_error, ConnectionRefusedError):
        return f"nothing listens at {cause.host}:{cause.port}"
    return error.detail

"""A call as one record, from which its routes and its part of the OpenAPI document are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel

from bot.web.api.access import PREFIXES
from bot.web.api.problems import Handler

JSON = "application/json"
Schema = dict[str, Any]
Dialect = Literal["predictions", "songs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. ``name`` is that of its handler."""

    method: str
    path: str
    name: str
    summary: str
    success: dict[int, type[BaseModel] | str | None]
    """What each status brings: a record as JSON, another content type, or nothing."""
    refusals: tuple[int, ...] = ()
    """Besides those of every call."""
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: str | None = None
    """Which of the bodies that ``openapi_bodies`` describes."""
    is_open: bool = False
    """Whether it works without a token."""
    dialect: Dialect = "predictions"
    """How it refuses: in problem+json, or in the envelope of the gateways."""


def handlers_of(calls: Sequence[Call], parts: Iterable[object]) -> dict[str, Handler]:
    """The handler of each call, from whichever part has it."""
    parts = list(parts)
    return {
        call.name: next(getattr(part, call.name) for part in parts if hasattr(part, call.name))
        for call in calls
    }


def add_calls(app: web.Application, calls: Sequence[Call], handlers: dict[str, Handler]) -> None:
    """Route every call under each prefix."""
    for prefix in PREFIXES:
        for call in calls:
            app.router.add_route(call.method, prefix + call.path, handlers[call.name])

"""Every call of the predictions dialect in one table, which routes and OpenAPI document are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from bot.protocol import served
from bot.web.api.access import PREFIXES
from bot.web.api.problems import Handler

JSON = "application/json"
Schema = dict[str, Any]


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
    """Which of the bodies that ``openapi`` describes."""
    is_open: bool = False
    """Whether it works without a token."""


CALLS: tuple[Call, ...] = (
    Call(
        method="POST",
        path="/predictions",
        name="create",
        summary="Create a prediction",
        success={200: served.PredictionTold, 201: served.PredictionTold, 202: served.PredictionTold},
        refusals=(402, 404, 413, 415, 503),
        headers=("Prefer", "Cancel-After"),
        body="create",
    ),
    Call(
        method="GET",
        path="/predictions",
        name="list",
        summary="List predictions, newest first",
        success={200: served.PredictionsTold},
        query=("cursor", "created_after", "created_before"),
    ),
    Call(
        method="GET",
        path="/predictions/{id}",
        name="get",
        summary="Get a prediction",
        success={200: served.PredictionTold},
        refusals=(404,),
    ),
    Call(
        method="POST",
        path="/predictions/{id}/cancel",
        name="cancel",
        summary="Cancel a prediction",
        success={200: served.PredictionTold},
        refusals=(404,),
    ),
    Call(
        method="GET",
        path="/models",
        name="list_models",
        summary="List models",
        success={200: served.ModelsTold},
    ),
    Call(
        method="QUERY",
        path="/models",
        name="search_models",
        summary="Search models",
        success={200: served.ModelsTold},
    ),
    Call(
        method="GET",
        path="/models/{owner}/{name}",
        name="get_model",
        summary="Get a model",
        success={200: served.ModelTold},
        refusals=(404,),
    ),
    Call(
        method="GET",
        path="/models/{owner}/{name}/versions",
        name="list_versions",
        summary="List a model's versions",
        success={200: served.VersionsTold},
        refusals=(404,),
    ),
    Call(
        method="GET",
        path="/models/{owner}/{name}/versions/{version}",
        name="get_version",
        summary="Get a version of a model",
        success={200: served.VersionTold},
        refusals=(404,),
    ),
    Call(
        method="POST",
        path="/models/{owner}/{name}/predictions",
        name="create",
        summary="Create a prediction of a model",
        success={200: served.PredictionTold, 201: served.PredictionTold, 202: served.PredictionTold},
        refusals=(402, 404, 413, 415, 503),
        headers=("Prefer", "Cancel-After"),
        body="create_of_model",
    ),
    Call(
        method="GET",
        path="/account",
        name="get_account",
        summary="Whose token it is",
        success={200: served.AccountTold},
    ),
    Call(
        method="GET",
        path="/webhooks/default/secret",
        name="secret",
        summary="What webhooks are signed with",
        success={200: served.SecretTold},
    ),
    Call(
        method="POST",
        path="/files",
        name="create_file",
        summary="Upload a file",
        success={201: served.FileTold},
        refusals=(413, 415),
        body="file",
    ),
    Call(
        method="GET",
        path="/files",
        name="list_files",
        summary="List files, newest first",
        success={200: served.FilesTold},
        query=("page",),
    ),
    Call(
        method="GET",
        path="/files/{id}",
        name="get_file",
        summary="Get a file's facts",
        success={200: served.FileTold},
        refusals=(404,),
    ),
    Call(
        method="DELETE",
        path="/files/{id}",
        name="delete_file",
        summary="Delete a file",
        success={204: None},
        refusals=(404,),
    ),
    Call(
        method="GET",
        path="/files/{id}/download",
        name="download_file",
        summary="Download a file by its signed address",
        success={200: "*/*", 206: "*/*"},
        refusals=(404, 416),
        query=("owner", "expiry", "signature"),
        is_open=True,
    ),
    Call(
        method="GET",
        path="/files/{id}/stream/{key}",
        name="stream",
        summary="Follow a prediction by server-sent events",
        success={200: "text/event-stream"},
        refusals=(404,),
        headers=("Last-Event-ID",),
        is_open=True,
    ),
    Call(
        method="GET",
        path="/health",
        name="health",
        summary="Whether the server lives",
        success={200: served.HealthTold},
        is_open=True,
    ),
)


def handlers_of(parts: Iterable[object]) -> dict[str, Handler]:
    """The handler of each call, from whichever part has it."""
    found: dict[str, Handler] = {}
    for call in CALLS:
        found[call.name] = next(getattr(part, call.name) for part in parts if hasattr(part, call.name))
    return found


def add_calls(app: web.Application, handlers: dict[str, Handler]) -> None:
    """Route every call under each prefix."""
    for prefix in PREFIXES:
        for call in CALLS:
            app.router.add_route(call.method, prefix + call.path, handlers[call.name])

"""The OpenAPI document, made from the records that calls are checked with and answered by."""

from __future__ import annotations

import functools
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.protocol import served
from bot.protocol.problems import Problem
from bot.protocol.songs import Feed, GatewayError, SongJobs, Uploaded
from bot.web.api.accept import MODELS
from bot.web.api.call import JSON, Call, Schema
from bot.web.api.calls import CALLS
from bot.web.api.listing import CURSOR
from bot.web.api.openapi_bodies import TAKEN, body, creates
from bot.web.api.openapi_parts import REF
from bot.web.api.wire import encoded

_PROBLEM = "application/problem+json"
_EVERY_CALL = (400, 401, 403, 405, 422, 429, 500)
_OPEN_CALL = (400, 401, 405, 429, 500)
_SONG_CALL = (400, 401, 403, 404, 405, 429, 500)
_REFUSED = {
    400: "The request cannot be read",
    401: "No accepted token",
    402: "The token's credit is used up",
    403: "Not by this name",
    404: "There is no such thing, or it is not the caller's",
    405: "Another method",
    408: "The body took too long to arrive",
    413: "Too large",
    415: "Another content type",
    416: "No such range",
    422: "The input cannot be used; invalid_fields says why",
    429: "Too many requests; Retry-After says when to come back",
    500: "Our own mistake",
    503: "The server is stopping",
}
_REFUSED_SONG = {
    400: "The request cannot be used; param names the field at fault",
    403: "The token's credit is used up, or the server is not to be called by this name",
}
_PATH: dict[str, Schema] = {
    "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    "key": {"type": "string", "pattern": "^[A-Za-z0-9_-]{32}$"},
    "owner": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
    "name": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
    "version": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "ids": {
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]{1,100}(,[A-Za-z0-9_-]{1,100}){0,19}$",
        "description": "1 to 20 ids, with commas between",
    },
}
_SOME = "[0-9]{1,9}"
_MORE_THAN_NONE = "0{0,4}[1-9][0-9]{0,4}"
_TIMES = (
    f"{_MORE_THAN_NONE}h({_SOME}m)?({_SOME}s?)?",
    f"({_SOME}h)?{_MORE_THAN_NONE}m({_SOME}s?)?",
    f"({_SOME}h)?({_SOME}m)?0{{0,4}}([5-9]|[1-9][0-9]{{1,4}})s?",
)
"""At least five seconds, in hours or minutes or seconds."""
_OPTIONS: dict[str, Schema] = {
    "cursor": {"type": "string", "pattern": CURSOR, "description": "From next or previous, as it is"},
    "page": {"type": "string", "pattern": "^[0-9]{0,9}$", "description": "From next or previous, as it is"},
    "created_after": {"type": "string", "format": "date-time"},
    "created_before": {"type": "string", "format": "date-time"},
    "owner": {"type": "string", "minLength": 1},
    "expiry": {"type": "integer", "minimum": 1, "maximum": 999_999_999_999},
    "signature": {"type": "string", "minLength": 1},
    "Prefer": {"type": "string", "description": "wait or wait=n, up to 60 seconds; all else is ignored"},
    "Cancel-After": {
        "type": "string",
        "pattern": f"^({'|'.join(_TIMES)})$",
        "description": "30s, 5m, 1h30m45s, or 90 for seconds; five seconds at least",
    },
    "Last-Event-ID": {"type": "string", "pattern": "^[0-9]{1,12}:[0-9]{1,12}$"},
}
_EVENT: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["output", "logs", "error", "done"]},
        "data": {"type": "string"},
    },
    "required": ["id", "event", "data"],
}
_NEEDED = frozenset({"owner", "expiry", "signature"})
_SERVED_BELOW = ("/v1", "/replicate/v1", "")
_NAMES = re.compile(r"\{(\w+)\}")


def document_bytes(base_url: str, *, needs_token: bool = True) -> bytes:
    """:func:`document` as JSON; all but the servers is made once."""
    before, after = _around_servers(needs_token)
    return before + encoded(_servers(base_url)) + after


@functools.cache
def _around_servers(needs_token: bool) -> tuple[bytes, bytes]:
    whole = document("", needs_token=needs_token)
    told = {name: value for name, value in whole.items() if name != "servers"}
    return encoded(told).removesuffix(b"}") + b',"servers":', b"}"


def _servers(base_url: str) -> list[Schema]:
    return [{"url": f"{base_url}{prefix}"} for prefix in _SERVED_BELOW]


def document(base_url: str, *, needs_token: bool = True) -> Schema:
    """The document, for a server that is called ``base_url``; without tokens there is nothing to show."""
    paths: dict[str, Schema] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.2.0",
        "info": {
            "title": "Riffcord engine",
            "version": "1",
            "description": "Replicate's predictions dialect and, below /riffusion/, the songs dialect of "
            "FUZZ resellers, both answered by Riffcord's own music engine.",
        },
        "servers": _servers(base_url),
        **({"security": [{"token": []}]} if needs_token else {}),
        "paths": paths,
        "components": {
            "schemas": _records(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: Call) -> Schema:
    name = "create_of_model" if call.body == "create_of_model" else call.name
    told: Schema = {"operationId": name, "summary": call.summary, "tags": [call.dialect]}
    told["parameters"] = _parameters(call)
    if call.is_open:
        told["security"] = []
    if call.body is not None:
        told["requestBody"] = {"required": True, "content": body(call.body)}
    told["responses"] = {str(status): _answer(what) for status, what in call.success.items()}
    common = _OPEN_CALL if call.is_open else _EVERY_CALL
    for status in sorted({*(_SONG_CALL if call.dialect == "songs" else common), *call.refusals}):
        told["responses"][str(status)] = _refused(status, call)
    for status, links in _LINKS.get(name, {}).items():
        told["responses"][status]["links"] = links
    return told


def _links(source: str, **operations: str) -> Schema:
    """From an answer to calls about what it tells of: ``get="get_file"`` by the path's ``id``."""
    where = "ids" if "feed" in operations else "id"
    return {
        name: {"operationId": operation, "parameters": {where: f"$response.body#/{source}"}}
        for name, operation in operations.items()
    }


_OF_PREDICTION = {"201": _links("id", get="get", cancel="cancel")}
_OF_SONGS = {"200": _links("jobs/0/id", feed="feed")}
_LINKS: dict[str, Schema] = {
    "create": _OF_PREDICTION,
    "create_of_model": _OF_PREDICTION,
    "create_file": {"201": _links("id", get="get_file", delete="delete_file")},
    "generate": _OF_SONGS,
    "generate_from_topic": _OF_SONGS,
}


def _parameters(call: Call) -> list[Schema]:
    found: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": _PATH[name]}
        for name in _NAMES.findall(call.path)
    ]
    for place, names in (("query", call.query), ("header", call.headers)):
        for name in names:
            told = "cursor" if name == "page" else name
            needed = place == "query" and name in _NEEDED
            found.append({"name": told, "in": place, "required": needed, "schema": _OPTIONS[name]})
    return found


def _answer(what: type[BaseModel] | str | None) -> Schema:
    if what is None:
        return {"description": "Done"}
    if what == "text/event-stream":
        return {"description": "Events, the last of which is done", "content": {what: {"itemSchema": _EVENT}}}
    if isinstance(what, str):
        return {"description": "As asked", "content": {what: {"schema": {}}}}
    schema = {"$ref": REF + what.__name__}
    return {"description": what.__name__, "content": {JSON: {"schema": schema}}}


def _refused(status: int, call: Call) -> Schema:
    kind, record = (JSON, GatewayError) if call.dialect == "songs" else (_PROBLEM, Problem)
    told: Schema = {
        "description": _REFUSED_SONG.get(status, _REFUSED[status])
        if call.dialect == "songs"
        else _REFUSED[status],
        "content": {kind: {"schema": {"$ref": REF + record.__name__}}},
    }
    if status in (429, 503):
        told["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}}
    if status == 405:
        told["headers"] = {"Allow": {"schema": {"type": "string"}, "required": True}}
    return told


def _records() -> Schema:
    answers = [value for value in vars(served).values() if _is_record(value)]
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((record, "serialization") for record in (*answers, Problem)),
        *((record, "serialization") for record in (SongJobs, Feed, Uploaded, GatewayError)),
        *((record, "validation") for record in TAKEN),
    ]
    records: Schema = models_json_schema(wanted, ref_template=REF + "{model}")[1]["$defs"]
    for model in MODELS.values():
        # A blank prompt is refused: the record says so by a validator, which has no schema.
        records[model.input.__name__]["properties"]["prompt_a"]["pattern"] = r"\S"
    return {**records, **creates()}


def _is_record(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, served.Served) and value is not served.Served

"""The OpenAPI document, made from the records that calls are checked with and answered by."""

from __future__ import annotations

import functools
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.protocol import served
from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_MODEL
from bot.protocol.problems import Problem
from bot.web.api.accept import MODELS, Model
from bot.web.api.calls import CALLS, JSON, Call, Schema
from bot.web.api.wire import encoded

_REF = "#/components/schemas/"
_PROBLEM = "application/problem+json"
_EVERY_CALL = (400, 401, 403, 405, 422, 429, 500)
_OPEN_CALL = (400, 401, 405, 429, 500)
_REFUSED = {
    400: "The request cannot be read",
    401: "No accepted token",
    402: "The token's credit is used up",
    403: "Not by this name",
    404: "There is no such thing, or it is not the caller's",
    405: "Another method",
    413: "Too large",
    415: "Another content type",
    416: "No such range",
    422: "The input cannot be used; invalid_fields says why",
    429: "Too many requests; Retry-After says when to come back",
    500: "Our own mistake",
    503: "The server is stopping",
}
_PATH: dict[str, Schema] = {
    "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    "key": {"type": "string", "pattern": "^[A-Za-z0-9_-]{32}$"},
    "owner": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
    "name": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
    "version": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
_OPTIONS: dict[str, Schema] = {
    "cursor": {"type": "string", "description": "From next or previous, as it is"},
    "page": {"type": "string", "pattern": "^[0-9]{0,9}$", "description": "From next or previous, as it is"},
    "created_after": {"type": "string", "format": "date-time"},
    "created_before": {"type": "string", "format": "date-time"},
    "owner": {"type": "string", "minLength": 1},
    "expiry": {"type": "integer", "minimum": 1, "maximum": 999_999_999_999},
    "signature": {"type": "string", "minLength": 1},
    "Prefer": {"type": "string", "description": "wait or wait=n, up to 60 seconds; all else is ignored"},
    "Cancel-After": {
        "type": "string",
        "pattern": "^([1-9][0-9]?h)?([1-9][0-9]?m)?([5-9]|[1-9][0-9])s?$",
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


def document_bytes(base_url: str) -> bytes:
    """:func:`document` as JSON; all but the servers is made once."""
    before, after = _around_servers()
    return before + encoded(_servers(base_url)) + after


@functools.cache
def _around_servers() -> tuple[bytes, bytes]:
    told = {name: value for name, value in document("").items() if name != "servers"}
    return encoded(told).removesuffix(b"}") + b',"servers":', b"}"


def _servers(base_url: str) -> list[Schema]:
    return [{"url": f"{base_url}{prefix}"} for prefix in _SERVED_BELOW]


def document(base_url: str) -> Schema:
    """The document, for a server that is called ``base_url``."""
    paths: dict[str, Schema] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.2.0",
        "info": {
            "title": "Riffcord engine",
            "version": "1",
            "description": "Replicate's predictions dialect, answered by Riffcord's own music engine. "
            "The songs dialect below /riffusion/ is described in docs/songs.md of the project.",
        },
        "servers": _servers(base_url),
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _records(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: Call) -> Schema:
    name = call.name if call.body != "create_of_model" else "create_of_model"
    told: Schema = {"operationId": name, "summary": call.summary, "parameters": _parameters(call)}
    if call.is_open:
        told["security"] = []
    if call.body is not None:
        told["requestBody"] = {"required": True, "content": _body(call.body)}
    told["responses"] = {str(status): _answer(what) for status, what in call.success.items()}
    common = _OPEN_CALL if call.is_open else _EVERY_CALL
    for status in sorted({*common, *call.refusals}):
        told["responses"][str(status)] = _refused(status)
    if name in ("create", "create_of_model"):
        link = {"operationId": "get", "parameters": {"id": "$response.body#/id"}}
        stop = {**link, "operationId": "cancel"}
        told["responses"]["201"]["links"] = {"get": link, "cancel": stop}
    if name == "create_file":
        link = {"operationId": "get_file", "parameters": {"id": "$response.body#/id"}}
        told["responses"]["201"]["links"] = {"get": link, "delete": {**link, "operationId": "delete_file"}}
    return told


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
    schema = {"$ref": _REF + what.__name__}
    return {"description": what.__name__, "content": {JSON: {"schema": schema}}}


def _refused(status: int) -> Schema:
    told: Schema = {
        "description": _REFUSED[status],
        "content": {_PROBLEM: {"schema": {"$ref": _REF + Problem.__name__}}},
    }
    if status in (429, 503):
        told["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}}
    if status == 405:
        told["headers"] = {"Allow": {"schema": {"type": "string"}, "required": True}}
    return told


def _body(kind: str) -> Schema:
    if kind == "file":
        text = {"type": "string"}
        properties = {
            "content": {"type": "string", "contentMediaType": "application/octet-stream"},
            "filename": {**text, "maxLength": 255},
            "type": {**text, "pattern": "^[a-z]{1,20}/[a-z0-9.+-]{1,40}$"},
            "metadata": {"type": "object"},
        }
        schema = {"type": "object", "properties": properties, "required": ["content"]}
        return {"multipart/form-data": {"schema": schema, "encoding": {"metadata": {"contentType": JSON}}}}
    needed = kind == "create"
    return {JSON: {"schema": {"anyOf": [_create_of(model, needed) for model in MODELS.values()]}}}


def _create_of(model: Model, version_needed: bool) -> Schema:
    events = ["start", "output", "logs", "completed"]
    version = {"enum": [model.version, f"{model.name}:{model.version}", model.name]}
    properties: Schema = {
        "version": version,
        "input": {"$ref": _REF + model.input.__name__},
        "webhook": {
            "type": ["string", "null"],
            "format": "uri",
            "pattern": r"^https?://[a-z]{1,20}\.(com|org|net)(/[a-z]{0,20}){0,3}$",
        },
        "webhook_events_filter": {
            "anyOf": [
                {"type": "array", "items": {"enum": events}},
                {"type": "string", "pattern": f"^({'|'.join(events)})(,({'|'.join(events)}))*$"},
                {"type": "null"},
            ]
        },
        "stream": {"enum": [True, False, "true", "false", None]},
    }
    required = ["input", "version"] if version_needed else ["input"]
    return {"type": "object", "properties": properties, "required": required}


def _records() -> Schema:
    answers = [value for value in vars(served).values() if _is_record(value)]
    inputs = [MODELS[name].input for name in (RIFFUSION_MODEL, ENGINE_MODEL)]
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((record, "serialization") for record in (*answers, Problem)),
        *((record, "validation") for record in inputs),
    ]
    records: Schema = models_json_schema(wanted, ref_template=_REF + "{model}")[1]["$defs"]
    for record in inputs:
        # A blank prompt is refused: the record says so by a validator, which has no schema.
        records[record.__name__]["properties"]["prompt_a"]["pattern"] = r"^[ -~]*[!-~][ -~]*$"
    return records


def _is_record(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, served.Served) and value is not served.Served

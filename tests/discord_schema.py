"""Checks what a bot sends to Discord against Discord's own OpenAPI document.

The document's path stands in ``DISCORD_OPENAPI``; without it nothing is checked and the summary of the test
run says so. The check is strict: a key that the document does not list is an error, with the exception of
:data:`IDIOMS`, which discord.py sends and Discord accepts.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema_rs import (
    Draft202012,
    Draft202012Validator,
    Registry,
    ValidationError,
    ValidationErrorKind,
)

ENVIRONMENT = "DISCORD_OPENAPI"
_URI = "urn:discord"
_METHODS = ("get", "post", "put", "patch", "delete")

IDIOMS = (
    re.compile(r"\.attachments\[\d+\]\.id: \d+ is not of type \"string\""),
    re.compile(r"\('tts' was unexpected\)"),
    re.compile(r"\.embeds\[\d+\]: .*\('flags' was unexpected\)"),
    re.compile(r"^PUT /applications/\S+: .*\('nsfw' was unexpected\)"),
)
"""What discord.py 2.7 sends beside the document: integer ids of uploads, ``tts`` in edits, the ``flags`` that
an embed was read with, ``nsfw`` on commands."""


@dataclass
class Tally:
    """How many bodies were compared in this test run."""

    bodies: int = 0


tally = Tally()


@dataclass(frozen=True)
class _Operation:
    method: str
    template: str
    path: re.Pattern[str]
    literal_segments: int
    described: Mapping[str, Any] = field(repr=False)


def is_available() -> bool:
    """Whether the document is at hand."""
    return bool(os.environ.get(ENVIRONMENT))


def summary() -> str:
    """One line for the end of a test run."""
    if not is_available():
        return f"discord schema: NOT RUN (set {ENVIRONMENT} to Discord's openapi.json)"
    return f"discord schema: {tally.bodies} bodies checked"


def check(method: str, path: str, body: Any, query: Mapping[str, Any] | None = None) -> list[str]:
    """Problems of one request, ``path`` without ``/api/v10``; none when it conforms or nothing is checked."""
    if not is_available():
        return []
    document = _document(os.environ[ENVIRONMENT])
    problems = list(document.problems(method, path, body, query or {}))
    return [problem for problem in problems if not any(idiom.search(problem) for idiom in IDIOMS)]


@cache
def _document(path: str) -> Document:
    return Document(json.loads(Path(path).read_text(encoding="utf-8")))


class Document:
    """Discord's OpenAPI document, closed: objects allow only the keys that they list."""

    def __init__(self, document: dict[str, Any]) -> None:
        for schema in document["components"]["schemas"].values():
            _close(schema)
        self._registry = Registry([(_URI, document)], draft=Draft202012)
        self._operations = sorted(
            (
                _operation(method, template, described)
                for template, item in document["paths"].items()
                for method, described in item.items()
                if method in _METHODS
            ),
            key=lambda operation: -operation.literal_segments,
        )
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}
        self._judged: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def problems(self, method: str, path: str, body: Any, query: Mapping[str, Any]) -> Iterable[str]:
        """Everything that the document does not allow in this request."""
        operation = self._find(method, path)
        if operation is None:
            yield f"{method} {path}: no such operation"
            return
        where = f"{method} {operation.template}"
        allowed = {
            parameter["name"]
            for parameter in operation.described.get("parameters", [])
            if parameter.get("in") == "query"
        }
        for name in query.keys() - allowed:
            yield f"{where}: unknown query parameter {name!r}"
        expected = operation.described.get("requestBody")
        if body is None:
            if expected and expected.get("required"):
                yield f"{where}: a body is required"
        elif not expected:
            yield f"{where}: a body was sent, none is known"
        else:
            tally.bodies += 1
            yield from (f"{where}: {complaint}" for complaint in self._judge(operation, body))

    def _judge(self, operation: _Operation, body: Any) -> tuple[str, ...]:
        """What is wrong with a body. All bots tell the same commands, which take seconds: once is enough."""
        told = (operation.method, operation.template, repr(body))
        if told not in self._judged:
            errors = map(_deepest, self._validator(operation).iter_errors(body))
            self._judged[told] = tuple(f"${_place(error)}: {_short(error.message)}" for error in errors)
        return self._judged[told]

    def _find(self, method: str, path: str) -> _Operation | None:
        return next(
            (item for item in self._operations if item.method == method and item.path.match(path)), None
        )

    def _validator(self, operation: _Operation) -> Draft202012Validator:
        key = (operation.method, operation.template)
        if key not in self._validators:
            steps = ("paths", operation.template, operation.method.lower(), "requestBody", "content")
            pointer = "".join("/" + _escape(step) for step in (*steps, "application/json", "schema"))
            reference = {"$ref": f"{_URI}#{pointer}"}
            self._validators[key] = Draft202012Validator(reference, registry=self._registry)
        return self._validators[key]


def _operation(method: str, template: str, described: Mapping[str, Any]) -> _Operation:
    pattern = re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template))
    literal = sum(not segment.startswith("{") for segment in template.strip("/").split("/"))
    return _Operation(method.upper(), template, re.compile(f"^{pattern}$"), literal, described)


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _close(schema: Any) -> None:
    """Forbid unlisted keys in every plain object schema; unions are closed in their branches."""
    if not isinstance(schema, dict):
        return
    known = cast(dict[str, Any], schema)
    is_union = bool({"allOf", "anyOf", "oneOf"} & known.keys())
    if known.get("type") == "object" and "properties" in known and not is_union:
        known.setdefault("additionalProperties", False)
    for key in ("anyOf", "oneOf", "allOf"):
        for branch in known.get(key, ()):
            _close(branch)
    for inner in cast(dict[str, Any], known.get("properties") or {}).values():
        _close(inner)
    _close(known.get("items"))


def _place(error: ValidationError) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)


def _short(message: str) -> str:
    """Validators quote the whole value; its beginning and the complaint at the end are enough."""
    return message if len(message) <= 300 else f"{message[:200]} ... {message[-90:]}"


def _deepest(error: ValidationError) -> ValidationError:
    """Follow a union's failure into the branch that fits best: the one whose ``type`` matches."""
    while isinstance(error.kind, ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid):
        depth = len(error.instance_path)
        fitting = min((each for each in error.kind.context if each), key=lambda each: _misfit(each, depth))
        error = max(fitting, key=lambda inner: len(inner.instance_path))
    return error


def _misfit(errors: Sequence[ValidationError], depth: int) -> tuple[bool, int]:
    wrong_kind = any(
        error.instance_path[depth:] == ["type"]
        or (len(error.instance_path) == depth and isinstance(error.kind, ValidationErrorKind.Type))
        for error in errors
    )
    return wrong_kind, len(errors)

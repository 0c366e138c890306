"""What gateways put around answers, taken off: they wrap errors and results each in a way of their own.

Known are problem+json (RFC 9457), ``{"error": {"message", "type", "code"}}``, ``{"error": "..."}``,
``{"code", "message", "data"}``, and validation errors of FastAPI and Cog, ``{"detail": [{"loc", "msg"}]}``.
"""

from __future__ import annotations

import json
from typing import Any, cast

from bot.protocol.problems import InvalidField, Problem

_SUCCESS_CODES = frozenset({"", "0", "200", "201", "202", "ok", "success", "succeed", "succeeded"})
_MOST_FAULTS = 20
_MOST_TEXT = 2_000


def decoded(body: bytes) -> object:
    """The JSON of an answer, its texts such as can be stored: no halves of characters, no zero characters.

    Raises:
        ValueError, RecursionError: it is none, or nested too deeply.
    """
    return _storable(json.loads(body))


def _storable(told: object) -> object:
    if isinstance(told, str):
        return told.replace("\0", "").encode(errors="replace").decode()
    if isinstance(told, list):
        return [_storable(each) for each in cast("list[object]", told)]
    if isinstance(told, dict):
        entries = cast("dict[str, object]", told).items()
        return {_storable(name): _storable(value) for name, value in entries}
    return told


def unwrapped(told: object) -> object:
    """The result in a ``{"code": "success", "data": ...}``; anything else as it is."""
    if isinstance(told, dict):
        fields = told = cast("dict[str, object]", told)
        if "id" not in fields and "code" in fields and fields.get("data") is not None and _succeeded(fields):
            return fields["data"]
    return told


def is_error(told: object) -> bool:
    """Whether a JSON answer is an error, whatever status it came with.

    A failed prediction is none: it has an id or a status of its own and says why it failed.
    """
    if not isinstance(told, dict):
        return False
    fields = cast("dict[str, object]", told)
    if "id" in fields or isinstance(fields.get("status"), str):
        return False
    if fields.get("data") and _succeeded(fields):
        return False
    if fields.get("error"):
        return True
    if fields.get("success") is False:
        return True
    said = _text(fields.get("message")) or _text(fields.get("msg")) or _text(fields.get("detail"))
    return bool(said) and ("code" in fields or "status" in fields) and not _succeeded(fields)


def _succeeded(fields: dict[str, object]) -> bool:
    code = fields.get("code", fields.get("status"))
    return _text(code if code is not None else "").strip().lower() in _SUCCESS_CODES


def problem(told: object) -> Problem:
    """What an error answer says about itself. A gateway's code stands in ``title``."""
    if not isinstance(told, dict):
        return Problem()
    outer = cast("dict[str, Any]", told)
    inner = cast("dict[str, Any]", outer["error"]) if isinstance(outer.get("error"), dict) else outer
    codes = (inner.get("title"), inner.get("code"), inner.get("type"))
    detail = inner.get("detail", inner.get("message", inner.get("msg", outer.get("error"))))
    faults = _faults(inner)
    return Problem(
        title=_short(" ".join(filter(None, map(_text, codes)))),
        detail=_short(_sentences(detail)) or _short("; ".join(_line(fault) for fault in faults)),
        status=_status(inner.get("status"), inner.get("code"), outer.get("code")),
        invalid_fields=faults or None,
        retry_after=_seconds(inner.get("retry_after", outer.get("retry_after"))),
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _short(text: str) -> str | None:
    return text[:_MOST_TEXT] or None


def _sentences(detail: object) -> str:
    return _text(detail) if not isinstance(detail, list) else ""


def _line(fault: InvalidField) -> str:
    return f"{fault.field}: {fault.description}" if fault.field else fault.description


def _faults(fields: dict[str, Any]) -> list[InvalidField]:
    """``invalid_fields`` of problem+json, or a list of places and messages for ``detail``."""
    listed = fields.get("invalid_fields") or fields.get("detail")
    if not isinstance(listed, list):
        return []
    entries = [
        cast("dict[str, Any]", each)
        for each in cast("list[object]", listed)[:_MOST_FAULTS]
        if isinstance(each, dict)
    ]
    return [
        InvalidField(
            field=_text(entry.get("field")) or _place(entry.get("loc")),
            type=_text(entry.get("type")),
            description=_text(entry.get("description")) or _text(entry.get("msg")),
        )
        for entry in entries
    ]


def _place(loc: object) -> str:
    if not isinstance(loc, list):
        return ""
    named = [_text(part) for part in cast("list[object]", loc)]
    return ".".join(part for part in named if part and part != "body")


def _status(*told: object) -> int | None:
    for value in told:
        text = _text(value)
        if text.isascii() and text.isdigit() and len(text) == 3:
            return int(text)
    return None


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None

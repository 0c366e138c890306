"""Answers in the songs dialect, read with patience: there is no document that all its hosts follow. Pure."""

from __future__ import annotations

import math
import re
from typing import Any, Final, cast

from bot.errors import NotUnderstood
from bot.providers.envelopes import decoded

_LISTS: Final = ("generations", "songs", "riffs", "clips", "data", "jobs")
"""Where songs are listed: the first is the dialect's own, the others are its neighbours'."""
_OF_THE_DIALECT: Final = frozenset({"status", "state", "jobs", "id", *_LISTS})
_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_LONGEST_ID, _MOST_IDS = 99, 4
_LONGEST_RUN_ID: Final = 200
"""Of the ids joined, as a :class:`~bot.protocol.runs.Run` holds them: two always fit."""
_DEEPEST: Final = 4


def job_ids(host: str, body: bytes) -> list[str]:
    """The ids that a call to generate was answered with, in order and each once.

    Raises:
        NotUnderstood: there are none.
    """
    listed = listed_in(answered(host, body))
    found = [id_in(each) or id_in(fields_of(each).get("id")) for each in listed]
    ids = list(dict.fromkeys(each for each in found if each is not None))
    if not ids:
        raise NotUnderstood(host, "an answer without jobs")
    while len(ids) > _MOST_IDS or len(",".join(ids)) > _LONGEST_RUN_ID:
        ids.pop()
    return ids


def upload_id(host: str, body: bytes) -> str:
    """The id of what was uploaded. Raises ``NotUnderstood``."""
    told = fields_of(answered(host, body))
    found = id_in(told.get("id")) or id_in(told.get("audio_upload_id"))
    if found is None:
        raise NotUnderstood(host, "an answer without the upload's id")
    return found


def answered(host: str, body: bytes) -> object:
    """The JSON of an answer without the envelopes ``{"code": ..., "data": ...}`` of gateways.

    Raises:
        NotUnderstood: it is not JSON.
    """
    try:
        told = decoded(body)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(host, f"not JSON: {type(error).__name__}") from None
    for _ in range(_DEEPEST):
        inner = _inside(told)
        if inner is None:
            break
        told = inner
    return told


def _inside(told: object) -> object | None:
    """What an envelope holds; None where there is none."""
    fields = fields_of(told)
    inner = fields.get("data")
    if isinstance(inner, dict):
        speaks = "status" in inner or "status" not in fields
        within = cast("dict[str, Any]", inner)
        return within if speaks and _OF_THE_DIALECT & within.keys() else None
    if isinstance(inner, list) and not _OF_THE_DIALECT & (fields.keys() - {"data"}):
        return cast("list[object]", inner)
    return None


def listed_in(told: object) -> list[object]:
    """The songs, or jobs, wherever they are listed."""
    if isinstance(told, list):
        return cast("list[object]", told)
    fields = fields_of(told)
    places = (fields, fields_of(fields.get("data")))
    named = next(
        (place[name] for place in places for name in _LISTS if isinstance(place.get(name), list)), None
    )
    return cast("list[object]", named or [])


def fields_of(value: object) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def id_in(value: object) -> str | None:
    """An id that can stand in a feed's path, where a comma would make two of it."""
    told = str(value) if isinstance(value, int) and not isinstance(value, bool) else text_in(value).strip()
    return told if 0 < len(told) <= _LONGEST_ID and "," not in told else None


def text_in(value: object) -> str:
    """A text; an empty one for anything else."""
    return value if isinstance(value, str) else ""


def number_in(value: object) -> float:
    """A number that is not negative, also out of a text; 0 for anything else."""
    if isinstance(value, str):
        found = _NUMBER.search(value)
        return float(found[0]) if found else 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0

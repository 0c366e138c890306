"""The trail as a file. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from bot.moderation.deeds import Deed, Noted
from bot.sheets import guarded

COLUMNS: Final = (
    "id",
    "at",
    "guild_id",
    "actor_id",
    "action",
    "subject",
    "channel_id",
    "reason",
    "before",
    "after",
)


def as_rows(noted: Iterable[Noted]) -> list[dict[str, Any]]:
    """Plain values by the names of the columns; times are ISO 8601 in UTC."""
    return [_row(each.id, each.deed) for each in noted]


def _row(number: int, deed: Deed) -> dict[str, Any]:
    values = {name: getattr(deed, name) for name in COLUMNS if name not in ("id", "at")}
    return {"id": number, "at": deed.at.isoformat(), **values}


def as_json(noted: Iterable[Noted]) -> bytes:
    """A list of objects, one a line."""
    lines = (json.dumps(row, ensure_ascii=False) for row in as_rows(noted))
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def as_csv(noted: Iterable[Noted]) -> bytes:
    """A line a deed below the names of the columns; ``before`` and ``after`` are JSON."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in as_rows(noted):
        writer.writerow([_cell(name, row[name]) for name in COLUMNS])
    return sheet.getvalue().encode()


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in ("before", "after"):
        return json.dumps(value, ensure_ascii=False)
    return guarded(str(value))

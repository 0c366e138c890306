"""Reading the data tables: each is parsed once, and every mistake in them names its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

TABLES_FOLDER = Path(__file__).parent / "tables"


class TableError(Exception):
    """A data table breaks its schema: our bug, never the asker's."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place


def read_table(name: str) -> dict[str, Any]:
    """Return a table by its file name without suffix. Raises TableError if it is no JSON object."""
    content: Any = json.loads((TABLES_FOLDER / f"{name}.json").read_text("utf-8"))
    if not isinstance(content, dict):
        raise TableError(name, "is not an object")
    return content  # pyright: ignore[reportUnknownVariableType]  # JSON has no static shape


def read_family(name: str) -> dict[str, Any]:
    """Return all tables of a folder as one. Raises TableError if an entry is in two of them."""
    whole: dict[str, Any] = {}
    for path in sorted((TABLES_FOLDER / name).glob("*.json")):
        part = read_table(f"{name}/{path.stem}")
        twice = whole.keys() & part.keys()
        demand(not twice, f"{name}/{path.stem}", f"has {sorted(twice)} again")
        whole |= part
    return whole


def demand(holds: bool, place: str, problem: str) -> None:
    """Raise TableError unless a schema rule holds."""
    if not holds:
        raise TableError(place, problem)


def words_of(value: Any, place: str) -> tuple[str, ...]:
    """Return a list of non-empty strings as a tuple."""
    demand(isinstance(value, list) and value != [], place, "must be a non-empty list")
    words = cast("list[Any]", value)
    for word in words:
        demand(isinstance(word, str) and bool(word.strip()), place, f"{word!r} is not a word")
    return tuple(words)


def number_of(value: Any, place: str, low: float, high: float) -> float:
    """Return a number within bounds."""
    demand(isinstance(value, (int, float)) and not isinstance(value, bool), place, "must be a number")
    demand(low <= value <= high, place, f"{value} is not within {low}..{high}")
    return float(value)


def known_keys(
    entry: dict[str, Any], place: str, *, required: frozenset[str], optional: frozenset[str]
) -> None:
    """Check that an entry has all required keys and no unknown one."""
    missing = required - entry.keys()
    demand(not missing, place, f"lacks {sorted(missing)}")
    unknown = entry.keys() - required - optional
    demand(not unknown, place, f"has unknown {sorted(unknown)}")

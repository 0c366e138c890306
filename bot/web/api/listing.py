"""The list of predictions: 100 a page, newest first, with cursors that stay right while it grows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from multidict import MultiMapping

from bot.protocol.problems import InvalidField
from bot.store.tables.predictions import Position, PredictionRow
from bot.web.api.addresses import Keys
from bot.web.api.book import Book
from bot.web.api.problems import invalid_input
from bot.web.api.wire import as_told

PAGE = 100

_FILTERS = ("created_after", "created_before")
_OLDER, _NEWER = "older", "newer"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
CURSOR: Final = f"^(({_OLDER}|{_NEWER})-[0-9]{{16}}-[a-z0-9]{{26}})?$"
"""A direction, the microsecond and the id where a page ended; empty, as forms send it: the first page."""

Value = TypeVar("Value")


async def page_of(
    book: Book, owner: str, query: MultiMapping[str], base_url: str, path: str, keys: Keys
) -> dict[str, Any]:
    """One page as the API tells it; ``next`` and ``previous`` are whole addresses.

    Raises:
        Refusal: 422, naming the parameter that cannot be read.
    """
    way, place = _parsed(query, "cursor", _read_cursor) or (_OLDER, None)
    rows = await book.page(
        owner,
        limit=PAGE + 1,
        before=place if way == _OLDER else None,
        after=place if way == _NEWER else None,
        created_after=_parsed(query, "created_after", _read_time),
        created_before=_parsed(query, "created_before", _read_time),
    )
    # One row more than a page tells whether the list goes on in the direction that was asked for;
    # in the other direction lies at least the page that the cursor came from.
    more = len(rows) > PAGE
    rows = rows[:PAGE] if way == _OLDER else rows[-PAGE:]
    has_older = more if way == _OLDER else True
    has_newer = place is not None if way == _OLDER else more

    def address(way: str, row: PredictionRow) -> str:
        kept = {name: query[name] for name in _FILTERS if name in query}
        return f"{base_url}{path}?{urlencode({**kept, 'cursor': _write_cursor(way, row)})}"

    return {
        "next": address(_OLDER, rows[-1]) if rows and has_older else None,
        "previous": address(_NEWER, rows[0]) if rows and has_newer else None,
        "results": [as_told(row, base_url, keys) for row in rows],
    }


def _parsed(query: MultiMapping[str], name: str, parse: Callable[[str], Value]) -> Value | None:
    text = query.get(name)
    if text is None or (text == "" and name == "cursor"):
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError):
        fault = InvalidField(field=name, type="invalid", description=f"{name} cannot be read")
        raise invalid_input([fault]) from None


def _read_time(text: str) -> datetime:
    """An ISO 8601 time; without a zone it is UTC. A ``+`` that was not escaped arrives as a blank."""
    time = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _write_cursor(way: str, row: PredictionRow) -> str:
    return f"{way}-{(row.created_at - _EPOCH) // _TICK:016d}-{row.id}"


def _read_cursor(text: str) -> tuple[str, Position]:
    if re.fullmatch(CURSOR, text) is None:
        raise ValueError(text)
    way, ticks, prediction_id = text.split("-")
    return way, Position(_EPOCH + int(ticks) * _TICK, prediction_id)

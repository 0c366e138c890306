"""Reading values of JSON that nobody vouches for: each is what it should be, or ValueError says where not."""

from __future__ import annotations

from typing import Any, cast


def number(value: Any, place: str, low: float, high: float) -> float:
    """Return a finite number within bounds."""
    # An integer of a million digits is a number to JSON, and too large for a float.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"The score's {place} must be a number from {low:g} to {high:g}.")
    return value


def whole(value: Any, place: str, low: int, high: int) -> int:
    """Return a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"The score's {place} must be a whole number from {low} to {high}.")
    return value


def flag(value: Any, place: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"The score's {place} must be true or false.")
    return value


def text(value: Any, place: str, longest: int) -> str:
    """Return text of at most so many characters, without half characters."""
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"The score's {place} must be text of at most {longest} characters.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"The score's {place} holds text that is not valid Unicode.") from None
    return value


def one_of(value: Any, place: str, known: Any) -> str:
    """Return a name that is known."""
    if not isinstance(value, str) or value not in known:
        told = value[:40] if isinstance(value, str) else value if isinstance(value, int) else "that"
        raise ValueError(f"The score's {place} cannot be {told!r}: it is not known here.")
    return value


def listing(value: Any, place: str, fewest: int, most: int) -> list[Any]:
    """Return a list with a number of entries within bounds."""
    entries = cast("list[Any]", value) if isinstance(value, list) else None
    if entries is None or not fewest <= len(entries) <= most:
        raise ValueError(f"The score's {place} must be a list of {fewest} to {most} entries.")
    return entries


def fields(value: Any, place: str) -> dict[str, Any]:
    """Return an object."""
    if not isinstance(value, dict):
        raise ValueError(f"The score's {place} must be an object.")
    return cast("dict[str, Any]", value)

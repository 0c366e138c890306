"""Numbers as JSON has them: neither texts nor truth values, of which pydantic takes some for numbers."""

from __future__ import annotations

from typing import Any, get_args


def plain_number(value: Any, annotation: Any) -> Any:
    """``value`` as it is, for a field of that type. Raises ValueError for a number in disguise."""
    wanted = set(get_args(annotation)) or {annotation}
    if wanted & {int, float} and isinstance(value, str | bool) and type(value) not in wanted:
        raise ValueError("must be a number")
    return value

"""How long something lasts, as people type it."""

from __future__ import annotations

import re
from typing import Final

from bot.errors import InvalidOption

_UNITS_S: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_TYPED: Final = re.compile(r"(\d{1,6})\s*([mhdw])", re.ASCII)
SUGGESTED: Final = ("10m", "1h", "6h", "1d", "3d", "1w", "4w")


def seconds_of(typed: str, *, option: str) -> int:
    """``30m``, ``2 h``, ``7d``, ``1w`` in seconds. Raises ``InvalidOption`` (bad_duration)."""
    found = _TYPED.fullmatch(typed.strip().lower())
    if found is None:
        raise InvalidOption(option, "bad_duration")
    return int(found[1]) * _UNITS_S[found[2]]

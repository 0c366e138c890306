"""Checks of single options as a person typed them. Each raises ``InvalidOption`` with what is wrong."""

from __future__ import annotations

import math
import unicodedata

from bot.errors import InvalidOption
from bot.safety.screen import is_visible

PROMPT_MAX = 500
SEED_MAX = 2**53 - 1
"""The largest integer that survives JSON and Discord's integer option."""


def words(option: str, value: str | None, *, required: bool) -> str | None:
    """The text without control characters and outer blanks; right-to-left marks and emoji stay."""
    kept = "".join(c for c in value or "" if unicodedata.category(c) not in ("Cc", "Cs") or c in "\n\t")
    clean = " ".join(kept.split())
    if not is_visible(clean):
        if required:
            raise InvalidOption(option, "empty")
        return None
    if len(clean) > PROMPT_MAX:
        raise InvalidOption(option, "too_long", limit=PROMPT_MAX, length=len(clean))
    return clean


def between(option: str, value: float, low: float, high: float) -> float:
    """The number, where it is one and within bounds."""
    if not math.isfinite(value):
        raise InvalidOption(option, "not_a_number")
    if not low <= value <= high:
        raise InvalidOption(option, "out_of_range", low=low, high=high)
    return value


def sung(option: str, value: str | None, limit: int) -> str | None:
    """Lyrics line by line, without control characters and blank ends; `` / `` begins one as well.

    Discord's options are one line each; None where nothing is left.
    """
    kept = "".join(c for c in value or "" if unicodedata.category(c) not in ("Cc", "Cs") or c in "\n\t")
    lines = [" ".join(line.split()) for line in kept.replace(" / ", "\n").split("\n")]
    text = "\n".join(lines).strip()
    if not is_visible(text):
        return None
    if len(text) > limit:
        raise InvalidOption(option, "too_long", limit=limit, length=len(text))
    return text

"""How long to wait before a call is tried again: by our own rule, and as the host asks. Pure."""

from __future__ import annotations

import math
import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.protocol.problems import Problem
from bot.providers.answers import Answer

ATTEMPTS = 4
MOST_WAIT_S = 5.0
"""A longer wait is told to the caller, who can come back without holding anything meanwhile."""
_PAUSE_S = 0.25
_PAUSE_CAP_S = 4.0
_WAIT_IN_TEXT = re.compile(r"~\s*(\d{1,5})\s*s\b")
_DEFAULT_WAIT_S = 5.0
_LONGEST_WAIT_S = 3600.0
MOST_SAFE_WAIT_S = 60.0
"""A single answer to a question keeps nobody from asking for longer: what was paid for is waited for."""


def pause_s(attempt: int, *, asked_s: float | None, chance: float) -> float | None:
    """Seconds before the next try after ``attempt`` (0 = the first) failed; None = give up.

    Half of the doubling, capped pause is left to ``chance`` (0..1), so that callers who failed
    together do not come back together.
    """
    if attempt + 1 >= ATTEMPTS or (asked_s or 0.0) > MOST_WAIT_S:
        return None
    own_s = min(_PAUSE_CAP_S, _PAUSE_S * 2**attempt) * (0.5 + 0.5 * chance)
    return max(own_s, asked_s or 0.0)


def asked_wait_s(answer: Answer, problem: Problem, now: datetime) -> float | None:
    """How long the host asks us to wait: body, then header (seconds or date), then its prose; None: not."""
    asked = problem.retry_after
    if asked is None:
        asked = _header_s(answer.headers.get("Retry-After", ""), now)
    if asked is None and (found := _WAIT_IN_TEXT.search(problem.detail or "")):
        asked = float(found[1])
    if asked is None or math.isnan(asked) or asked < 0:
        return None
    return min(asked, _LONGEST_WAIT_S)


def retry_after_s(answer: Answer, problem: Problem, now: datetime) -> float:
    """As :func:`asked_wait_s`; five seconds where the host said nothing that can be used."""
    asked = asked_wait_s(answer, problem, now)
    return _DEFAULT_WAIT_S if asked is None else asked


def _header_s(value: str, now: datetime) -> float | None:
    try:
        seconds = float(value) if value.strip().isascii() else math.nan
    except ValueError:
        seconds = math.nan
    if math.isfinite(seconds) and seconds >= 0:
        return seconds
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None

"""Single rules about failures: pauses between tries, and every form of a wish to wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.protocol.problems import Problem
from bot.providers.answers import Answer
from bot.providers.waits import ATTEMPTS, pause_s, retry_after_s


def test_pauses_grow_with_jitter_up_to_a_cap() -> None:
    """The host's wish is a lower bound; too long a wish, or too many tries, end it."""
    assert pause_s(0, asked_s=None, chance=0.0) == 0.125
    assert pause_s(0, asked_s=None, chance=1.0) == 0.25
    assert pause_s(2, asked_s=None, chance=1.0) == 1.0
    assert pause_s(0, asked_s=4.0, chance=0.5) == 4.0
    assert pause_s(0, asked_s=5.1, chance=0.5) is None
    assert pause_s(ATTEMPTS - 1, asked_s=None, chance=0.5) is None


NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "said", "wait_s"),
    [
        ("7", Problem(), 7),
        ("7", Problem(retry_after=3), 3),
        ("Thu, 01 Jan 2026 12:00:30 GMT", Problem(), 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", Problem(), 0),
        ("", Problem(detail="Request was throttled. Expected available in ~42s."), 42),
        ("soon", Problem(), 5),
        ("-3", Problem(), 5),
        ("", Problem(retry_after=float("nan")), 5),
        ("999999999999", Problem(), 3600),
    ],
)
def test_every_form_of_retry_after_is_read(header: str, said: Problem, wait_s: float) -> None:
    """Body first, then header as seconds or date, then the prose; nonsense is five seconds."""
    given_answer = Answer(status=429, headers={"Retry-After": header}, body=b"")
    assert retry_after_s(given_answer, said, NOW) == wait_s

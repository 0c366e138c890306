"""An HTTP answer with its whole body, and what stands in it: pure functions, no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import NotUnderstood
from bot.protocol.problems import Problem
from bot.providers import envelopes

Record = TypeVar("Record", bound=BaseModel)

_LONGEST_PROBLEM_BYTES = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with its whole (bounded) body. Header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it is a success; hosts answer a create call with 200, 201 or 202."""
        return 200 <= self.status < 300


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """The host's own time when it answered (``Date``), exact to the second; None where it tells none."""
    try:
        told = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)


def read(host: str, answer: Answer, record: type[Record]) -> Record:
    """The answer's record, also where a gateway wrapped it.

    Raises:
        NotUnderstood: it is not JSON, or not of that shape.
    """
    return read_bytes(host, answer.body, record)


def read_bytes(host: str, body: bytes, record: type[Record]) -> Record:
    """As :func:`read`, of a body that came by itself."""
    try:
        return record.model_validate(envelopes.unwrapped(envelopes.decoded(body)))
    except ValidationError as error:
        faults = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors()[:5])
        raise NotUnderstood(host, f"{record.__name__} with faulty {faults or 'body'}") from None
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(host, f"not JSON: {type(error).__name__}") from None


def problem_of(answer: Answer) -> Problem:
    """What an error answer says about itself; gateways wrap it, and some send HTML."""
    try:
        return envelopes.problem(envelopes.decoded(answer.body))
    except (ValueError, RecursionError):
        return Problem()


def disguised(answer: Answer) -> Problem | None:
    """The problem that a success is about: some gateways answer 200 with an error for a body."""
    if len(answer.body) > _LONGEST_PROBLEM_BYTES:
        return None
    try:
        told = envelopes.decoded(answer.body)
    except (ValueError, RecursionError):
        return None
    return envelopes.problem(told) if envelopes.is_error(told) else None

"""From an HTTP answer to a record or to one error of the tree: pure functions, no network."""

from __future__ import annotations

import enum
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import (
    BadKey,
    HostError,
    InvalidInput,
    ModelGone,
    NoCredit,
    NotUnderstood,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.protocol.problems import Problem

Record = TypeVar("Record", bound=BaseModel)

_WAIT_IN_TEXT = re.compile(r"~\s*(\d{1,5})\s*s\b")
_DEFAULT_WAIT_S = 5.0
_LONGEST_WAIT_S = 3600.0


class Calling(enum.Enum):
    """What kind of call was answered; the same status means different things."""

    CREATE = enum.auto()
    """Something is ordered: a server error may have come after it was accepted."""
    SAFE = enum.auto()
    """Reading, or cancelling: repeating it does no harm."""


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


def read(host: str, answer: Answer, record: type[Record]) -> Record:
    """The answer's record.

    Raises:
        NotUnderstood: it is not JSON, or not of that shape.
    """
    try:
        return record.model_validate(json.loads(answer.body))
    except ValidationError as error:
        faults = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors()[:5])
        raise NotUnderstood(host, f"{record.__name__} with faulty {faults or 'body'}") from None
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(host, f"not JSON: {type(error).__name__}") from None


def problem_of(answer: Answer) -> Problem:
    """What an error answer says about itself; gateways wrap it, and some send HTML."""
    try:
        return Problem.model_validate(json.loads(answer.body))
    except (ValueError, RecursionError):  # a ValidationError is a ValueError
        return Problem()


def refusal(host: str, answer: Answer, calling: Calling, *, hide: tuple[str, ...] = ()) -> HostError:
    """The error that an answer which is no success stands for; ``hide`` are secrets to blot out."""
    problem = problem_of(answer)
    detail = " ".join(filter(None, (str(answer.status), problem.title, problem.detail)))
    for secret in hide:
        detail = detail.replace(secret, "[secret]")
    match answer.status:
        case 401 | 403:
            return BadKey(host, detail)
        case 402:
            return NoCredit(host, detail)
        case 404 | 410 if calling is Calling.CREATE:
            return ModelGone(host, detail)
        case 429:
            return RateLimited(host, detail, retry_after_s=retry_after_s(answer, problem, datetime.now(UTC)))
        case 422 if _about_version(problem):
            return ModelGone(host, detail)
        case 400 | 413 | 415 | 422:
            return InvalidInput(host, detail, field=_field(problem))
        case status if status in (408, 425) or status >= 500:
            return (OutcomeUnknown if calling is Calling.CREATE else Unreachable)(host, detail)
        case _:
            return Refused(host, detail)


def _field(problem: Problem) -> str:
    return problem.invalid_fields[0].field.removeprefix("input.") if problem.invalid_fields else ""


def _about_version(problem: Problem) -> bool:
    if any(fault.field == "version" for fault in problem.invalid_fields or ()):
        return True
    return "version" in (problem.title or "").lower()


def retry_after_s(answer: Answer, problem: Problem, now: datetime) -> float:
    """How long the host asks us to wait: body, then header (seconds or date), then its prose."""
    asked = problem.retry_after
    if asked is None:
        asked = _header_s(answer.headers.get("Retry-After", ""), now)
    if asked is None and (found := _WAIT_IN_TEXT.search(problem.detail or "")):
        asked = float(found[1])
    if asked is None or math.isnan(asked) or asked < 0:
        return _DEFAULT_WAIT_S
    return min(asked, _LONGEST_WAIT_S)


def _header_s(value: str, now: datetime) -> float | None:
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None

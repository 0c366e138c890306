"""From an HTTP answer to a record or to one error of the tree: pure functions, no network."""

from __future__ import annotations

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
    HostBusy,
    HostError,
    InvalidInput,
    ModelGone,
    NoCredit,
    NotUnderstood,
    OutcomeUnknown,
    PromptRefused,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.protocol.problems import Problem
from bot.providers import envelopes
from bot.providers.failures import speaks_of_moderation
from bot.providers.rates import Calling

Record = TypeVar("Record", bound=BaseModel)

_WAIT_IN_TEXT = re.compile(r"~\s*(\d{1,5})\s*s\b")
_FIELD_IN_TEXT = re.compile(r"(?:^|\s)-?\s*input\.([A-Za-z0-9_]{1,60})\b")
_OF_A_QUOTA = re.compile(r"quota|balance|credit|billing|insufficient[ _]funds|额度|余额", re.IGNORECASE)
_OF_NO_CHANNEL = re.compile(
    r"model_not_found|model_not_supported|no (?:available|usable) channel|无可用渠道", re.IGNORECASE
)
_OF_BAD_INPUT = re.compile(r"invalid_request|invalid_parameter|bad_request|invalid_value", re.IGNORECASE)
_OF_A_BAD_KEY = re.compile(r"invalid_api_key|authentication_error|invalid_token|无效的令牌", re.IGNORECASE)
_OF_A_RATE = re.compile(r"rate_limit|too_many_requests|throttled", re.IGNORECASE)
_LONGEST_PROBLEM_BYTES = 2**16
_DEFAULT_WAIT_S = 5.0
_LONGEST_WAIT_S = 3600.0


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


def refusal(
    host: str,
    answer: Answer,
    calling: Calling,
    *,
    hide: tuple[str, ...] = (),
    busy: frozenset[int] = frozenset(),
) -> HostError:
    """The error that an answer which is no success stands for.

    Args:
        host: Whose answer it is.
        answer: It.
        calling: What was asked.
        hide: Secrets to blot out.
        busy: Statuses by which this host says that it has no place free, so that nothing was accepted.
    """
    problem = problem_of(answer)
    status = answer.status
    if answer.ok:  # an error in disguise: the body's own status, if it has one, is the true one
        status = problem.status if problem.status is not None and problem.status >= 400 else 0
    words = " ".join(filter(None, (problem.title, problem.detail)))
    detail = f"{answer.status} {words}".strip()
    for secret in hide:
        detail = detail.replace(secret, "[secret]")
    if calling is Calling.CREATE and status in busy:
        return HostBusy(host, detail, retry_after_s=_wait_s(answer, problem))
    if status == 429 and not _OF_A_QUOTA.search(problem.title or ""):
        return RateLimited(host, detail, retry_after_s=_wait_s(answer, problem))
    kind = _by_words(status, words, problem, calling) or _by_status(status, calling)
    if issubclass(kind, InvalidInput):
        return kind(host, detail, field=_field(problem))
    if issubclass(kind, RateLimited):
        return kind(host, detail, retry_after_s=_wait_s(answer, problem))
    return kind(host, detail)


def _by_words(status: int, words: str, problem: Problem, calling: Calling) -> type[HostError] | None:
    """What the text says more exactly than the number: gateways use few numbers, and those loosely."""
    code = problem.title or ""
    # A server error may hide anything; there only a gateway's own code is believed, not prose.
    said = code if status == 0 or status >= 500 else words
    if status in (0, 400, 403, 406, 422, 451) or status >= 500:
        if speaks_of_moderation(said):
            return PromptRefused
        if status not in (400, 422) and _OF_A_QUOTA.search(said):
            return NoCredit
    if status in (429, 400, 422) and _OF_A_QUOTA.search(code):
        return NoCredit
    if calling is Calling.CREATE and _OF_NO_CHANNEL.search(words if status == 503 else code):
        return ModelGone
    if status == 422 and _about_version(problem):
        return ModelGone
    if status in (0, 500):
        codes = ((_OF_BAD_INPUT, InvalidInput), (_OF_A_BAD_KEY, BadKey), (_OF_A_RATE, RateLimited))
        return next((kind for pattern, kind in codes if pattern.search(code)), None)
    return None


def _by_status(status: int, calling: Calling) -> type[HostError]:
    creating = calling is Calling.CREATE
    if status in (0, 408, 425) or status >= 500:
        return OutcomeUnknown if creating else Unreachable
    match status:
        case 401 | 403:
            return BadKey
        case 402:
            return NoCredit
        case 404 | 410 if creating:
            return ModelGone
        case 429:
            return RateLimited
        case 400 | 413 | 415 | 422:
            return InvalidInput
        case _:
            return Refused


def tells_low_credit(error: HostError) -> bool:
    """Whether a refusal means that the host takes creations slowly now, for want of credit."""
    if isinstance(error, NoCredit):
        return True
    return isinstance(error, RateLimited) and "credit" in error.detail.lower()


def _field(problem: Problem) -> str:
    if problem.invalid_fields:
        return problem.invalid_fields[0].field.removeprefix("input.")
    found = _FIELD_IN_TEXT.search(problem.detail or "")
    return found[1] if found else ""


def _about_version(problem: Problem) -> bool:
    if any(fault.field == "version" for fault in problem.invalid_fields or ()):
        return True
    told = " ".join(filter(None, (problem.title, problem.detail))).lower()
    return "version" in (problem.title or "").lower() or "version does not exist" in told


def _wait_s(answer: Answer, problem: Problem) -> float:
    return retry_after_s(answer, problem, datetime.now(UTC))


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

"""From an answer that is no success to one error of the tree: pure functions, no network."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.errors import (
    BadKey,
    HostBusy,
    HostError,
    InvalidInput,
    ModelGone,
    NoCredit,
    OutcomeUnknown,
    PromptRefused,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.protocol.problems import Problem
from bot.providers.answers import Answer, problem_of
from bot.providers.failures import speaks_of_moderation
from bot.providers.rates import Calling
from bot.providers.waits import MOST_SAFE_WAIT_S, retry_after_s

_FIELD_IN_TEXT = re.compile(r"(?:^|\s)-?\s*input\.([A-Za-z0-9_]{1,60})\b")
_OF_A_QUOTA = re.compile(r"quota|balance|credit|billing|insufficient[ _]funds|额度|余额", re.IGNORECASE)
_OF_NO_CHANNEL = re.compile(
    r"model_not_found|model_not_supported|no (?:available|usable) channel|无可用渠道", re.IGNORECASE
)
_OF_BAD_INPUT = re.compile(r"invalid_request|invalid_parameter|bad_request|invalid_value", re.IGNORECASE)
_OF_A_BAD_KEY = re.compile(r"invalid_api_key|authentication_error|invalid_token|无效的令牌", re.IGNORECASE)
_NEVER_PASSED_ON = {
    "model_not_found": ModelGone,
    "pre_consume_token_quota_failed": NoCredit,
    "insufficient_user_quota": NoCredit,
}
"""Codes that gateways give before they ask the host behind them, so that nothing can have been accepted."""
_OF_A_RATE = re.compile(r"rate_limit|too_many_requests|throttled", re.IGNORECASE)


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
        kind: type[HostError] = HostBusy
    elif status == 429 and not _OF_A_QUOTA.search(problem.title or ""):
        kind = RateLimited
    elif calling is Calling.CREATE and status >= 500:
        kind = _never_passed_on(problem) or OutcomeUnknown
    else:
        kind = _by_words(status, words, problem, calling) or _by_status(status, calling)
    error = _made(kind, host, detail, answer, problem, calling)
    error.status = status or None
    return error


def _made(
    kind: type[HostError], host: str, detail: str, answer: Answer, problem: Problem, calling: Calling
) -> HostError:
    if issubclass(kind, InvalidInput):
        return kind(host, detail, field=_field(problem))
    if issubclass(kind, RateLimited):
        wait_s = retry_after_s(answer, problem, datetime.now(UTC))
        return kind(
            host, detail, retry_after_s=wait_s if calling is Calling.CREATE else min(wait_s, MOST_SAFE_WAIT_S)
        )
    return kind(host, detail)


def _never_passed_on(problem: Problem) -> type[HostError] | None:
    """What a server error to an order says that proves it refused: nothing but those very codes.

    Anything else may have come after the order was accepted, whatever it says.
    """
    codes = (problem.title or "").split()
    return next((_NEVER_PASSED_ON[code] for code in codes if code in _NEVER_PASSED_ON), None)


def _by_words(status: int, words: str, problem: Problem, calling: Calling) -> type[HostError] | None:
    """What the text says more exactly than the number: gateways use few numbers, and those loosely."""
    code = problem.title or ""
    # A server error may hide anything; there a gateway's own code is believed, not prose.
    said = code if status == 0 or status >= 500 else words
    if status in (0, 400, 403, 406, 422, 451) or status >= 500:
        if speaks_of_moderation(said):
            return PromptRefused
        if status not in (400, 422) and _OF_A_QUOTA.search(said):
            return NoCredit
    if status in (429, 400, 422) and _OF_A_QUOTA.search(code):
        return NoCredit
    if calling is Calling.CREATE and _OF_NO_CHANNEL.search(code):
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

"""Jobs that somebody's own key pays for: how their ends are called, and who hears of a refused key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

import structlog

from bot.jobs.outcome import End, Go, Outcome
from bot.jobs.records import Job
from bot.jobs.states import State
from bot.jobs.tools import Tools
from bot.money.ledger import own_kind

_log = structlog.get_logger(__name__)

_TROUBLES: Final[Mapping[str, Literal["bad_key", "no_credit"]]] = {
    "ending.host_bad_key": "bad_key",
    "ending.host_no_credit": "no_credit",
}
_ENDINGS: Final = {
    ("bad_key", "user"): "ending.member_key_refused",
    ("bad_key", "guild"): "ending.server_key_refused",
    ("no_credit", "user"): "ending.member_key_no_credit",
    ("no_credit", "guild"): "ending.server_key_no_credit",
}


async def by_own_key(outcome: Outcome, job: Job, tools: Tools) -> Outcome:
    """The outcome of a step, said of whose account it is; its owner hears what the host says of it."""
    if job.key_id is None or tools.own is None:
        return outcome
    try:
        if isinstance(outcome, Go) and job.state is State.SUBMIT and outcome.to is State.WAITING:
            await tools.own.accepted(job.key_id)
        if isinstance(outcome, End) and outcome.ending in _TROUBLES:
            await tools.own.refused(job.key_id, _TROUBLES[outcome.ending])
    except Exception:  # whoever could not be told now sees it on the card
        _log.exception("key.not_told", job=job.id, key=job.key_id)
    return in_own_words(outcome, job)


def in_own_words(outcome: Outcome, job: Job) -> Outcome:
    """An end by a refused key names whose key it is: the bot's own is well."""
    if job.key_id is None or not isinstance(outcome, End) or outcome.ending not in _TROUBLES:
        return outcome
    kind = own_kind(job.paid_from) or "guild"
    return replace(outcome, ending=_ENDINGS[_TROUBLES[outcome.ending], kind])

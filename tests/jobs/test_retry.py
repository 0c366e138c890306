"""The decision after an error, as a table."""

from __future__ import annotations

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.jobs.endings import ENDINGS, TROUBLES
from bot.jobs.retry import BUG_TRIES, CAP_S, DEFINITE_TRIES, LOST_AFTER_S, Again, GiveUp, backoff_s, decide
from bot.jobs.states import State

RUNNING = (State.SUBMIT, State.WAITING, State.COLLECT, State.DELIVER)
HOST = "replicate"

ENDS_AT_ONCE: list[tuple[Exception, State, str]] = [
    (errors.BadKey(HOST), State.SUBMIT, "ending.host_bad_key"),
    (errors.NoCredit(HOST), State.SUBMIT, "ending.host_no_credit"),
    *((errors.KeyGone(HOST), state, "ending.key_gone") for state in RUNNING[:3]),
    (errors.InvalidInput(HOST, field="alpha"), State.SUBMIT, "ending.host_invalid_input"),
    (errors.PromptRefused(HOST), State.SUBMIT, "ending.host_prompt_refused"),
    (errors.ModelGone(HOST), State.SUBMIT, "ending.host_model_gone"),
    (errors.Refused(HOST), State.SUBMIT, "ending.host_refused"),
    (errors.PredictionFailed(HOST, "cuda"), State.WAITING, "ending.host_failed"),
    (errors.UnusableAudio("silent"), State.COLLECT, "ending.unusable_audio"),
    (errors.NoSpace(), State.COLLECT, "ending.no_space"),
    (OSError(errno.ENOSPC, "full"), State.COLLECT, "ending.no_space"),
    (OSError(errno.EDQUOT, "quota"), State.SUBMIT, "ending.no_space"),
    (errors.NotFound("blob"), State.DELIVER, "ending.result_lost"),
    (errors.ChannelGone(), State.DELIVER, "ending.channel_gone"),
    (errors.MissingPermission("attach_files"), State.DELIVER, "ending.missing_permission"),
]

GOES_ON: list[tuple[Exception, State, str | None]] = [
    (errors.RateLimited(HOST), State.SUBMIT, "trouble.host_busy"),
    (errors.RateLimited(HOST), State.WAITING, "trouble.host_busy"),
    (errors.HostBusy(HOST), State.SUBMIT, "trouble.host_busy"),
    (errors.Unreachable(HOST), State.SUBMIT, "trouble.host_unreachable"),
    (errors.Unreachable(HOST), State.COLLECT, "trouble.host_unreachable"),
    (errors.OutcomeUnknown(HOST), State.SUBMIT, "trouble.checking"),
    (errors.NotUnderstood(HOST), State.SUBMIT, "trouble.checking"),
    (errors.OutcomeUnknown(HOST), State.WAITING, "trouble.checking"),
    (errors.DiscordDown(), State.DELIVER, "trouble.discord_down"),
    (errors.BadKey(HOST), State.WAITING, None),
    (errors.NoCredit(HOST), State.WAITING, None),
    (errors.InvalidInput(HOST), State.WAITING, None),
    (errors.Refused(HOST), State.WAITING, None),
    (errors.Refused(HOST), State.COLLECT, None),
    (errors.StoreFailed("away"), State.COLLECT, None),
    (errors.StoreFailed("away"), State.DELIVER, None),
    (errors.ModelGone(HOST), State.WAITING, None),
]

A_FEW_TIMES: list[tuple[Exception, State, int, str]] = [
    (errors.DiscordError(), State.DELIVER, DEFINITE_TRIES, "ending.discord_refused"),
    *((KeyError("x"), state, BUG_TRIES, "ending.bug") for state in RUNNING),
    (TimeoutError(), State.COLLECT, BUG_TRIES, "ending.bug"),
    (OSError(errno.EIO, "broken"), State.COLLECT, BUG_TRIES, "ending.bug"),
]


@pytest.mark.parametrize(("error", "state", "ending"), ENDS_AT_ONCE)
def test_some_errors_end_the_job(error: Exception, state: State, ending: str) -> None:
    """A clear answer is not asked for again, and comes with exactly the facts of its sentence."""
    decided = decide(error, state, attempts=0, host=HOST, chance=0.5)
    assert isinstance(decided, GiveUp)
    assert decided.ending == ending
    assert set(decided.facts) == set(ENDINGS[ending])


@pytest.mark.parametrize(("error", "state", "trouble"), GOES_ON)
@pytest.mark.parametrize("attempts", [0, 3, 1_000])
def test_some_errors_never_end_it_by_themselves(
    error: Exception, state: State, trouble: str, attempts: int
) -> None:
    """What may pass is tried again, within the job's deadline, and the card can say why it waits."""
    decided = decide(error, state, attempts=attempts, host=HOST, chance=0.5)
    assert isinstance(decided, Again)
    assert decided.trouble == trouble
    assert trouble is None or trouble in TROUBLES


@pytest.mark.parametrize(
    ("refused_s", "lost"), [(0.0, False), (59.0, False), (LOST_AFTER_S, True), (900.0, True)]
)
def test_what_is_paid_for_is_lost_only_after_a_time(refused_s: float, lost: bool) -> None:
    """However often it was denied; and what says nothing of the order itself proves nothing about it."""
    decided = decide(
        errors.Refused(HOST), State.WAITING, attempts=50, host=HOST, chance=0.5, refused_s=refused_s
    )
    assert isinstance(decided, GiveUp) is lost
    assert not isinstance(decided, GiveUp) or decided.ending == "ending.prediction_lost"
    file = decide(errors.Refused(HOST), State.COLLECT, attempts=50, host=HOST, chance=0, refused_s=refused_s)
    assert file == (GiveUp("ending.result_lost", {"host": HOST}) if lost else Again(11.25))
    for kind in (errors.BadKey, errors.NoCredit, errors.InvalidInput):
        again = decide(kind(HOST), State.WAITING, attempts=50, host=HOST, chance=0.5, refused_s=refused_s)
        assert isinstance(again, Again)


@pytest.mark.parametrize(("error", "state", "tries", "ending"), A_FEW_TIMES)
def test_some_errors_get_a_few_tries(error: Exception, state: State, tries: int, ending: str) -> None:
    """What should not be is tried again a few times, then ends the job."""
    for attempts in range(tries - 1):
        assert isinstance(decide(error, state, attempts=attempts, host=HOST, chance=0), Again)
    decided = decide(error, state, attempts=tries - 1, host=HOST, chance=0)
    assert isinstance(decided, GiveUp)
    assert decided.ending == ending


def test_a_host_that_names_a_time_is_obeyed() -> None:
    """Retry-After is waited for, however short our own pause would be."""
    error = errors.RateLimited(HOST, retry_after_s=42.0)
    decided = decide(error, State.SUBMIT, attempts=0, host=HOST, chance=0)
    assert isinstance(decided, Again)
    assert decided.after_s == 42.0


@given(st.integers(0, 10_000), st.floats(0, 1), st.sampled_from(sorted(CAP_S.values())))
def test_pauses_grow_and_stay_within_the_cap(attempts: int, chance: float, cap_s: float) -> None:
    """A pause is never longer than the cap and a quarter, never zero, and grows with the tries."""
    pause = backoff_s(attempts, chance, cap_s)
    assert 0 < pause <= cap_s * 1.25
    assert pause <= backoff_s(attempts + 1, chance, cap_s)

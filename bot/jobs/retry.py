"""What follows from an error: again, and when, or the end, and why. Pure; tested as a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot import errors
from bot.disk import is_full
from bot.jobs.endings import HOST_BUSY
from bot.jobs.states import State

FIRST_WAIT_S = 0.5
CAP_S = {State.SUBMIT: 15.0, State.WAITING: 15.0, State.COLLECT: 15.0, State.DELIVER: 60.0}
DEFINITE_TRIES = 3
"""How often a clear *no* to something that should be there is asked again: a host may be behind itself."""
LOST_AFTER_S = 60.0
"""How long a host has to deny an order that it took, or the file that it made, before that is believed:
what was made is paid for."""
BUG_TRIES = 3


@dataclass(frozen=True, slots=True)
class Again:
    """Try the same state again in ``after_s``; ``trouble`` is what the card says meanwhile."""

    after_s: float
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The job has failed; see ``endings``."""

    ending: str
    facts: dict[str, object] = field(default_factory=dict[str, object])


def backoff_s(attempts: int, chance: float, cap_s: float) -> float:
    """0.5 s, doubled at every try, a quarter more or less by ``chance`` (0..1), capped."""
    return min(cap_s, FIRST_WAIT_S * 2.0 ** min(attempts, 16)) * (0.75 + chance / 2)


def decide(
    error: Exception, state: State, *, attempts: int, host: str, chance: float, refused_s: float = 0.0
) -> Again | GiveUp:
    """What to do about ``error`` in ``state`` after ``attempts`` earlier failures there.

    Deadlines are not looked at here: a job whose time is up ends at its next step.

    Args:
        error: What a port raised.
        state: Where the job stands; a running state.
        attempts: Failed tries before this one.
        host: For the facts.
        chance: 0..1, spreads retries.
        refused_s: For how long the host has refused to tell of what it took, in seconds.

    Returns:
        ``GiveUp("ending.bug", {})`` for what nobody expected, three times in a row; the caller adds the
        reference.
    """
    wait_s = backoff_s(attempts, chance, CAP_S.get(state, 15.0))
    if isinstance(error, errors.NoSpace) or is_full(error):
        return GiveUp("ending.no_space")
    if isinstance(error, errors.UnusableAudio):
        return GiveUp("ending.unusable_audio", {"problem": error.problem})
    if isinstance(error, errors.DiscordError):
        return _about_discord(error, attempts, wait_s)
    if isinstance(error, errors.HostError):
        return _about_host(error, state, host, wait_s, refused_s)
    if isinstance(error, errors.StoreFailed):  # it comes back, and until then nothing is lost
        return Again(wait_s)
    if isinstance(error, errors.NotFound):  # the kept file
        return GiveUp("ending.result_lost", {"host": host})
    return GiveUp("ending.bug") if attempts + 1 >= BUG_TRIES else Again(wait_s)


def _about_discord(error: errors.DiscordError, attempts: int, wait_s: float) -> Again | GiveUp:
    if isinstance(error, errors.ChannelGone):
        return GiveUp("ending.channel_gone")
    if isinstance(error, errors.MissingPermission):
        return GiveUp("ending.missing_permission", {"permission": error.permission})
    if isinstance(error, errors.DiscordDown):
        return Again(wait_s, "trouble.discord_down")
    return GiveUp("ending.discord_refused") if attempts + 1 >= DEFINITE_TRIES else Again(wait_s)


def _about_host(
    error: errors.HostError, state: State, host: str, wait_s: float, refused_s: float
) -> Again | GiveUp:
    facts: dict[str, object] = {"host": host}
    match error:
        case errors.KeyGone():
            return GiveUp("ending.key_gone", facts)
        case errors.RateLimited():
            return Again(max(error.retry_after_s, wait_s), HOST_BUSY)
        case errors.PredictionFailed():
            return GiveUp("ending.host_failed", {**facts, "detail": error.detail})
        case errors.Unreachable() if not is_denial(error):
            return Again(wait_s, "trouble.host_unreachable")
        case errors.Refused() if state is State.SUBMIT:
            return _refused(error, facts)
        case errors.BadKey() | errors.NoCredit() | errors.InvalidInput() if state is State.WAITING:
            return Again(wait_s)  # it says nothing of the order, which goes on there
        case errors.Refused() | errors.Unreachable():
            return GiveUp(lost(error, state), facts) if refused_s >= LOST_AFTER_S else Again(wait_s)
        case _:  # OutcomeUnknown, NotUnderstood: nothing is known, so nothing may be assumed
            return Again(max(1.0, wait_s), "trouble.checking")


def is_denial(error: Exception) -> bool:
    """Whether the host says that it does not have what it was asked for, or not for us.

    A file that is not there (404) may still be on its way to where it is fetched from, or gone for good.
    """
    if isinstance(error, errors.Unreachable):
        return error.status == 404
    return isinstance(error, errors.Refused) and not isinstance(error, errors.RateLimited)


def lost(error: errors.HostError, state: State) -> str:
    """It had the order, or the file, and says now that it has not, or not for us."""
    if isinstance(error, errors.KeyGone):
        return "ending.key_gone"
    if isinstance(error, errors.BadKey):
        return "ending.host_bad_key"
    if isinstance(error, errors.NoCredit):
        return "ending.host_no_credit"
    return "ending.prediction_lost" if state is State.WAITING else "ending.result_lost"


def _refused(error: errors.Refused, facts: dict[str, object]) -> GiveUp:
    match error:
        case errors.BadKey():
            return GiveUp("ending.host_bad_key", facts)
        case errors.NoCredit():
            return GiveUp("ending.host_no_credit", facts)
        case errors.InvalidInput():
            return GiveUp("ending.host_invalid_input", {**facts, "field": error.field})
        case errors.PromptRefused():
            return GiveUp("ending.host_prompt_refused", facts)
        case errors.ModelGone():
            return GiveUp("ending.host_model_gone", facts)
        case _:
            return GiveUp("ending.host_refused", facts)

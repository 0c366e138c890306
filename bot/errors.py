"""Every error that Riffcord raises on purpose, and whose fault each one is.

::

    RiffcordError                 carries a words key and its facts, never a sentence
    ├── UserError                 the person can mend it; nothing was spent
    │   ├── InvalidOption         an option is missing, malformed or out of range
    │   ├── NotAllowed            this person may not do that
    │   ├── NotFound              the thing is gone, or never was
    │   ├── TooMany               a limit of this server or person is reached
    │   ├── Barred                not now: a pause, a block, a mute, slow mode
    │   ├── AlreadyDecided        somebody else was faster
    │   └── NotEnough             the server's pot or a share of it cannot pay for it
    ├── RemoteError               something outside failed
    │   ├── HostError             a music host (Replicate, an engine, ...)
    │   │   ├── Refused           definitely not accepted: safe to charge nothing
    │   │   │   ├── BadKey        401, 403
    │   │   │   │   └── KeyGone   the key that somebody brought was taken back; the host was not asked
    │   │   │   ├── NoCredit      402, 403 about a quota
    │   │   │   ├── InvalidInput  400, 422 about the input
    │   │   │   ├── PromptRefused moderation: asking again does not help
    │   │   │   ├── ModelGone     404, 422 about the version
    │   │   │   └── RateLimited   429; carries retry_after_s
    │   │   │       └── HostBusy  every place is taken, and the host keeps no queue
    │   │   ├── Unreachable       no byte of the request was sent
    │   │   ├── OutcomeUnknown    the call may or may not have been accepted: never repeat it blindly
    │   │   ├── NotUnderstood     an answer that is not what the API documents
    │   │   └── PredictionFailed  the model itself failed or was stopped
    │   │       └── EngineSaid    our own engine, in a sentence that people can read
    │   ├── StoreFailed           the object store cannot be reached
    │   │   └── NotInStore            it can, and does not have the file (any more)
    │   ├── NoSpace               our disk is full: nothing more can be kept
    │   │   └── MusicFull         the kept music takes up all that it may
    │   ├── UnusableAudio         what came back is not music: empty, silent, noise or not audio
    │   └── DiscordError          Discord refused or could not be reached
    │       ├── ChannelGone       the channel or server no longer exists for us
    │       ├── MissingPermission carries the permission's name
    │       └── DiscordDown       worth another try later
    └── StartupError              the process cannot start; carries the exit code

Anything else is our own bug: people see a short reference that also stands in the log.
The one place that turns an error into a sentence is ``bot.ui.words``.
"""

from __future__ import annotations

import enum
from typing import ClassVar


class ExitCode(enum.IntEnum):
    """What the process tells the shell; named so that a supervisor's log can be read."""

    OK = 0
    BUG = 1
    USAGE = 2
    BAD_SETTINGS = 3
    BAD_TOKEN = 4
    MISSING_PERMISSION = 5
    DISCORD_UNREACHABLE = 6
    DATA_IN_USE = 7
    PORT_IN_USE = 8
    NO_SPACE = 9
    MISSING_PACKAGE = 10
    JOB_FAILED = 11
    CHILD_FAILED = 12
    OUTDATED = 13
    DAMAGED = 14
    INTERRUPTED = 130  # as a shell counts Ctrl-C


class RiffcordError(Exception):
    """Root of the tree. ``key`` names a sentence in the words catalogue, ``facts`` fill it."""

    key: ClassVar[str] = "error.generic"

    def __init__(self, **facts: object) -> None:
        super().__init__(*facts.values())
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{type(self).__name__}({told})"


class UserError(RiffcordError):
    """The person's own mistake; the sentence says how to do it right."""


class InvalidOption(UserError):
    """``option`` was given a value it cannot have; ``problem`` is a words key, e.g. ``empty``."""

    key = "error.invalid_option"

    def __init__(self, option: str, problem: str, **facts: object) -> None:
        super().__init__(option=option, problem=problem, **facts)
        self.option = option
        self.problem = problem

    def of_field(self, label: str) -> InvalidOption:
        """The same about the field of a form, which people know by its ``label``."""
        facts = {name: fact for name, fact in self.facts.items() if name not in ("option", "problem")}
        return InvalidOption(self.option, self.problem, **facts, label=label)


class NotAllowed(UserError):
    """This person may not do ``action``."""

    key = "error.not_allowed"

    def __init__(self, action: str) -> None:
        super().__init__(action=action)


class NotFound(UserError):
    """``what`` (job, take, channel) does not exist any more."""

    key = "error.not_found"

    def __init__(self, what: str) -> None:
        super().__init__(what=what)


class TooMany(UserError):
    """A limit is reached: ``limit`` things at once."""

    key = "error.too_many"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class Barred(UserError):
    """This person may not order here now; ``barrier`` is a words key, e.g. ``muted``."""

    key = "error.barred"

    def __init__(self, barrier: str, **facts: object) -> None:
        super().__init__(barrier=barrier, **facts)
        self.barrier = barrier


class AlreadyDecided(UserError):
    """Somebody was faster: ``verdict`` (approved, rejected, ...) by the member ``who``, or by the bot."""

    key = "error.decided"

    def __init__(self, verdict: str, who: str) -> None:
        super().__init__(verdict=verdict, who=who)
        self.verdict = verdict


class NotEnough(UserError):
    """Pot or share does not hold the ``price`` (any more); ``limit`` says which, ``at`` when there is more.

    ``limit`` is a words key: ``pot``; ``member``, ``role``, ``channel``, ``command``, each with ``.never``
    behind it where a day never brings so much (``left`` is what it brings); ``gift`` and ``sponsor`` of what
    somebody wants to give away, of their share and of the pot. ``left`` is in credits, ``at`` in seconds
    since 1970; None where it is not known.
    """

    key = "error.not_enough"

    def __init__(self, price: int, limit: str = "pot", left: int = 0, at: int | None = None) -> None:
        super().__init__(price=price, limit=limit, left=left, at=at)
        self.price = price
        self.limit = limit
        self.left = left
        self.at = at


class RemoteError(RiffcordError):
    """Something outside failed; nobody here did anything wrong."""


class HostError(RemoteError):
    """A music host failed. ``detail`` is for the log, cut short and free of secrets."""

    key = "error.host"
    status: int | None = None
    """What the host answered with, by HTTP's numbers; None where no answer of its own says so."""

    def __init__(self, host: str, detail: str = "", **facts: object) -> None:
        super().__init__(host=host, detail=detail[:300], **facts)
        self.host = host
        self.detail = detail[:300]


class Refused(HostError):
    """The host definitely did not accept the call."""

    key = "error.host_refused"


class BadKey(Refused):
    """The host does not accept our key."""

    key = "error.host_bad_key"


class KeyGone(BadKey):
    """The key that a member or server brought was removed, or cannot be opened: the host was not asked."""

    key = "error.key_gone"


class NoCredit(Refused):
    """The account at the host has no credit left."""

    key = "error.host_no_credit"


class InvalidInput(Refused):
    """The host refuses the input; ``field`` where it named one."""

    key = "error.host_invalid_input"

    def __init__(self, host: str, detail: str = "", *, field: str = "") -> None:
        super().__init__(host, detail, field=field)
        self.field = field


class PromptRefused(Refused):
    """The host does not make this for anyone: moderation of words or of what came out."""

    key = "error.host_prompt_refused"


class ModelGone(Refused):
    """The host does not have this model or version (any more), or does not let us use it."""

    key = "error.host_model_gone"


class RateLimited(Refused):
    """The host asks us to wait ``retry_after_s`` seconds."""

    key = "error.host_rate_limited"

    def __init__(self, host: str, detail: str = "", *, retry_after_s: float = 5.0) -> None:
        super().__init__(host, detail, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class HostBusy(RateLimited):
    """The host has no place free and keeps no queue: certainly not accepted, worth asking again."""

    key = "error.host_busy"


class Unreachable(HostError):
    """No connection: the request was certainly not accepted."""

    key = "error.host_unreachable"


class OutcomeUnknown(HostError):
    """The request may have been accepted although no good answer came back."""

    key = "error.host_outcome_unknown"


class NotUnderstood(HostError):
    """The host's answer does not follow its API."""

    key = "error.host_not_understood"


class PredictionFailed(HostError):
    """The model ran and failed, or was stopped at the host."""

    key = "error.prediction_failed"


class EngineSaid(PredictionFailed):
    """Our own engine failed at it; ``detail`` is its sentence, which says what to do."""

    key = "error.engine_said"


class StoreFailed(RemoteError):
    """The object store did not do what it was asked; ``detail`` is for the log. It may travel by pickle."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail=detail[:300])


class NotInStore(StoreFailed):
    """The object store answers, and has nothing under this name: asking again does not help."""


class NoSpace(RemoteError):
    """The disk that holds our data is full."""

    key = "error.no_space"


class MusicFull(NoSpace):
    """The kept music takes up the ``limit_gb`` gigabytes that it may (``BLOBS_MAX_GB``)."""

    key = "error.music_full"

    def __init__(self, limit_gb: float) -> None:
        super().__init__(limit_gb=limit_gb)


class UnusableAudio(RemoteError):
    """The result is not music; ``problem`` says why (silent, noise, not_audio, too_long, too_large)."""

    key = "error.unusable_audio"

    def __init__(self, problem: str) -> None:
        super().__init__(problem=problem)
        self.problem = problem


class DiscordError(RemoteError):
    """Discord refused something or could not be reached."""

    key = "error.discord"


class ChannelGone(DiscordError):
    """The channel (or the whole server) is not there for us any more."""

    key = "error.channel_gone"


class MissingPermission(DiscordError):
    """The bot lacks ``permission`` in the channel."""

    key = "error.missing_permission"

    def __init__(self, permission: str) -> None:
        super().__init__(permission=permission)
        self.permission = permission


class DiscordDown(DiscordError):
    """Discord cannot be reached or answers 5xx; try again later."""

    key = "error.discord_down"


class StartupError(RiffcordError):
    """The process cannot start. ``problem`` is a words key; ``exit_code`` what the shell gets."""

    key = "error.startup"

    def __init__(self, problem: str, exit_code: ExitCode, **facts: object) -> None:
        super().__init__(problem=problem, **facts)
        self.problem = problem
        self.exit_code = exit_code

"""What an audit looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.jobs.states import ENDED, State
from bot.money.ledger import Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """What counts of a row of ``jobs``, as it stands there: ``state`` may be nonsense."""

    id: str
    state: str
    host: str
    guild_id: str
    price: int
    paid_from: str | None
    """None in a job of before servers had pots of their own: theirs."""
    moved_at: datetime
    cause: str
    actor: str
    due: datetime | None
    owner: str | None
    lease_until: datetime | None
    run_id: str | None
    intent_at: datetime | None
    take_id: str | None
    message_id: str | None
    ending: str | None
    parent_job_id: str | None
    """The journey that this is a step of."""
    agrees: bool
    """Whether its order can be read, and host, server, channel and person are those of the order."""

    @property
    def ended(self) -> bool:
        """Whether its state is one that is never left."""
        return self.state in ENDED

    @property
    def done(self) -> bool:
        """Whether it ended with music."""
        return self.state == State.DONE

    @property
    def rests(self) -> bool:
        """Whether it is a step whose music is kept: only its journey will do anything with it."""
        return self.parent_job_id is not None and self.state == State.DELIVER and self.ending is None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A row of ``events``."""

    job_id: str
    at: datetime
    old: str | None
    new: str
    cause: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRow:
    """What counts of a row of ``takes``."""

    id: str
    job_id: str
    number: int
    deleted: bool
    parent_take_id: str | None
    keys: tuple[str, ...]
    """Blob keys of its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One moment of the database."""

    jobs: Mapping[str, JobRow]
    events: Mapping[str, Sequence[EventRow]]
    """Of each job, oldest first."""
    takes: Mapping[str, TakeRow]
    transfers: Sequence[Transfer]
    """The whole ledger, oldest first."""
    open_holds: frozenset[str] = frozenset()
    """Jobs that moderators have still to decide about."""
    brought: frozenset[str] = frozenset()
    """Ids of files that members brought, from which something stands or may still be made."""
    complaints: Sequence[str] = ()
    """What the database itself finds wrong with its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """How a finding can be mended safely; one of these is set."""

    append: Transfer | None = None
    """A transfer that is missing."""
    wake: str | None = None
    """A job that nothing would ever look at again."""
    delete_take: str | None = None
    """A take whose files nobody needs."""
    delete_file: str | None = None
    """A blob key that nobody needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that must not be. ``kind`` names its sentence (``check.<kind>``), ``facts`` fill it."""

    kind: str
    facts: Mapping[str, object]
    mend: Mend | None = field(default=None, compare=False)

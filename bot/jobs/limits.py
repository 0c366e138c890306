"""How much runs at once, and how long things may take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Jobs that may run at the same time. What is over them waits in line."""

    per_user: int = 3
    per_channel: int = 10
    per_guild: int = 20
    per_host: int = 50
    unqueued_hosts: frozenset[str] = frozenset()
    """Hosts that refuse what they cannot begin at once: there jobs wait in our line, which is fair."""
    per_unqueued_host: int = 4
    """At one of those. More than it makes at once, so that it never stands idle, and few enough that each
    is begun long before its deadline."""
    total: int = 200
    open_per_user: int = 25
    """Running and waiting together; more orders are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a host takes orders: at most ``calls`` in any ``per_s`` seconds."""

    calls: int
    per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTimes:
    """Patience with a host."""

    deadline_s: float = 1_200
    """From the first call until the result must be ready."""
    first_poll_s: float = 5
    """A webhook normally comes first."""
    slowest_poll_s: float = 40
    first_look_s: float = 0
    """Sooner than that nothing can be there."""


LOCAL = HostTimes(deadline_s=600, first_poll_s=2, slowest_poll_s=16)
"""A host on this machine: asking costs nothing."""
SILENT = HostTimes(first_poll_s=5, slowest_poll_s=10, first_look_s=15)
"""A host that never tells, so whoever waits is kept waiting by nothing but our not asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """All the machine's times, in seconds."""

    hosts: Mapping[str, HostTimes] = field(default_factory=lambda: {"engine": LOCAL})
    silent_hosts: HostTimes = SILENT
    """Of the others, those of the internet that have no webhooks."""
    other_hosts: HostTimes = field(default_factory=HostTimes)
    card_grace_s: float = 10
    """How long a new job waits for its card before the machine takes it without one."""
    lease_s: float = 15
    renew_s: float = 5
    collect_s: float = 300
    """How long fetching a result is tried again."""
    deliver_s: float = 24 * 3_600
    """How long a result is kept ready while Discord is down."""
    cold_boot_s: float = 60
    """How long a host may be starting before the card says that it takes long."""
    between_reads_s: float = 10
    """Between the two empty reads of a host's list that prove a call was never accepted."""
    show_s: float = 5
    """The longest that a step waits for its card."""
    refresh_s: float = 2
    """Places in line are shown at most this often."""

    def of(self, host: str, *, silent: bool = False) -> HostTimes:
        """Patience with this host."""
        return self.hosts.get(host, self.silent_hosts if silent else self.other_hosts)


def lane_of(host: str, key_id: str | None) -> str:
    """What limits at a host count by: each account there for itself. The store's line reckons it the same."""
    return host if key_id is None else f"{host}#{key_id}"


def host_of_lane(lane: str) -> str:
    """The host of a lane; hosts have no ``#`` in their names."""
    return lane.partition("#")[0]


def poll_at(times: HostTimes, *, asked_at: datetime, now: datetime) -> datetime:
    """When to ask next about what was ordered at ``asked_at``: after half its age, within bounds.

    The pauses are ``first_poll_s``, doubled again and again, and end at multiples of themselves on the
    clock, so every longer one ends together with a shorter one: those who wait ask at the same moments,
    and one read of the host's list answers them all.
    """
    half_age_s = (now - asked_at).total_seconds() / 2
    pause_s = times.first_poll_s
    while pause_s * 2 <= min(half_age_s, times.slowest_poll_s):
        pause_s *= 2
    earliest_s = max(now.timestamp() + pause_s / 2, asked_at.timestamp() + times.first_look_s)
    return datetime.fromtimestamp(math.ceil(earliest_s / pause_s) * pause_s, UTC)

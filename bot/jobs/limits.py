"""How much runs at once, and how long things may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Jobs that may run at the same time. What is over them waits in line."""

    per_user: int = 3
    per_channel: int = 10
    per_guild: int = 20
    per_host: int = 50
    total: int = 200
    open_per_user: int = 25
    """Running and waiting together; more orders are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTimes:
    """Patience with a host."""

    deadline_s: float = 1_200
    """From the first call until the result must be ready."""
    first_poll_s: float = 5
    """A webhook normally comes first."""
    slowest_poll_s: float = 30


LOCAL = HostTimes(deadline_s=600, first_poll_s=2, slowest_poll_s=15)
"""A host on this machine: asking costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """All the machine's times, in seconds."""

    hosts: Mapping[str, HostTimes] = field(default_factory=lambda: {"engine": LOCAL})
    other_hosts: HostTimes = field(default_factory=HostTimes)
    card_grace_s: float = 10
    """How long a new job waits for its card before the machine takes it without one."""
    lease_s: float = 15
    renew_s: float = 5
    collect_s: float = 300
    """How long fetching a result is tried again."""
    deliver_s: float = 24 * 3_600
    """How long a result is kept ready while Discord is down."""
    between_reads_s: float = 10
    """Between the two empty reads of a host's list that prove a call was never accepted."""
    show_s: float = 5
    """The longest that a step waits for its card."""
    refresh_s: float = 2
    """Places in line are shown at most this often."""

    def of(self, host: str) -> HostTimes:
        """Patience with this host."""
        return self.hosts.get(host, self.other_hosts)


def poll_after_s(times: HostTimes, age_s: float) -> float:
    """How long to wait before the next poll of a prediction of this age: half its age, within bounds."""
    return min(max(age_s / 2, times.first_poll_s), times.slowest_poll_s)

"""When those who wait in line may expect their music: by the line, by what runs, and by what was measured.

Each job of the line is given, in its order, the first moment at which every limit has a place for it. That is
an estimate, as good as the durations that it is made of; a host of which nothing was measured gets none.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from bot.jobs.limits import Limits, Pace

SAMPLE: Final = 20
"""So many of a host's last jobs tell how long the next one takes."""
COLD_AFTER: Final = timedelta(minutes=5)
"""A host that has not made anything for so long may have to start its machine first."""
_OVERDUE: Final = 0.1
"""What is taken for the rest of a job that runs for longer than usual, of the usual time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A job in the line, or one that runs: what the limits go by."""

    job_id: str
    user_id: str
    channel_id: str
    guild_id: str
    host: str
    began_at: datetime | None = None
    """Of one that runs: when it was let in."""


@dataclass(frozen=True, slots=True)
class Made:
    """A job that was done: when it was let in, and when its music stood in the channel."""

    host: str
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How long a host takes from being let in to being heard, in the middle of its last jobs."""

    warm_s: float
    cold_s: float
    """After a pause of :data:`COLD_AFTER`."""
    ended_at: datetime
    """When its last one ended."""

    def at(self, now: datetime) -> float:
        """Seconds, of a job that begins now."""
        return self.cold_s if now - self.ended_at > COLD_AFTER else self.warm_s


def usual_of(made: Iterable[Made]) -> dict[str, Usual]:
    """What each host took lately. A slow first job after a pause says nothing about those that follow it."""
    by_host: defaultdict[str, list[Made]] = defaultdict(list)
    for each in sorted(made, key=lambda one: one.ended_at, reverse=True):
        if len(by_host[each.host]) < SAMPLE:
            by_host[each.host].append(each)
    return {host: _usual(sorted(those, key=lambda one: one.began_at)) for host, those in by_host.items()}


def _usual(made: Sequence[Made]) -> Usual:
    warm: list[float] = []
    cold: list[float] = []
    last_end = made[0].ended_at
    for number, each in enumerate(made):
        after_a_pause = number > 0 and each.began_at - last_end > COLD_AFTER
        (cold if after_a_pause else warm).append((each.ended_at - each.began_at).total_seconds())
        last_end = max(last_end, each.ended_at)
    warm_s = median(warm)  # the first counts as warm: nobody knows what was before it
    return Usual(warm_s=warm_s, cold_s=median(cold) if cold else warm_s, ended_at=last_end)


def expected(
    line: Sequence[Standing],
    running: Iterable[Standing],
    *,
    limits: Limits,
    paces: Mapping[str, Pace],
    usual: Mapping[str, Usual],
    now: datetime,
) -> dict[str, datetime]:
    """Job -> when its music may be expected, for all of the line whose host was ever measured."""
    if not usual:
        return {}
    anything_s = median(each.warm_s for each in usual.values())
    places = _Places(limits, paces)
    at_work = sorted(running, key=lambda each: each.began_at or now)
    for each in at_work:
        took = usual.get(each.host)
        usual_s = anything_s if took is None else took.at(now)
        gone_s = 0.0 if each.began_at is None else (now - each.began_at).total_seconds()
        places.take(each, -gone_s, max(usual_s - gone_s, usual_s * _OVERDUE))
    ready: dict[str, datetime] = {}
    warmed = {each.host for each in at_work}
    for each in line:
        took = usual.get(each.host)
        start_s = places.free_s(each)
        first = each.host not in warmed
        takes_s = anything_s if took is None else took.at(now) if first else took.warm_s
        warmed.add(each.host)
        places.take(each, start_s, start_s + takes_s)
        if took is not None:
            ready[each.job_id] = now + timedelta(seconds=start_s + takes_s)
    return ready


class _Places:
    """Every limit's places, each with the second from now at which it is free again."""

    def __init__(self, limits: Limits, paces: Mapping[str, Pace]) -> None:
        self._limits = limits
        self._paces = paces
        self._taken: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        self._calls = {host: deque[float](maxlen=pace.calls) for host, pace in paces.items()}

    def _bounds(self, job: Standing) -> list[tuple[tuple[str, str], int]]:
        limits = self._limits
        unqueued = job.host in limits.unqueued_hosts
        return [
            (("user", job.user_id), limits.per_user),
            (("channel", job.channel_id), limits.per_channel),
            (("guild", job.guild_id), limits.per_guild),
            (("host", job.host), limits.per_unqueued_host if unqueued else limits.per_host),
            (("all", ""), limits.total),
        ]

    def free_s(self, job: Standing) -> float:
        """From when on every limit has a place for the job."""
        start_s = 0.0
        for name, most in self._bounds(job):
            taken = self._taken[name]
            if len(taken) >= most:
                start_s = max(start_s, taken[0])
        calls = self._calls.get(job.host)
        if calls is not None and len(calls) == calls.maxlen:
            start_s = max(start_s, calls[0] + self._paces[job.host].per_s)
        return start_s

    def take(self, job: Standing, start_s: float, end_s: float) -> None:
        """Use one of each; of a full limit the one that is free first."""
        for name, most in self._bounds(job):
            taken = self._taken[name]
            if len(taken) >= most:
                heapq.heapreplace(taken, end_s)
            else:
                heapq.heappush(taken, end_s)
        if job.host in self._calls:
            self._calls[job.host].append(start_s)

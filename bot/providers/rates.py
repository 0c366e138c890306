"""How fast a host may be asked: one limiter a host, by counting, not by luck.

It is our own because of three things that the limiters on the shelf do not do together: no window of time
ever holds more calls than allowed (a leaky bucket lets twice the rate through at first), a wait is known
before it is begun (a caller who holds a lease must not sleep through it), and a host's own wish to be left
alone holds every caller back.
"""

from __future__ import annotations

import enum
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.jobs.limits import Pace
from bot.providers.waits import MOST_SAFE_WAIT_S

LOW_CREDIT_S = 600.0
"""How long a host that said so is taken to have little credit; it says so again where it still has."""
_SPREAD = 1 / 60
"""How much longer our windows are than the host's: calls may reach it closer together than they left."""


class Calling(enum.Enum):
    """What kind of call it is; limits count them apart, and the same answer means different things."""

    CREATE = enum.auto()
    """Something is ordered: a server error may have come after it was accepted."""
    SAFE = enum.auto()
    """Reading, or cancelling: repeating it does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most ``calls`` in any ``per_s`` seconds."""

    calls: int
    per_s: float = 60.0


REPLICATE = {Calling.CREATE: Rate(calls=600), Calling.SAFE: Rate(calls=3_000)}
"""https://replicate.com/docs/topics/predictions/rate-limits"""
AT_HOME = {Calling.CREATE: Rate(calls=6_000), Calling.SAFE: Rate(calls=60_000)}
"""A host of our own says itself when it has enough; this only stops a loop that went wild."""
LOW_CREDIT = Rate(calls=1, per_s=10.0)
"""Six creations a minute, none at once, while the account has little credit."""


@dataclass(frozen=True, slots=True)
class Place:
    """When a call may go."""

    calling: Calling
    moment: float
    """On the limiter's clock."""
    wait_s: float
    """From now on."""
    busy: bool
    """Whether it has to wait because the host has no place free, rather than for being asked too often."""


class Window:
    """Hands out moments so that no window of ``rate.per_s`` holds more than ``rate.calls`` of them.

    A moment that is handed out and not used is not handed out again.
    """

    def __init__(self, rate: Rate) -> None:
        self._apart_s = rate.per_s * (1 + _SPREAD)
        self._taken: deque[float] = deque(maxlen=rate.calls)

    def next(self, earliest: float) -> float:
        """The first free moment from ``earliest`` on."""
        if not self._taken:
            return earliest
        free = self._taken[0] + self._apart_s if len(self._taken) == self._taken.maxlen else earliest
        return max(earliest, free, self._taken[-1])

    def take(self, moment: float) -> None:
        """Use a moment that :meth:`next` named."""
        self._taken.append(moment)


@dataclass(kw_only=True)
class Rates:
    """The limiter of one host. Moments are seconds of ``clock``, which never goes back."""

    limits: Mapping[Calling, Rate] = field(default_factory=lambda: REPLICATE)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    _windows: dict[Calling, Window] = field(init=False, repr=False)
    _low: Window = field(default_factory=lambda: Window(LOW_CREDIT), init=False, repr=False)
    _low_until: float = field(default=float("-inf"), init=False, repr=False)
    _held: dict[Calling, tuple[float, bool]] = field(
        default_factory=dict[Calling, tuple[float, bool]], init=False, repr=False
    )
    """Until when a kind of call is held back, and whether because the host has no place free."""

    def __post_init__(self) -> None:
        self._windows = {calling: Window(rate) for calling, rate in self.limits.items()}

    @property
    def pace(self) -> Pace:
        """How fast orders may follow each other now, for the line in which they wait for that."""
        low = self.clock() < self._low_until
        rate = LOW_CREDIT if low else self.limits[Calling.CREATE]
        return Pace(calls=rate.calls, per_s=rate.per_s * (1 + _SPREAD))

    def look(self, calling: Calling, *, urgent: bool = False) -> Place:
        """The next place for a call, which stays free until it is taken; an urgent one is never held back."""
        now = self.clock()
        held_until, busy = (now, False) if urgent else self._held.get(calling, (now, False))
        window = self._windows[calling]
        moment = window.next(max(now, held_until))
        if calling is Calling.CREATE and now < self._low_until:
            moment = window.next(self._low.next(moment))
        return Place(calling, moment, moment - now, busy and held_until > now)

    def take(self, place: Place) -> None:
        """Take the place that was looked up just now."""
        self._windows[place.calling].take(place.moment)
        if place.calling is Calling.CREATE:
            self._low.take(place.moment)

    def holds(self, place: Place) -> bool:
        """Whether, since a place was taken, the host asked to be left alone beyond its moment."""
        return self._held_until(place.calling) > place.moment

    def hold(self, calling: Calling, seconds: float, *, busy: bool = False) -> None:
        """The host asked to be left alone: creations because of a creation, everything because of a reading.

        Args:
            calling: What was answered so.
            seconds: For how long; for a reading that is :data:`MOST_SAFE_WAIT_S` at most.
            busy: It has no place free; otherwise it was asked too often.
        """
        until = self.clock() + (seconds if calling is Calling.CREATE else min(seconds, MOST_SAFE_WAIT_S))
        for kind in (Calling.CREATE,) if calling is Calling.CREATE else Calling:
            if until > self._held_until(kind):
                self._held[kind] = (until, busy)

    def slow_down(self) -> None:
        """The host said that little credit is left: it takes creations more slowly now."""
        self._low_until = self.clock() + LOW_CREDIT_S

    def _held_until(self, calling: Calling) -> float:
        return self._held.get(calling, (float("-inf"), False))[0]

"""How much one token may ask for: calls a minute, calls held open, predictions in the queue, render time.

A refused call is not counted. A client that tries again at once (npm's does, six times in 60 ms) so loses
nothing but the calls themselves.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from bot.store.tables.usage import UsageRows
from bot.web.api.problems import Refusal

_FORGET_AFTER = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLimits:
    """Limits of one token; 0 means none."""

    creates_a_minute: int = 0
    calls_a_minute: int = 0
    """Of every other kind."""
    open_calls: int = 0
    """Waited-for creates under way at one time."""
    queued: int = 0
    rendering: int = 0
    """At one time; more wait in the queue."""
    credit_s: float = 0.0
    """Seconds of rendering, for ever."""

    def most_at_once(self, _owner: str) -> int:
        """How many renders of one token may run at the same time."""
        return self.rendering or 2**31


class Bucket:
    """Calls a minute, smoothly: a minute's worth at once, then one each time one has dripped in."""

    def __init__(self, a_minute: int, clock: Callable[[], float]) -> None:
        self._rate = a_minute / 60
        self._most = float(a_minute)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, owner: str, count: int = 1) -> float:
        """Take all or nothing; 0, or the seconds after which to come back.

        A full bucket pays for more than it holds, and owes the rest.
        """
        if not self._rate:
            return 0.0
        now_s = self._clock()
        left, then_s = self._left.get(owner, (self._most, now_s))
        left = min(self._most, left + (now_s - then_s) * self._rate)
        needed = min(float(count), self._most)
        if left < needed:
            return (needed - left) / self._rate
        self._left[owner] = (left - count, now_s)
        if len(self._left) > _FORGET_AFTER:
            self._left.pop(next(iter(self._left)))
        return 0.0

    def put_back(self, owner: str, count: int) -> None:
        """What was taken was not used."""
        if owner in self._left:
            left, then_s = self._left[owner]
            self._left[owner] = (left + count, then_s)


@dataclass(slots=True)
class Limits:
    """Watches what each token does."""

    limits: TokenLimits
    usage: UsageRows
    clock: Callable[[], float] = time.monotonic
    _used_s: dict[str, float] = field(default_factory=dict[str, float])
    _open: Counter[str] = field(default_factory=Counter[str])
    _creates: Bucket = field(init=False)
    _calls: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self._creates = Bucket(self.limits.creates_a_minute, self.clock)
        self._calls = Bucket(self.limits.calls_a_minute, self.clock)

    async def open(self) -> None:
        """Bring to mind what tokens have used."""
        self._used_s = await self.usage.all()

    def call(self, owner: str) -> None:
        """A call that creates nothing. Raises :class:`Refusal` 429."""
        _refuse(self._calls.take(owner))

    def create(self, owner: str, waiting: int, count: int = 1) -> None:
        """``count`` predictions at once, where ``waiting`` of the token's are queued.

        Raises:
            Refusal: 402 or 429; then none is counted.
        """
        limits = self.limits
        if limits.credit_s and self._used_s.get(owner, 0.0) >= limits.credit_s:
            raise Refusal(
                402,
                "Billing required",
                "The credit of this token is used up. Whoever runs this server can raise it.",
            )
        if limits.queued and is_full(limits.queued, waiting, count):
            raise throttled(1.0, "too many of your predictions are queued")
        _refuse(self._creates.take(owner, count))

    def not_created(self, owner: str, count: int) -> None:
        """What :meth:`create` let pass was refused later on."""
        self._creates.put_back(owner, count)

    @contextlib.contextmanager
    def held_open(self, owner: str) -> Generator[None]:
        """A call that is held open for the length of the block. Raises :class:`Refusal` 429."""
        if self.limits.open_calls and self._open[owner] >= self.limits.open_calls:
            raise throttled(1.0, "too many of your calls are open")
        self._open[owner] += 1
        try:
            yield
        finally:
            self._open[owner] -= 1
            if not self._open[owner]:
                del self._open[owner]

    async def spend(self, owner: str, render_s: float) -> None:
        """Count render time to a token's use; it is on disk when this returns."""
        if self.limits.credit_s:
            self._used_s[owner] = self._used_s.get(owner, 0.0) + render_s
            await self.usage.add(owner, render_s)


def is_full(places: int, taken: int, count: int) -> bool:
    """Whether ``count`` more have no room; where nothing waits, they have some in the smallest queue."""
    return taken + count > max(places, count)


def throttled(wait_s: float, why: str) -> Refusal:
    """429, with the time to wait in every place where clients look for it."""
    wait_s = max(1.0, wait_s)
    detail = f"Request was throttled: {why}. Try again in ~{wait_s:.0f}s."
    return Refusal(429, "Too many requests", detail, retry_after_s=wait_s)


def _refuse(wait_s: float) -> None:
    if wait_s:
        raise throttled(wait_s, "too many calls a minute")

"""Asking after many runs with few calls: whoever asks at the same time shares the answers.

Calls gather for a moment. A few ids are then asked one by one, which tells the most (the logs, so progress);
more of them by pages of the host's list, newest first, a hundred at a time. What such a page told answers
whoever asks a moment later.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.errors import BadKey, NotUnderstood, RateLimited, Refused
from bot.protocol.runs import Run
from bot.providers.inline import is_inline
from bot.providers.prediction_runs import result_addresses

GATHER_S = 0.05
FRESH_S = 2.0
MOST_ONE_BY_ONE = 3
NO_LIST_S = 600.0
"""How long a host that refuses its list, or tells none that can be read, is not asked for it again."""
_MOST_PAGES = 30
_MOST_KNOWN = 5_000
_CLOCK_SKEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """A page of a host's list, newest first; ``next`` leads to the next one, if there is one."""

    runs: tuple[Run, ...]
    next: str | None


def _utc_now() -> datetime:
    return datetime.now(UTC)


ReadPage = Callable[[str | None], Awaitable[RunPage]]


@dataclass(frozen=True, slots=True)
class _Known:
    """The newest that was read of a run."""

    run: Run
    listed_at: float | None
    """When, if it stood in a list."""


@dataclass(frozen=True, slots=True)
class _Walk:
    """How far the list was read."""

    began_at: float
    onward: str | None
    """The next page's cursor; None at the end."""


@dataclass(kw_only=True)
class SharedReads:
    """What is asked after one host's runs. Close it when done.

    Errors of a call are those of the client that makes it; each asker gets the error that concerns it.
    """

    one: Callable[[str], Awaitable[Run]]
    """Asks after one run. Raises ``Refused`` for an unknown one."""
    page: ReadPage | None = None
    """Asks for a page of the list, the first for None. Without it every run is asked after by itself."""
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    now: Callable[[], datetime] = field(default=_utc_now, repr=False)
    """The time of day, in which callers say how old an answer may be."""
    pause: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)
    _asked: dict[str, asyncio.Future[Run]] = field(
        default_factory=dict[str, "asyncio.Future[Run]"], init=False, repr=False
    )
    _known: OrderedDict[str, _Known] = field(default_factory=OrderedDict[str, _Known], init=False, repr=False)
    _one_by_one: deque[tuple[float, str]] = field(
        default_factory=lambda: deque[tuple[float, str]](maxlen=100), init=False, repr=False
    )
    """Which were asked after by themselves lately, and when."""
    _not_before: dict[str, float] = field(default_factory=dict[str, float], init=False, repr=False)
    """How old what is told may be, for each that is asked after."""
    _walk: _Walk | None = field(default=None, init=False, repr=False)
    _flying: dict[str, asyncio.Task[None]] = field(
        default_factory=dict[str, "asyncio.Task[None]"], init=False, repr=False
    )
    """Calls for one run each; nobody waits for the slowest but who asked after it."""
    _rounds: asyncio.Task[None] | None = field(default=None, init=False, repr=False)
    _no_list_until: float = field(default=float("-inf"), init=False, repr=False)

    async def get(self, run_id: str, *, since: datetime | None = None) -> Run:
        """The run as it stands, or stood in a list at ``since`` or :data:`FRESH_S` ago, whichever is earlier.

        One that ended stays ended.
        """
        not_before = self.clock() - FRESH_S
        if since is not None:
            not_before = min(not_before, self.clock() - (self.now() - since).total_seconds())
        fresh = self._fresh(run_id, not_before)
        if fresh is not None:
            return fresh
        self._not_before[run_id] = max(not_before, self._not_before.get(run_id, not_before))
        answer = self._asked.get(run_id)
        if answer is None or answer.done():
            answer = self._asked[run_id] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(_look_at)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._answer_all(), name="shared reads")
        return await asyncio.shield(answer)  # who stops waiting must not take the answer from others

    def _fresh(self, run_id: str, not_before: float) -> Run | None:
        """What a list told of it since then, if that was all there is to know."""
        known = self._known.get(run_id)
        if known is None or known.listed_at is None or known.listed_at <= not_before:
            return None
        return known.run if _is_whole(known.run) else None

    def learn(self, run: Run, *, listed_at: float | None = None) -> Run:
        """Note what a run was told to be, by whatever way; returns what it is, which may be older.

        ``listed_at`` is when the call for the list began that told it: what it tells may be as old as that.
        """
        before = self._known[run.id].run if run.id in self._known else None
        if before is not None and before.ended and not run.ended:
            run = before
        elif before is not None and run.progress is None and not run.ended:
            run = run.model_copy(update={"progress": before.progress})  # lists come without logs
        if not any(map(is_inline, _addresses_of(run))):  # megabytes are not kept
            self._known[run.id] = _Known(run, listed_at)
            self._known.move_to_end(run.id)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return run

    async def close(self) -> None:
        """Stop asking; whoever still waits is cancelled."""
        tasks = [*self._flying.values(), *([] if self._rounds is None else [self._rounds])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for answer in self._asked.values():
            answer.cancel()

    async def _answer_all(self) -> None:
        """Round after round while anybody asks."""
        while self._waiting():
            await self.pause(GATHER_S)
            await self._answer(self._waiting())

    def _waiting(self) -> dict[str, asyncio.Future[Run]]:
        """Who is neither answered nor asked for right now."""
        answers = list(self._asked.items())
        self._asked = {run_id: answer for run_id, answer in answers if not answer.done()}
        self._not_before = {run_id: self._not_before[run_id] for run_id in self._asked}
        return {run_id: answer for run_id, answer in self._asked.items() if run_id not in self._flying}

    async def _answer(self, asked: dict[str, asyncio.Future[Run]]) -> None:
        for run_id, answer in asked.items():
            fresh = self._fresh(run_id, self._not_before[run_id])
            if fresh is not None:  # the last round's pages told it
                _tell(answer, fresh)
        asked = {run_id: answer for run_id, answer in asked.items() if not answer.done()}
        if self.page is not None and self.clock() >= self._no_list_until and self._too_many(asked):
            try:
                await self._read_pages(asked, self.page)
            except Exception as error:  # whoever asked has to know, whatever it is
                if _has_a_list(error):
                    for answer in asked.values():
                        _fail(answer, error)
                else:
                    self._no_list_until = self.clock() + NO_LIST_S
        for run_id, answer in asked.items():
            if not answer.done():
                task = asyncio.create_task(self._ask_one(run_id, answer), name=f"asking after {run_id}")
                self._flying[run_id] = task

    def _too_many(self, asked: Iterable[str]) -> bool:
        """Whether to ask by list: for many at once, or for one here and one there all the time."""
        since = self.clock() - FRESH_S
        lately = {run_id for at, run_id in self._one_by_one if at > since}
        return len(lately.union(asked)) > MOST_ONE_BY_ONE

    async def _read_pages(self, asked: dict[str, asyncio.Future[Run]], read: ReadPage) -> None:
        """Answer from the list, until everybody is answered or it gets older than everything asked for.

        A list that others began to read just now is read on from there: its beginning is known.
        """
        missing = set(asked)
        oldest = self._oldest(missing)
        walk = self._walk
        if walk is None or walk.began_at <= max(self._not_before[run_id] for run_id in asked):
            walk = _Walk(self.clock(), None)
        elif walk.onward is None:
            return
        for _ in range(_MOST_PAGES):
            asked_at = self.clock()
            page = await read(walk.onward)
            for run in (self.learn(each, listed_at=asked_at) for each in page.runs):
                if run.id in missing and _is_whole(run):
                    missing.discard(run.id)
                    _tell(asked[run.id], run)
            self._walk = walk = _Walk(walk.began_at, page.next)
            if not missing or page.next is None or _is_older(page.runs, oldest):
                return

    def _oldest(self, asked: Iterable[str]) -> datetime | None:
        """When the oldest of them was created; None where that is not known of all."""
        known = [self._known.get(run_id) for run_id in asked]
        times = [None if each is None else each.run.created_at for each in known]
        told = [each for each in times if each is not None]
        return min(told) if len(told) == len(times) else None

    async def _ask_one(self, run_id: str, answer: asyncio.Future[Run]) -> None:
        self._one_by_one.append((self.clock(), run_id))
        try:
            try:
                run = self.learn(await self.one(run_id))
            finally:
                # First: whoever asks once the answer is given has to be asked for anew.
                self._flying.pop(run_id, None)
            _tell(answer, run)
        except asyncio.CancelledError:
            answer.cancel()
            raise
        except Exception as error:  # whoever asked has to know, whatever it is
            _fail(answer, error)


def _has_a_list(error: Exception) -> bool:
    """Whether asking one by one would fail just the same."""
    if isinstance(error, BadKey | RateLimited):
        return True
    return not isinstance(error, Refused | NotUnderstood)


def _is_whole(run: Run) -> bool:
    """Whether a list told all of it: it may leave out what came of a run."""
    return bool(run.results) or run.status != "succeeded"


def _is_older(runs: tuple[Run, ...], oldest: datetime | None) -> bool:
    last = runs[-1].created_at if runs else None
    return last is not None and oldest is not None and last < oldest - _CLOCK_SKEW


def _addresses_of(run: Run) -> Iterable[str]:
    return (address for result in run.results for address in result_addresses(result))


def _tell(answer: asyncio.Future[Run], run: Run) -> None:
    if not answer.done():
        answer.set_result(run)


def _fail(answer: asyncio.Future[Run], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)


def _look_at(answer: asyncio.Future[Run]) -> None:
    """An error that nobody waits for any more is no mishap."""
    if not answer.cancelled():
        answer.exception()

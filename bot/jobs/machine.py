"""The machine: admit, claim, run, write back; one timer for everything that waits.

A job that waits is a row. The loop sleeps until the earliest ``due`` or until somebody wakes it, so
thousands of waiting jobs cost nothing. Each claimed row is worked on for as long as it is due at once,
then given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.endings import HOST_BUSY
from bot.jobs.ids import new_id
from bot.jobs.lease import Lease, LeaseLost
from bot.jobs.limits import Limits, lane_of
from bot.jobs.line import Line
from bot.jobs.outcome import Go, Outcome
from bot.jobs.records import Job, Take
from bot.jobs.states import State
from bot.jobs.steps import after_error, run_step
from bot.jobs.tools import Tools
from bot.jobs.writeback import record
from bot.store import admission, claims
from bot.store.claims import Claim

_log = structlog.get_logger(__name__)

_Result = TypeVar("_Result")

PARALLEL = 32
"""Steps that run at the same time in one process, of those that it looked for itself."""
BEGUN_AT_ONCE = 8
"""Of those: the beginning of each takes the loop a millisecond, and others want their turn in between."""
TOLD_BESIDES = 16
"""Further ones, whose host has just told: they must not wait for a crowd that is only asked after."""
LOOK_AGAIN_S = 15.0
"""The longest sleep, and the longest that nobody asks who may leave the line: both cover a lost NOTIFY."""


class Machine:
    """Drives every job of the database; several machines share one on PostgreSQL."""

    def __init__(self, tools: Tools, limits: Limits) -> None:
        self._tools = tools
        self._limits = limits
        self._owner = new_id()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._writing_back: set[str] = set()
        """Whose step is over: it gives its row back, or has already, and may not know yet."""
        self._awake = asyncio.Event()
        self._line_moved = True
        self._line_seen_at: datetime | None = None
        """When it was last asked who may leave the line."""
        self._next_call_at: datetime | None = None
        """When a host's pace allows somebody in line what it does not allow now."""
        self._accepting = True
        self._looping = False
        self._look_at: datetime | None = None
        """When the loop looks for work again, of what it knows."""
        self.line = Line(tools, limits, self._owner, self.wake)

    def wake(self, *, line_moved: bool = False) -> None:
        """There is news: look at once."""
        self._line_moved = self._line_moved or line_moved
        self._awake.set()

    async def take_back(self) -> None:
        """Free every row that an earlier life held. Only for the sole owner of a SQLite file."""
        async with self._tools.database.begin() as connection:
            await claims.clear_leases(connection)

    async def run_forever(self) -> None:
        """Claim and run until cancelled."""
        self._looping = True
        try:
            while True:
                self._awake.clear()
                self._look_at = None
                await self._sleep_until(await self._start_what_is_due())
        finally:
            self._looping = False

    async def claim_told(
        self, connection: AsyncConnection, job: Job, values: Mapping[str, Any], now: datetime
    ) -> Claim | None:
        """Write news down and claim their job, if it can be worked on right now; then :meth:`take_up` it."""
        full = len(self._running) >= PARALLEL + TOLD_BESIDES
        if full or not self._looping or not self._accepting or job.id in self._running:
            return None
        until = now + timedelta(seconds=self._tools.times.lease_s)
        return await claims.claim_told(
            connection, job, now=now, owner=self._owner, lease_until=until, values=values
        )

    async def take_up(self, claim: Claim) -> None:
        """Work on what was claimed, once that is on disk."""
        if self._accepting and claim.job.id not in self._running:
            self._begin(claim)
        else:
            await self._release(claim)
            self.wake()

    async def run_until_idle(self) -> None:
        """Everything that is due now, one step after the other, and what becomes due by it."""
        while claimed := await self._claim(1):
            await self._work(claimed[0])
        await self.line.refresh()

    async def stop(self, grace_s: float) -> None:
        """Let running steps finish for ``grace_s``, then break them off; their rows are free at once."""
        self._accepting = False
        tasks = list(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def renew_leases(self) -> None:
        """Hold the leases of running steps; a step whose row was taken is broken off."""
        if not self._running:
            return
        until = self._tools.after(self._tools.times.lease_s)
        wanted = dict(self._running)
        async with self._tools.database.begin() as connection:
            ours = await claims.renew(connection, self._owner, list(wanted), until)
        for job_id, task in wanted.items():
            lost = job_id not in ours and job_id not in self._writing_back
            if lost and self._running.get(job_id) is task:
                _log.warning("job.lease_lost", job=job_id)
                task.cancel()

    async def _start_what_is_due(self) -> datetime | None:
        """Start what can be started; when to look again at the latest, None: not before being woken."""
        room = min(BEGUN_AT_ONCE, PARALLEL - len(self._running))
        if room <= 0 or not self._accepting:
            return None
        claimed = await _finish(self._claim_unless_stopped(room))
        if not self._accepting:
            return None
        for claim in claimed:
            self._begin(claim)
        if len(claimed) == room:
            if len(self._running) < PARALLEL:  # there may be more
                self._awake.set()
            return None  # full; the end of a step wakes us
        async with self._tools.database.glance() as connection:
            due = await claims.next_due(connection, now=self._tools.clock.now(), owner=self._owner)
        return min((at for at in (due, self._next_call_at) if at is not None), default=None)

    async def _claim_unless_stopped(self, limit: int) -> list[Claim]:
        """Not to be broken off: on SQLite others share its transaction, and would lose what they wrote."""
        claimed = await self._claim(limit)
        if self._accepting:
            return claimed
        for claim in claimed:  # stopped while claiming: nobody would wait for these steps
            await self._release(claim)
        return []

    def _begin(self, claim: Claim) -> None:
        task = asyncio.create_task(self._work(claim), name=f"job {claim.job.id}")
        self._running[claim.job.id] = task
        task.add_done_callback(self._step_over)

    def _step_over(self, task: asyncio.Task[None]) -> None:
        was_full = len(self._running) >= PARALLEL
        self._running.pop(task.get_name().removeprefix("job "), None)
        if was_full:
            self._awake.set()

    def _look_by(self, due: datetime | None) -> None:
        """A row was given back that needs attention then: the loop must not sleep for longer."""
        if due is not None and (self._look_at is None or due < self._look_at):
            self._look_at = due
            self._awake.set()

    async def _sleep_until(self, due: datetime | None) -> None:
        wait_s = LOOK_AGAIN_S
        if self._look_at is None:  # else: given back while the loop looked, and it may have missed that
            self._look_at = due
        if due is not None:
            wait_s = min(wait_s, max(0.005, (due - self._tools.clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(wait_s):
                await self._awake.wait()
        except TimeoutError:
            return

    async def _claim(self, limit: int) -> list[Claim]:
        now = self._tools.clock.now()
        line_moved, self._line_moved = self._line_moved, False
        if self._next_call_at is not None and now >= self._next_call_at:
            line_moved = True
        if self._line_seen_at is None or abs(now - self._line_seen_at) >= timedelta(seconds=LOOK_AGAIN_S):
            line_moved = True  # however often it wakes for what waits at hosts
        try:
            async with self._tools.database.begin(long=line_moved) as connection:
                if line_moved:
                    paces = self._tools.paces()
                    await admission.admit(connection, self._limits, now, paces)
                    self._next_call_at = await admission.next_call_at(connection, paces, now)
                    self._line_seen_at = now
                claimed = await claims.claim_due(
                    connection,
                    now=now,
                    owner=self._owner,
                    lease_until=now + timedelta(seconds=self._tools.times.lease_s),
                    limit=limit,
                    besides=self._running.keys(),
                )
        except BaseException:
            self._line_moved = self._line_moved or line_moved
            raise
        if line_moved:
            self.line.moved()
        return claimed

    async def _work(self, claim: Claim) -> None:
        """Step after step, as long as the job is due at once."""
        held: Claim | None = claim
        made: Sequence[Take] = ()
        try:
            while held is not None:
                lease = Lease(self._tools.database, held, self._tools.clock, self._tools.times.lease_s, made)
                try:
                    outcome = await run_step(lease, self._tools)
                except asyncio.CancelledError:
                    await _finish(self._release(lease.claim))
                    self.wake()
                    raise
                self._writing_back.add(claim.job.id)
                held = await self._recorded(lease, outcome)
                made = outcome.made if isinstance(outcome, Go) else ()
                self._writing_back.discard(claim.job.id)
        except LeaseLost:
            _log.warning("job.lease_lost", job=claim.job.id)
            self.wake()
        except Exception:  # the database is away: the lease runs out and the step is repeated
            _log.exception("job.step_not_recorded", job=claim.job.id)
        finally:
            self._writing_back.discard(claim.job.id)

    async def _recorded(self, lease: Lease, outcome: Outcome) -> Claim | None:
        """Write the outcome down; what cannot be written counts as a failure of the step itself."""
        try:
            return await _finish(self._record(lease.claim, outcome))
        except (LeaseLost, OperationalError, InterfaceError):
            raise
        except Exception as error:
            return await _finish(self._record(lease.claim, await after_error(error, lease, self._tools)))

    async def _release(self, claim: Claim) -> None:
        async with self._tools.database.begin() as connection:
            await claims.release(connection, claim)

    async def _record(self, claim: Claim, outcome: Outcome) -> Claim | None:
        after = await record(
            self._tools.database, claim, outcome, now=self._tools.clock.now(), go_on=self._accepting
        )
        was_busy = claim.job.state is State.SUBMIT and claim.job.trouble == HOST_BUSY
        joined = claim.job.state is State.QUEUED and after.job.ending is None
        # Steps of a journey join the line when it lets them go, and leave their places when they rest.
        moved = claim.job.order.recipe.kind == "journey" or (
            after.job.step is not None and after.job.state is State.DELIVER
        )
        if after.job.ended or joined or was_busy or moved:
            self.wake(line_moved=True)
        if claim.job.state is State.SUBMIT:
            self._note_call(after.job)
        if not after.owner:
            self._look_by(after.due)
        return after if after.owner else None

    def _note_call(self, job: Job) -> None:
        """A host was called: who waits for its pace may go when that call is old enough."""
        pace = self._tools.paces().get(lane_of(job.order.host, job.key_id))
        if pace is not None and job.intent_at is not None and self._next_call_at is None:
            self._next_call_at = job.intent_at + timedelta(seconds=pace.per_s)
            self.wake()


async def _finish(writing: Coroutine[Any, Any, _Result]) -> _Result:
    """Await a write that a cancel must not break off, only follow; its task is named as the caller's."""
    caller = asyncio.current_task()
    task = asyncio.create_task(writing, name=caller.get_name() if caller else None)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise

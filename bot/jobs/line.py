"""Places in line, shown on the cards of those who wait."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.jobs.expecting import Standing, Usual, expected, usual_of
from bot.jobs.limits import Limits
from bot.jobs.records import Place
from bot.jobs.tools import Tools
from bot.store import admission, claims

SHOWN = 30
"""Cards further back in the line keep their number until they come nearer."""
_RECKONED: Final = 1_000
"""Further back a time would be a guess, and reckoning it would hold up the others."""
NAMED: Final = 3
"""So many of those who go first are named."""
_MEASURED_FOR: Final = timedelta(seconds=10)
"""What the hosts took lately is looked up this often."""
_WORTH_AN_EDIT: Final = timedelta(seconds=30)
"""An expected time that changed by less, or by less than a quarter of the wait, stays as it was shown."""


class Line:
    """Remembers which place each card shows, and renews those that are wrong."""

    def __init__(self, tools: Tools, limits: Limits, owner: str, wake: Callable[[], None]) -> None:
        self._tools = tools
        self._limits = limits
        self._owner = owner
        self._wake = wake
        self._shown: dict[str, Place] = {}
        self._usual: dict[str, Usual] = {}
        self._measured_at: datetime | None = None
        self._moved = asyncio.Event()
        self._looking = asyncio.Lock()
        self._coming: asyncio.Task[dict[str, Place]] | None = None

    def moved(self) -> None:
        """Somebody joined or left."""
        self._moved.set()

    async def run_forever(self) -> None:
        """Refresh after each change, but not all the time."""
        while True:
            await self._moved.wait()
            await self.refresh()
            await asyncio.sleep(self._tools.times.refresh_s)

    async def place(self, job_id: str) -> Place | None:
        """A queued job's place. Many who ask at the same time are answered by one look."""
        if self._coming is None:
            self._coming = asyncio.create_task(self._look(), name="jobs places")
        return (await asyncio.shield(self._coming)).get(job_id)

    async def _look(self) -> dict[str, Place]:
        async with self._looking:
            self._coming = None  # whoever asks from now on may have joined after this look
            return await self.all_places()

    async def all_places(self) -> dict[str, Place]:
        """Everybody's place, in the order of the line."""
        now, paces = self._tools.clock.now(), self._tools.paces()
        async with self._tools.database.connect() as connection:
            line = await admission.line(connection, self._limits, now, paces)
            if self._measured_at is None or now - self._measured_at >= _MEASURED_FOR:
                self._usual = usual_of(await admission.made_lately(connection))
                self._measured_at = now
            running = await admission.running(connection) if line and self._usual else []
            front = [each.job_id for each in line[:SHOWN]]
            called = await admission.asked_by(connection, front) if len(front) > 1 else {}
        ready = expected(
            line[:_RECKONED], running, limits=self._limits, paces=paces, usual=self._usual, now=now
        )
        first = _who_goes_first(line, called)
        return {
            each.job_id: Place(ahead, ready.get(each.job_id), first.get(each.job_id, ()))
            for ahead, each in enumerate(line)
        }

    async def refresh(self) -> None:
        """Show the new place on every card near the front whose place changed."""
        if not self._moved.is_set():
            return
        self._moved.clear()
        now_at = await self.all_places()
        near = {job_id: place for job_id, place in now_at.items() if place.ahead < SHOWN}
        changed = [job_id for job_id, place in near.items() if self._is_news(self._shown.get(job_id), place)]
        self._shown = {job_id: place for job_id, place in self._shown.items() if job_id in now_at}
        self._shown |= {job_id: near[job_id] for job_id in changed}
        for job_id in changed:
            await self._show(job_id, near[job_id])

    def _is_news(self, before: Place | None, now_at: Place) -> bool:
        if before is None or (before.ahead, before.names) != (now_at.ahead, now_at.names):
            return True
        if before.ready_at is None or now_at.ready_at is None:
            return before.ready_at != now_at.ready_at
        wait = now_at.ready_at - self._tools.clock.now()
        return abs(now_at.ready_at - before.ready_at) > max(_WORTH_AN_EDIT, wait / 4)

    async def _show(self, job_id: str, place: Place) -> None:
        """Under a lease, so that this edit cannot come after one of a step and undo it."""
        until = self._tools.after(self._tools.times.lease_s)
        async with self._tools.database.begin() as connection:
            held = await claims.claim_in_line(connection, [job_id], owner=self._owner, lease_until=until)
        for claim in held:
            try:
                await self._tools.show(claim.job, place)
            finally:
                async with self._tools.database.begin() as connection:
                    await claims.release(connection, claim)
                self._wake()  # it may have been admitted meanwhile


def _who_goes_first(line: Sequence[Standing], called: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Job -> who of its own server goes first: what happens in other servers is nobody's business there."""
    before: defaultdict[str, dict[str, None]] = defaultdict(dict)
    found: dict[str, tuple[str, ...]] = {}
    for each in line[:SHOWN]:
        names = before[each.guild_id]
        found[each.job_id] = tuple(names)[:NAMED]
        if each.job_id in called:
            names.setdefault(called[each.job_id])
    return found

"""Places in line, shown on the cards of those who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.jobs.limits import Limits
from bot.jobs.records import Place
from bot.jobs.tools import Tools
from bot.store import admission, claims

SHOWN = 30
"""Cards further back in the line keep their number until they come nearer."""


class Line:
    """Remembers which place each card shows, and renews those that are wrong."""

    def __init__(self, tools: Tools, limits: Limits, owner: str, wake: Callable[[], None]) -> None:
        self._tools = tools
        self._limits = limits
        self._owner = owner
        self._wake = wake
        self._shown: dict[str, int] = {}
        self._moved = asyncio.Event()

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
        """A queued job's place."""
        ahead = (await self.all_places()).get(job_id)
        return None if ahead is None else Place(ahead)

    async def all_places(self) -> dict[str, int]:
        """Everybody's place."""
        async with self._tools.database.connect() as connection:
            return await admission.places(connection, self._limits)

    async def refresh(self) -> None:
        """Show the new place on every card near the front whose place changed."""
        if not self._moved.is_set():
            return
        self._moved.clear()
        now_at = await self.all_places()
        near = {job_id: ahead for job_id, ahead in now_at.items() if ahead < SHOWN}
        changed = [job_id for job_id, ahead in near.items() if self._shown.get(job_id) != ahead]
        self._shown = {job_id: ahead for job_id, ahead in self._shown.items() if job_id in now_at} | near
        for job_id in changed:
            await self._show(job_id, Place(near[job_id]))

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

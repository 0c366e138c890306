"""Upkeep beside the work: old jobs are forgotten, broken-off deletions are finished, space is counted.

Takes, their files and the ledger are kept. Everything goes in small portions with pauses in between: what
people wait for always comes first.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bot.jobs.beside import is_beside
from bot.jobs.records import Filed
from bot.jobs.space import Space
from bot.jobs.tools import Tools
from bot.store.brought import brought_in_use
from bot.store.drafts import forget_drafts
from bot.store.prune import collected_among, deleted_among, forget_jobs, jobs_to_forget

_log = structlog.get_logger(__name__)

EVERY_S: Final = 3_600.0
_PORTION = 50
_PAUSE_S = 0.02
LOOKED_AT: Final = timedelta(days=1)
"""What a member was shown before ordering it is forgotten after that, and so is the file they brought."""
_BEING_HEARD: Final = timedelta(hours=1)
"""A file that was brought just now belongs to nothing yet."""
UNSURE_DAYS: Final = 7
"""No host plays, or calls back, for longer than that: jobs of which one might still tell are kept so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long and how much is kept."""

    jobs_days: int = 30
    """Days that ended jobs and their stories are kept; 0 for ever."""
    blobs_max_gb: float = 0.0
    """What all takes' files may take up, in units of 10^9 bytes; 0 is no bound."""


class Upkeep:
    """One round an hour. Several processes may do it; on PostgreSQL one of them at a time."""

    def __init__(self, tools: Tools, keeping: Keeping, space: Space) -> None:
        self._tools = tools
        self._keeping = keeping
        self._space = space

    async def run_forever(self) -> None:
        """Round after round until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(EVERY_S)

    async def once(self) -> None:
        """One round."""
        forgotten = await self._forget_jobs()
        finished = await self._finish_deletions()
        await self._space.share()
        if forgotten or finished:
            _log.info("upkeep.done", jobs_forgotten=forgotten, deletions_finished=finished)

    async def _forget_jobs(self) -> int:
        forgotten = 0
        while self._keeping.jobs_days:
            now = self._tools.clock.now()
            unsure_days = max(self._keeping.jobs_days, UNSURE_DAYS)
            async with self._tools.database.connect() as connection:
                found = await jobs_to_forget(
                    connection,
                    ended_before=now - timedelta(days=self._keeping.jobs_days),
                    unsure_before=now - timedelta(days=unsure_days),
                    limit=_PORTION,
                )
            if not found:
                break
            async with self._tools.database.begin() as connection:
                gone = await forget_jobs(connection, found)
            if gone is None:  # another process is at it
                break
            forgotten += gone
            await asyncio.sleep(_PAUSE_S)
        return forgotten

    async def _finish_deletions(self) -> int:
        """Remove files whose take is marked as deleted, and what hosts sent for jobs that have their take.

        A full look also counts anew what is used.
        """
        finished = 0
        in_use: set[str] | None = None
        async with aclosing(self._tools.blobs.shelves()) as shelves:
            async for filed in shelves:
                async with self._tools.database.connect() as connection:
                    gone = await deleted_among(connection, {each.take_id for each in filed})
                    told = {each.take_id for each in filed if is_beside(each.key)}
                    gone |= await collected_among(connection, told) if told else set()
                for take_id in gone:
                    await self._tools.blobs.delete_take(take_id)
                if brought := self._left_behind(filed):
                    in_use = await self._in_use() if in_use is None else in_use
                    for upload_id in brought - in_use:
                        await self._tools.blobs.delete_take(upload_id)
                finished += len(gone)
                await asyncio.sleep(0)
        return finished

    def _left_behind(self, filed: list[Filed]) -> set[str]:
        """Files that members brought, and not only just now."""
        before = self._tools.clock.now() - _BEING_HEARD
        return {each.take_id for each in filed if each.is_brought and each.changed_at < before}

    async def _in_use(self) -> set[str]:
        before = self._tools.clock.now() - LOOKED_AT
        async with self._tools.database.begin() as connection:
            await forget_drafts(connection, before=before)
            return await brought_in_use(connection)

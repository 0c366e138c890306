"""A job while a step works on it: the right to write to its row, for as long as nobody else took it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.jobs.clock import Clock
from bot.jobs.records import Job, Take
from bot.store import claims
from bot.store.claims import Claim
from bot.store.db import Database


class LeaseLost(Exception):
    """Somebody else has the row now: whatever this step wanted, it must not do it."""


class Lease:
    """What a step is handed: the job as it stands, and a fenced way to write down what must not be lost."""

    def __init__(
        self, database: Database, claim: Claim, clock: Clock, lease_s: float, made: Sequence[Take] = ()
    ) -> None:
        """``made`` is what the step before left for this one, under the same lease."""
        self.made = made
        self._database = database
        self._clock = clock
        self._lease_s = lease_s
        self.claim = claim

    @property
    def job(self) -> Job:
        """As last read."""
        return self.claim.job

    async def keep(self, **values: Any) -> Job:
        """Write columns of the row now, synced to disk, and hold it for a full lease more.

        What others told meanwhile is in the returned job, but still counts as news at the write-back.

        Raises:
            LeaseLost: The row is not ours any more; nothing was written.
        """
        until = self._clock.now() + timedelta(seconds=self._lease_s)
        async with self._database.begin() as connection:
            kept = await claims.keep(connection, self.claim, lease_until=until, **values)
        return self._renewed(kept)

    async def drop_intent(self) -> Job:
        """The paid call was certainly not accepted: forget that it was made. Raises ``LeaseLost``."""
        async with self._database.begin() as connection:
            kept = await claims.drop_intent(connection, self.claim)
        return self._renewed(kept)

    def _renewed(self, kept: Claim | None) -> Job:
        if kept is None:
            raise LeaseLost(self.claim.job.id)
        self.claim = Claim(job=kept.job, owner=kept.owner, fence=kept.fence, nudges=self.claim.nudges)
        return kept.job

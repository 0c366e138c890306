"""What every step works with: the ports, the store, and time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.errors import DiscordError, KeyGone
from bot.jobs.clock import Clock
from bot.jobs.lease import Lease
from bot.jobs.limits import HostTimes, Pace, Times, lane_of
from bot.jobs.parcels import LinkedFormat
from bot.jobs.ports import Blobs, Finisher, Host, OwnAccounts, Stage
from bot.jobs.records import Job, Place, Take
from bot.store.db import Database

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Handed to each step."""

    database: Database
    hosts: Mapping[str, Host]
    stage: Stage
    finisher: Finisher
    blobs: Blobs
    workspace: Path
    """A folder for half-done work; each job has its own below it."""
    clock: Clock
    times: Times
    webhook: Callable[[Job], str | None]
    """The address for the job's host to call about its present attempt; None without webhooks."""
    link: Callable[[Take, LinkedFormat], str | None]
    """Where people fetch a whole take; None where nobody could reach it."""
    chance: Callable[[], float]
    """0..1, spreads retries."""
    own: OwnAccounts | None = None
    """Accounts that members and servers brought; None in an instance without."""

    def host_of(self, job: Job) -> Host:
        """The job's host, asked with the key that pays for it. The machine has checked that there is one.

        Raises:
            KeyGone: it was ordered with somebody's own key, and this instance has none any more.
        """
        if job.key_id is None:
            return self.hosts[job.order.host]
        if self.own is None:  # never with another key than the one that was to pay
            raise KeyGone(job.order.host)
        return self.own.host(job.order.host, job.key_id)

    def paces(self) -> dict[str, Pace]:
        """How fast each host takes orders now, where that is bounded; an own account counts for itself."""
        told = {name: host.pace for name, host in self.hosts.items()}
        if self.own is not None:
            told |= {lane_of(host, key_id): pace for (host, key_id), pace in self.own.paces().items()}
        return {name: pace for name, pace in told.items() if pace is not None}

    def goes_on(self, job: Job) -> bool:
        """Whether the host may be making it now, and does not stop what it has begun."""
        host = self.hosts.get(job.order.host)
        over = job.run is not None and job.run.ended
        return job.intent_at is not None and not over and host is not None and not host.offers.cancels

    def times_of(self, job: Job) -> HostTimes:
        """Patience with the job's host."""
        host = self.hosts.get(job.order.host)
        silent = host is not None and not host.offers.webhooks and not host.local
        return self.times.of(job.order.host, silent=silent)

    def after(self, seconds: float) -> datetime:
        """A time from now."""
        return self.clock.now() + timedelta(seconds=seconds)

    async def show(self, job: Job, place: Place | None = None) -> None:
        """Bring the card up to date. Whatever goes wrong there never harms the job; a step has no card."""
        if job.step is not None:
            return
        try:
            async with asyncio.timeout(self.times.show_s):
                await self.stage.show(job, place)
        except (DiscordError, TimeoutError) as error:
            _log.debug("card.not_shown", job=job.id, error=str(error))
        except Exception:
            _log.exception("card.broke", job=job.id)

    async def find_card(self, lease: Lease) -> Job:
        """Find a card that was shown and not recorded, because the process died in between.

        Raises:
            DiscordDown: It cannot be known now, so nothing may be posted anew.
        """
        job = lease.job
        if job.message_id is not None or job.interaction_token is None:
            return job
        found = await self.stage.find_card(job)
        if found is None:
            return job
        return await lease.keep(message_id=found, message_at=job.created_at)

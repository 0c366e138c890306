"""Orders that wait for moderators: what there is to know of one, and what they decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyDecided, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.moderation.deeds import THE_BOT, Deed
from bot.moderation.records import REPORT, History, Hold, Notice, Standing
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.holds import get_hold, history_of, open_holds
from bot.store.jobs import get_job
from bot.store.notices import open_notices, trouble_of
from bot.store.settings import read_settings
from bot.store.standings import get_standing, put_standing

QUEUE_MOST = 25
"""As many as a select menu offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who decides, and in which server they were found to moderate."""

    guild_id: str
    actor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An order that waits, or waited, with all that moderators judge it by."""

    hold: Hold
    job: Job | None
    """None once its record was forgotten."""
    history: History
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for the moderators of a server."""

    holds: tuple[Waiting, ...]
    reports: tuple[Notice, ...]
    channel_id: str | None
    """Where it is told."""
    trouble: str | None
    """Why it is not: ``no_channel``, or what the last try met; None: it is."""


class Approvals:
    """The queue of a server."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock | None = None) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock or SystemClock()

    async def queue(self, guild_id: str) -> Queue:
        """Everything that waits, longest first."""
        async with self._database.connect() as connection:
            waiting = [
                await _waiting(connection, hold)
                for hold in await open_holds(connection, guild_id, QUEUE_MOST)
            ]
            reports = await open_notices(connection, guild_id, [REPORT], QUEUE_MOST)
            rules = (await read_settings(connection, guild_id, "")).guild.rules
            trouble = await trouble_of(connection, guild_id)
        if rules.moderators_channel_id is None:
            trouble = "no_channel"
        return Queue(
            holds=tuple(waiting),
            reports=tuple(reports),
            channel_id=rules.moderators_channel_id,
            trouble=trouble,
        )

    async def waiting(self, job_id: str, guild_id: str) -> Waiting:
        """One of them, decided or not. Raises ``NotFound`` (hold) where this server has none such."""
        async with self._database.connect() as connection:
            hold = await get_hold(connection, job_id)
            if hold is None or hold.guild_id != guild_id:
                raise NotFound("hold")
            return await _waiting(connection, hold)

    async def is_elsewhere(self, job_id: str, guild_id: str) -> bool:
        """Whether it waits, or waited, in another server: whoever asks pressed what is not theirs."""
        async with self._database.glance() as connection:
            hold = await get_hold(connection, job_id)
        return hold is not None and hold.guild_id != guild_id

    async def require_open(self, job_id: str, guild_id: str) -> None:
        """Before somebody is asked for a reason. Raises ``NotFound`` (hold), ``AlreadyDecided``."""
        hold = (await self.waiting(job_id, guild_id)).hold
        if hold.state != "open":
            raise AlreadyDecided(hold.state, hold.decided_by or THE_BOT)

    async def approve(self, job_id: str, by: By, *, trust: bool = False) -> Hold:
        """Let it go; with ``trust`` what this member orders from now on waits for its words alone.

        Raises:
            NotFound: ``hold``.
            AlreadyDecided: Somebody was faster.
        """

        async def trusting(connection: AsyncConnection, hold: Hold) -> None:
            standing = await get_standing(connection, hold.guild_id, hold.user_id, lock=True)
            if standing.trusted:
                return
            now = self._clock.now()
            job = await get_job(connection, job_id)
            name = standing.user_name or ("" if job is None else job.order.user_name)
            await put_standing(connection, replace(standing, trusted=True, user_name=name), now)
            deed = Deed(
                at=now,
                guild_id=hold.guild_id,
                actor_id=by.actor_id,
                action="trust",
                subject=hold.user_id,
                before=False,
                after=True,
            )
            await note(connection, deed)

        return await self._jobs.approve(
            job_id, guild_id=by.guild_id, actor_id=by.actor_id, also=trusting if trust else None
        )

    def age(self, hold: Hold) -> timedelta:
        """How long it waits, or waited, until now."""
        return self._clock.now() - hold.held_at

    async def reject(self, job_id: str, by: By, *, reason: str) -> Hold:
        """Refuse it, refunded; its card tells the reason. Raises as :meth:`approve`."""
        async with self._database.glance() as connection:
            rules = (await read_settings(connection, by.guild_id, "")).guild.rules
        return await self._jobs.reject(
            job_id,
            guild_id=by.guild_id,
            actor_id=by.actor_id,
            reason=" ".join(reason.split()),
            appeals=rules.appeals,
        )


async def _waiting(connection: AsyncConnection, hold: Hold) -> Waiting:
    return Waiting(
        hold=hold,
        job=await get_job(connection, hold.job_id),
        history=await history_of(connection, hold.guild_id, hold.user_id),
        standing=await get_standing(connection, hold.guild_id, hold.user_id),
    )

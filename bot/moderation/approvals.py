"""Orders that wait for moderators: what there is to know of one, and what they decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyDecided, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.moderation.deeds import HELD, THE_BOT, By, Sought
from bot.moderation.passages import Passage, passages_in
from bot.moderation.people import Member, trust
from bot.moderation.records import REPORT, History, Hold, Notice, Standing
from bot.moderation.screening import Screening
from bot.safety.budget import Budget
from bot.store.audit_log import find_deeds
from bot.store.db import Database
from bot.store.holds import get_hold, history_of, open_holds
from bot.store.jobs import get_job
from bot.store.notices import open_notices, tell_member, trouble_of
from bot.store.settings import read_settings
from bot.store.standings import get_standing

QUEUE_MOST = 25
"""As many as a select menu offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """An order that waits, or waited, as the queue shows it."""

    hold: Hold
    job: Job | None
    """None once its record was forgotten."""
    passages: tuple[Passage, ...] = ()
    """Where its words meet the rules, of one that waits for its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Queued):
    """The same with all that moderators judge it by."""

    history: History
    standing: Standing
    rules_then: tuple[str, ...] = ()
    """Rules that its words met when it began to wait, as the trail has them: they may be gone since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for the moderators of a server."""

    holds: tuple[Queued, ...]
    reports: tuple[Notice, ...]
    channel_id: str | None
    """Where it is told."""
    trouble: str | None
    """Why it is not: ``no_channel``, or what the last try met; None: it is."""


class Approvals:
    """The queue of a server."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        clock: Clock | None = None,
        *,
        screening: Screening | None = None,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock or SystemClock()
        self._screening = screening or Screening(database, clock=clock)

    async def queue(self, guild_id: str) -> Queue:
        """Everything that waits, longest first."""
        async with self._database.connect() as connection:
            holds = await open_holds(connection, guild_id, QUEUE_MOST)
            budget = Budget()  # for all of them: somebody waits for the answer
            waiting = [await self._queued(connection, hold, budget) for hold in holds]
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
            hold = await _hold_of(connection, job_id, guild_id)
            queued = await self._queued(connection, hold, Budget())
            return Waiting(
                hold=hold,
                job=queued.job,
                passages=queued.passages,
                history=await history_of(connection, guild_id, hold.user_id),
                standing=await get_standing(connection, guild_id, hold.user_id),
                rules_then=await _rules_then(connection, hold),
            )

    async def is_elsewhere(self, job_id: str, guild_id: str) -> bool:
        """Whether it waits, or waited, in another server: whoever asks pressed what is not theirs."""
        async with self._database.glance() as connection:
            hold = await get_hold(connection, job_id)
        return hold is not None and hold.guild_id != guild_id

    async def require_open(self, job_id: str, guild_id: str) -> None:
        """Before somebody is asked for a reason. Raises ``NotFound`` (hold), ``AlreadyDecided``."""
        async with self._database.glance() as connection:
            hold = await _hold_of(connection, job_id, guild_id)
        if hold.state != "open":
            raise AlreadyDecided(hold.state, hold.decided_by or THE_BOT)

    async def approve(self, job_id: str, by: By, *, trusted: bool = False) -> Hold:
        """Let it go; ``trusted``: what this member orders from now on waits for its words alone.

        Raises:
            NotFound: ``hold``.
            AlreadyDecided: Somebody was faster.
        """

        async def trusting(connection: AsyncConnection, hold: Hold) -> None:
            if (await get_standing(connection, hold.guild_id, hold.user_id)).trusted:
                return
            job = await get_job(connection, job_id)
            who = Member(user_id=hold.user_id, name="" if job is None else job.order.user_name)
            await trust(connection, who, by, trusted=True, at=self._clock.now())

        return await self._jobs.approve(
            job_id, guild_id=by.guild_id, actor_id=by.actor_id, also=trusting if trusted else None
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

    async def reject_all(self, user_id: str, by: By, *, reason: str) -> int:
        """Refuse all that waits of a member, refunded, for one reason; how many orders that were."""
        told = " ".join(reason.split())

        async def tell(connection: AsyncConnection, count: int) -> int:
            if count:
                now = self._clock.now()
                await tell_member(
                    connection,
                    guild_id=by.guild_id,
                    user_id=user_id,
                    says="rejected_all",
                    about=f"{user_id}:{now.timestamp():.0f}",
                    facts={"reason": told, "count": count},
                    at=now,
                )
            return count

        async with self._database.glance() as connection:
            rules = (await read_settings(connection, by.guild_id, "")).guild.rules
        return await self._jobs.take_back(
            guild_id=by.guild_id,
            user_id=user_id,
            actor_id=by.actor_id,
            appeals=rules.appeals,
            reason=told,
            decide=tell,
        )

    async def _queued(self, connection: AsyncConnection, hold: Hold, budget: Budget) -> Queued:
        job = await get_job(connection, hold.job_id)
        if job is None or not hold.for_words:
            return Queued(hold=hold, job=job)
        settings = await read_settings(connection, hold.guild_id, job.order.home)
        passages = await passages_in(self._screening, job.order, settings, budget)
        return Queued(hold=hold, job=job, passages=passages)


async def _hold_of(connection: AsyncConnection, job_id: str, guild_id: str) -> Hold:
    hold = await get_hold(connection, job_id)
    if hold is None or hold.guild_id != guild_id:
        raise NotFound("hold")
    return hold


async def _rules_then(connection: AsyncConnection, hold: Hold) -> tuple[str, ...]:
    if not hold.for_words:
        return ()
    sought = Sought(guild_id=hold.guild_id, action=HELD, subject=hold.job_id)
    noted = await find_deeds(connection, sought, limit=1)
    return tuple(map(str, noted[0].deed.after["rules"])) if noted else ()

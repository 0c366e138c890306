"""Taking music away everywhere: its messages and copies, its files and links, its place in the library.

One take goes at once. All takes of a member go a part at a time, so that what broke off goes on by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.moderation.deeds import By
from bot.moderation.people import Member
from bot.moderation.records import Purge
from bot.store.audit_log import note
from bot.store.copies import standing_takes
from bot.store.db import Database
from bot.store.erasures import jobs_of_member
from bot.store.notices import tell_member
from bot.store.standings import end_purge, purges_under_way, put_purge

_log = structlog.get_logger(__name__)

EVERY_S: Final = 600.0
_PORTION: Final = 50

Unpost = Callable[[Take], Awaitable[None]]
"""Takes a take's messages away; it raises nothing that Discord's refusal could cause."""
Also = Callable[[AsyncConnection], Awaitable[None]]


class Takedown:
    """What moderators delete."""

    def __init__(self, database: Database, jobs: Jobs, unpost: Unpost, clock: Clock | None = None) -> None:
        self._database = database
        self._jobs = jobs
        self._unpost = unpost
        self._clock = clock or SystemClock()
        self._woken = asyncio.Event()

    async def delete(
        self, take_id: str, by: By, *, reason: str | None = None, also: Also | None = None
    ) -> Take:
        """Take one away.

        Args:
            take_id: Which.
            by: The moderator.
            reason: Why, for the trail.
            also: What is written in the same transaction.

        Raises:
            NotFound: It is gone, or of another server.
        """
        take = await self._jobs.take(take_id)
        if take.guild_id != by.guild_id:
            raise NotFound("take")

        async def noted(connection: AsyncConnection) -> None:
            deed = by.deed(
                self._clock.now(),
                "delete",
                take_id,
                channel_id=take.channel_id,
                reason=reason,
                before={"member": take.user_id},
            )
            await note(connection, deed)
            if take.user_id != by.actor_id:
                told = {"channel": take.channel_id, "name": take.name, "reason": reason}
                await tell_member(
                    connection,
                    guild_id=by.guild_id,
                    user_id=take.user_id,
                    says="deleted",
                    about=take_id,
                    facts=told,
                    at=deed.at,
                )
            if also is not None:
                await also(connection)

        await self._jobs.delete_take(take_id, actor_id=by.actor_id, is_moderator=True, also=noted)
        await self._unpost(take)
        return take

    async def purge(self, who: Member, by: By, *, reason: str | None = None) -> None:
        """All that a member made in the server goes, what is in the making as well: :meth:`go_on` does it."""
        now = self._clock.now()
        purge = Purge(guild_id=by.guild_id, user_id=who.user_id, actor_id=by.actor_id, asked_at=now)
        async with self._database.begin() as connection:
            await put_purge(connection, purge)
            await note(connection, by.deed(now, "purge", who.user_id, reason=reason))
            if who.user_id != by.actor_id:
                await tell_member(
                    connection,
                    guild_id=by.guild_id,
                    user_id=who.user_id,
                    says="purged",
                    about=f"{who.user_id}:{now.timestamp():.0f}",
                    facts={"reason": reason},
                    at=now,
                )
        self._woken.set()

    async def go_on(self) -> int:
        """One round: every purge that is not complete is brought to its end; how many takes went."""
        async with self._database.connect() as connection:
            waiting = await purges_under_way(connection)
        return sum([await self._go_on(purge) for purge in waiting])

    async def _go_on(self, purge: Purge) -> int:
        await self._stop_all(purge)
        gone = 0
        while True:
            async with self._database.connect() as connection:
                found = await standing_takes(
                    connection, purge.guild_id, purge.user_id, before=purge.asked_at, limit=_PORTION
                )
            if not found:
                break
            for take in found:
                gone += await self._take_away(take, purge)
                await asyncio.sleep(0)
        async with self._database.begin() as connection:
            await end_purge(connection, purge)
        _log.info("purge.done", guild=purge.guild_id, member=purge.user_id, takes=gone)
        return gone

    async def _take_away(self, take: Take, purge: Purge) -> bool:
        try:
            await self._jobs.delete_take(take.id, actor_id=purge.actor_id, is_moderator=True)
        except NotFound:  # somebody was faster
            return False
        await self._unpost(take)
        return True

    async def _stop_all(self, purge: Purge) -> None:
        async with self._database.connect() as connection:
            running = await jobs_of_member(connection, purge.user_id, before=purge.asked_at, ended=False)
        for job in running:
            if job.order.guild_id == purge.guild_id and job.parent_job_id is None:
                await self._jobs.cancel(job.id, actor_id=purge.actor_id, is_moderator=True)

    async def run_forever(self) -> None:
        """Round after round until cancelled; at once when one is asked for."""
        while True:
            self._woken.clear()
            try:
                await self.go_on()
            except Exception:
                _log.exception("purge.round_broke")
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

"""What is kept of a member: told, handed over, and deleted until nothing is left.

A deletion is noted first and then done a part at a time, so that one that broke off goes on by itself. The
ledger names servers, jobs and hosts, never members: it stays exact and whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from bot.errors import RiffcordError
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.ports import Blobs
from bot.jobs.recipes import Image, Recipe, UploadSource
from bot.jobs.records import Job, Take
from bot.jobs.service import Jobs
from bot.jobs.upkeep import UNSURE_DAYS
from bot.keys.records import Owner, OwnKey
from bot.library.bundle import Bundle, Wrapped, as_json, file_name, pack, take_facts
from bot.store.brought import brought_in_use
from bot.store.db import Database
from bot.store.erasures import (
    count_of_member,
    end_erasure,
    erase_take,
    erasures_under_way,
    forget_bringer,
    forget_wishes,
    jobs_of_member,
    likes_of_member,
    note_erasure,
    takes_of_member,
)
from bot.store.holds import forget_holds
from bot.store.keys import keys_of
from bot.store.money_names import forget_in_ledger, lines_of_member
from bot.store.notices import settle_reports
from bot.store.prune import forget_jobs, jobs_to_forget
from bot.store.settings import read_member

_log = structlog.get_logger(__name__)

EVERY_S: Final = 600.0
_PORTION: Final = 50
_SHARES_COUNT: Final = timedelta(hours=26)
"""No day is longer, wherever clocks jump: until then what was paid counts against a share."""
_READ_AT_ONCE: Final = 200
EXPORT_ARCHIVES_MOST: Final = 10
"""As many files as a message may carry."""

Unpost = Callable[[Take], Awaitable[None]]
"""Takes a take's message away; it raises nothing that Discord's refusal could cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much is kept of a member."""

    takes: int
    jobs: int
    likes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What a deletion did at once."""

    takes: int
    cancelled: int
    jobs_left: int
    """Records of jobs that can go only when their hosts are surely done with them."""


class Privacy:
    """Handing over and deleting what is kept of a member."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        blobs: Blobs,
        unpost: Unpost,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._blobs = blobs
        self._unpost = unpost
        self._clock = clock or SystemClock()

    async def kept(self, user_id: str) -> Kept:
        """How much there is."""
        async with self._database.connect() as connection:
            takes, jobs, likes = await count_of_member(connection, user_id)
        return Kept(takes=takes, jobs=jobs, likes=likes)

    async def export(self, user_id: str, folder: Path, *, limit_bytes: int) -> Bundle:
        """Everything as archives in ``folder``, none larger than ``limit_bytes``: facts, then sound."""
        now = self._clock.now()
        takes = await self._all_takes(user_id, now)
        async with self._database.connect() as connection:
            jobs = await jobs_of_member(connection, user_id, before=now)
            likes = await likes_of_member(connection, user_id)
            payments = await lines_of_member(connection, user_id)
            settings = await read_member(connection, user_id)
            own_keys = await keys_of(connection, Owner("user", user_id))
        standing = [take for take in takes if not take.deleted]
        facts = {
            "user_id": user_id,
            "at": now.isoformat(),
            "settings": settings.model_dump(mode="json"),
            "takes": [take_facts(take) for take in takes],
            "jobs": [_job_facts(job) for job in jobs],
            "own_keys": [_key_facts(key) for key in own_keys],
            "credits": [{**line, "at": line["at"].isoformat()} for line in payments],
            "likes": [{"take": take_id, "at": at.isoformat()} for take_id, at in likes],
        }
        heading = Wrapped(name="everything.json", content=as_json(facts))
        entries = await files_of(standing, self._blobs)
        return await asyncio.to_thread(
            pack,
            folder,
            "riffcord-my-data",
            entries,
            limit_bytes=limit_bytes,
            most=EXPORT_ARCHIVES_MOST,
            heading=heading,
        )

    async def _all_takes(self, user_id: str, now: datetime) -> list[Take]:
        """Every take, read in portions: others want to be answered in between."""
        takes: list[Take] = []
        while True:
            async with self._database.connect() as connection:
                found = await takes_of_member(
                    connection, user_id, before=now, limit=_READ_AT_ONCE, offset=len(takes)
                )
            takes += found
            if len(found) < _READ_AT_ONCE:
                return takes
            await asyncio.sleep(0)

    async def erase(self, user_id: str) -> Erased:
        """Delete everything of a member: what runs is stopped, then takes, wishes and ended jobs go.

        What cannot go yet is taken up again by :meth:`go_on`.
        """
        now = self._clock.now()
        async with self._database.begin(long=True) as connection:
            await note_erasure(connection, user_id, now)
            await forget_wishes(connection, user_id, now)  # once: what they wish from now on is theirs again
        _log.info("privacy.erasure_asked", user=user_id)
        return await self._erase(user_id, now)

    async def go_on(self) -> None:
        """One round: every deletion that is not complete gets as far as it can."""
        async with self._database.connect() as connection:
            waiting = await erasures_under_way(connection)
        for user_id, asked_at in waiting:
            await self._erase(user_id, asked_at)

    async def run_forever(self) -> None:
        """Round after round until cancelled."""
        while True:
            try:
                await self.go_on()
            except Exception:
                _log.exception("privacy.round_broke")
            await asyncio.sleep(EVERY_S)

    async def _erase(self, user_id: str, asked_at: datetime) -> Erased:
        cancelled = await self._cancel_all(user_id, asked_at)
        erased = await self._erase_takes(user_id, asked_at)
        async with self._database.begin() as connection:
            await forget_holds(connection, user_id, before=asked_at)
        left = await self._forget_jobs(user_id, asked_at)
        if not await self._forget_payments(user_id, asked_at) and not left:
            async with self._database.begin() as connection:
                await end_erasure(connection, user_id)
            _log.info("privacy.erased", user=user_id)
        return Erased(takes=erased, cancelled=cancelled, jobs_left=left)

    async def _cancel_all(self, user_id: str, asked_at: datetime) -> int:
        async with self._database.connect() as connection:
            running = await jobs_of_member(connection, user_id, before=asked_at, ended=False)
        for job in running:
            await self._jobs.cancel(job.id, actor_id=user_id, is_moderator=False)
        return len(running)

    async def _erase_takes(self, user_id: str, asked_at: datetime) -> int:
        erased = 0
        while True:
            async with self._database.connect() as connection:
                found = await takes_of_member(connection, user_id, before=asked_at, limit=_PORTION)
            for take in found:
                await self._blobs.delete_take(take.id)
                if not take.deleted:
                    await self._unpost(take)
                async with self._database.begin() as connection:
                    await erase_take(connection, take.id)
                    now = self._clock.now()
                    await settle_reports(connection, take.guild_id, take.id, actor_id=user_id, at=now)
                await self._forget_brought(take)
                erased += not take.deleted
            if not found:
                return erased

    async def _forget_brought(self, take: Take) -> None:
        """Delete the files that were brought for a take, but for those that others' music needs as well.

        Of such a one the name and who brought it go; the file itself goes with the last of that music.
        """
        brought = brought_for(take.recipe)
        if not brought:
            return
        async with self._database.begin() as connection:
            in_use = await brought_in_use(connection)
            for upload in brought:
                if upload.upload_id in in_use and upload.user_name == take.user_name:
                    await forget_bringer(connection, upload.upload_id)
        for upload_id in {upload.upload_id for upload in brought} - in_use:
            await self._blobs.delete_take(upload_id)

    async def _forget_payments(self, user_id: str, asked_at: datetime) -> int:
        """Take the name from what is over in the ledger; in how many entries it stands a while longer."""
        before = self._clock.now() - _SHARES_COUNT
        async with self._database.begin(long=True) as connection:
            return await forget_in_ledger(connection, user_id, asked_at=asked_at, before=before)

    async def _forget_jobs(self, user_id: str, asked_at: datetime) -> int:
        """Delete the records of jobs whose money and hosts are done; how many are left."""
        now = self._clock.now()
        async with self._database.connect() as connection:
            ended = await jobs_of_member(connection, user_id, before=asked_at, ended=True)
            may_go = set(
                await jobs_to_forget(
                    connection,
                    ended_before=now + timedelta(seconds=1),
                    unsure_before=now - timedelta(days=UNSURE_DAYS),
                    limit=None,
                    user_id=user_id,
                )
            )
        going = [job.id for job in ended if job.id in may_go]
        for begin in range(0, len(going), _PORTION):
            async with self._database.begin() as connection:
                await forget_jobs(connection, going[begin : begin + _PORTION])
        async with self._database.connect() as connection:
            return len(await jobs_of_member(connection, user_id, before=asked_at))


def brought_for(recipe: Recipe) -> list[UploadSource]:
    """The files of members that something was made from."""
    source = recipe.made_of
    pictures = recipe.pictures.values() if isinstance(recipe, Image) else ()
    return [*([source] if isinstance(source, UploadSource) else []), *pictures]


async def files_of(takes: list[Take], blobs: Blobs) -> list[Wrapped]:
    """The files of takes that are there, as an archive names them: what was posted, and the recipe."""
    wrapped: list[Wrapped] = []
    for take in takes:
        name = file_name(take)
        wrapped.append(Wrapped(name=f"{name}.json", content=as_json(take_facts(take))))
        for key in (take.upload, take.picture):
            try:
                path = await blobs.path(key) if key else None
            except RiffcordError:
                continue  # the file of a take that somebody deletes just now
            if path is not None:
                wrapped.append(Wrapped(name=name + path.suffix, content=path))
    return wrapped


def _key_facts(key: OwnKey) -> dict[str, Any]:
    """All but the key itself, which is shown to nobody."""
    return {
        "host": key.host,
        "mark": key.fingerprint,
        "added_at": key.added_at.isoformat(),
        "in_use": key.in_use,
    }


def _job_facts(job: Job) -> dict[str, Any]:
    order = job.order
    return {
        "id": job.id,
        "ordered_at": job.created_at.isoformat(),
        "state": job.state.value,
        "recipe": order.recipe.model_dump(mode="json"),
        "host": order.host,
        "credits": job.price,
        "guild_id": order.guild_id,
        "channel_id": order.channel_id,
        "name": order.user_name,
    }

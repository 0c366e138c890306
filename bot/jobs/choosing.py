"""Choosing between the takes of one job: one of them stays, or both do. It is decided once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.errors import NotAllowed, NotFound
from bot.jobs.ports import Blobs
from bot.jobs.records import Take
from bot.moderation.deeds import Deed
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.notices import settle_reports
from bot.store.takes import get_take, mark_deleted, mark_kept, takes_of_job

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What became of a job's takes."""

    stays: tuple[Take, ...]
    """At least one, first to last."""
    goes: tuple[Take, ...] = ()
    """Those that were deleted by this very choice."""
    was_made: bool = False
    """Whether it was decided before, and perhaps otherwise."""


async def choose(
    take_id: str,
    *,
    both: bool,
    database: Database,
    blobs: Blobs,
    actor_id: str,
    is_moderator: bool,
    at: datetime,
) -> Choice:
    """Keep this take and delete those beside it, or keep all. What was decided before stays decided.

    Raises:
        NotFound: They are all deleted.
        NotAllowed: ``keep``: somebody else's, and no moderator.
    """
    async with database.begin() as connection:
        take = await get_take(connection, take_id)
        if take is None:
            raise NotFound("take")
        if actor_id != take.user_id and not is_moderator:
            raise NotAllowed("keep")
        choice = _decided(await takes_of_job(connection, take.job_id, lock=True), take_id, both=both)
        if not choice.was_made:
            for each in choice.stays:
                await mark_kept(connection, each.id)
            for each in choice.goes:
                await mark_deleted(connection, each.id)
                await settle_reports(connection, each.guild_id, each.id, actor_id=actor_id, at=at)
                if actor_id != each.user_id:
                    await note(connection, _deed(each, actor_id, at))
    for each in choice.goes:
        await blobs.delete_take(each.id)
    if not choice.was_made:
        stay = [each.id for each in choice.stays]
        _log.info("takes.chosen", job=take.job_id, stay=stay, actor=actor_id)
    return choice


def _deed(gone: Take, actor_id: str, at: datetime) -> Deed:
    return Deed(
        at=at,
        guild_id=gone.guild_id,
        actor_id=actor_id,
        action="delete",
        subject=gone.id,
        channel_id=gone.channel_id,
        before={"member": gone.user_id},
    )


def _decided(takes: list[Take], take_id: str, *, both: bool) -> Choice:
    standing = tuple(each for each in takes if not each.deleted)
    if not standing:
        raise NotFound("take")
    if len(standing) < len(takes) or any(each.kept for each in standing):
        return Choice(stays=standing, was_made=True)
    if both:
        return Choice(stays=standing)
    return Choice(
        stays=tuple(each for each in standing if each.id == take_id),
        goes=tuple(each for each in standing if each.id != take_id),
    )


async def standing_beside(database: Database, take: Take) -> list[Take]:
    """The other takes of its job that are not deleted, first to last."""
    async with database.connect() as connection:
        made = await takes_of_job(connection, take.job_id)
    return [each for each in made if each.id != take.id and not each.deleted]

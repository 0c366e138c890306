"""Deleting all that is kept of a member, a part at a time, so that a broken-off deletion goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.recipes import Riff
from bot.jobs.records import Job, Take
from bot.jobs.states import ENDED
from bot.moderation.records import NOBODY
from bot.store.drafts import forget_drafts
from bot.store.holds import forget_holds
from bot.store.inserting import inserting
from bot.store.keys import forget_member
from bot.store.notices import forget_words_of
from bot.store.rows import job_of, take_of
from bot.store.searches import forget_searches
from bot.store.standings import forget_standings
from bot.store.tables.asks import asks
from bot.store.tables.erasures import erasures
from bot.store.tables.jobs import jobs
from bot.store.tables.likes import likes
from bot.store.tables.settings import member_settings
from bot.store.tables.takes import takes

_ENDED = sorted(state.value for state in ENDED)


async def note_erasure(connection: AsyncConnection, user_id: str, now: datetime) -> None:
    """From now on everything of this member goes, until nothing is left."""
    statement = inserting(connection, erasures).values(user_id=user_id, asked_at=now)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["user_id"], set_={"asked_at": now})
    )


async def erasures_under_way(connection: AsyncConnection) -> list[tuple[str, datetime]]:
    """Whose deletion is not complete, and since when they want it."""
    found = await connection.execute(sa.select(erasures.c.user_id, erasures.c.asked_at))
    return [(user_id, asked_at) for user_id, asked_at in found]


async def end_erasure(connection: AsyncConnection, user_id: str) -> None:
    """Nothing is left of what there was."""
    await connection.execute(sa.delete(erasures).where(erasures.c.user_id == user_id))


async def jobs_of_member(
    connection: AsyncConnection, user_id: str, *, before: datetime, ended: bool | None = None
) -> list[Job]:
    """A member's jobs that were ordered until then, oldest first: all, open ones or ended ones."""
    statement = sa.select(jobs).where(jobs.c.user_id == user_id, jobs.c.created_at <= before)
    if ended is not None:
        statement = statement.where(jobs.c.state.in_(_ENDED) if ended else jobs.c.state.not_in(_ENDED))
    rows = (await connection.execute(statement.order_by(jobs.c.created_at, jobs.c.id))).mappings()
    return [job_of(row) for row in rows]


async def takes_of_member(
    connection: AsyncConnection, user_id: str, *, before: datetime, limit: int, offset: int = 0
) -> list[Take]:
    """A member's takes that were made until then, deleted ones too, newest first."""
    statement = (
        sa.select(takes)
        .where(takes.c.user_id == user_id, takes.c.created_at <= before)
        .order_by(takes.c.created_at.desc(), takes.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [take_of(row) for row in (await connection.execute(statement)).mappings()]


async def count_of_member(connection: AsyncConnection, user_id: str) -> tuple[int, int, int]:
    """How many takes that stand, jobs and likes there are of a member."""
    counts = [
        sa.select(sa.func.count()).where(takes.c.user_id == user_id, takes.c.deleted.is_(False)),
        sa.select(sa.func.count()).where(jobs.c.user_id == user_id),
        sa.select(sa.func.count()).where(likes.c.user_id == user_id),
    ]
    found = await connection.execute(sa.select(*(count.scalar_subquery() for count in counts)))
    counted = found.one()
    return counted[0], counted[1], counted[2]


async def erase_take(connection: AsyncConnection, take_id: str) -> None:
    """Nothing of a take stays but its id, its place in its family, and when it was made."""
    values: dict[str, Any] = {
        "user_id": NOBODY,
        "user_name": "",
        "recipe": Riff(prompt="").model_dump(mode="json"),
        "host_result_id": None,
        "title": None,
        "label": "",
        "words": "",
        "consent": None,
        "deleted": True,
    }
    await connection.execute(sa.update(takes).where(takes.c.id == take_id).values(values))
    await connection.execute(sa.delete(likes).where(likes.c.take_id == take_id))
    await connection.execute(sa.delete(asks).where(asks.c.take_id == take_id))
    await _forget_in_children(connection, take_id)


async def _forget_in_children(connection: AsyncConnection, take_id: str) -> None:
    """Takes that were made from it, or again like one that was, name its author and its words: no longer."""
    server = sa.select(takes.c.guild_id).where(takes.c.id == take_id).scalar_subquery()
    statement = sa.select(takes.c.id, takes.c.recipe).where(
        takes.c.guild_id == server, sa.cast(takes.c.recipe, sa.Text).contains(take_id)
    )
    for child_id, recipe in (await connection.execute(statement)).all():
        changed = dict(recipe)
        for name in ("source", "like", "cover_of"):
            if isinstance(changed.get(name), dict) and changed[name].get("take_id") == take_id:
                source = cast("dict[str, Any]", changed[name])
                changed[name] = {**source, "prompt": "", "user_name": "", "message_id": None}
        if changed != recipe:
            await connection.execute(sa.update(takes).where(takes.c.id == child_id).values(recipe=changed))


async def forget_bringer(connection: AsyncConnection, upload_id: str) -> None:
    """What is made from a file that somebody brought says no more what it was called and who that was."""
    statement = sa.select(takes.c.id, takes.c.recipe).where(
        sa.cast(takes.c.recipe, sa.Text).contains(upload_id)
    )
    for take_id, recipe in (await connection.execute(statement)).all():
        source: Any = recipe.get("source")
        if isinstance(source, dict) and cast("dict[str, Any]", source).get("upload_id") == upload_id:
            changed = {**recipe, "source": {**cast("dict[str, Any]", source), "name": "", "user_name": ""}}
            await connection.execute(sa.update(takes).where(takes.c.id == take_id).values(recipe=changed))


async def forget_wishes(connection: AsyncConnection, user_id: str, at: datetime) -> None:
    """A member's likes, searches, drafts, questions, settings and own keys; ``at`` is now."""
    await forget_member(connection, user_id, NOBODY)
    await forget_searches(connection, user_id=user_id)
    await forget_drafts(connection, user_id=user_id)
    await connection.execute(sa.delete(likes).where(likes.c.user_id == user_id))
    await connection.execute(
        sa.delete(asks).where(sa.or_(asks.c.asker_id == user_id, asks.c.author_id == user_id))
    )
    await connection.execute(sa.delete(member_settings).where(member_settings.c.user_id == user_id))
    await forget_holds(connection, user_id, before=at)
    await forget_standings(connection, user_id)
    await forget_words_of(connection, user_id, at)


async def likes_of_member(connection: AsyncConnection, user_id: str) -> list[tuple[str, datetime]]:
    """What a member likes: takes and since when, oldest first."""
    statement = sa.select(likes.c.take_id, likes.c.at).where(likes.c.user_id == user_id).order_by(likes.c.at)
    return [(take_id, at) for take_id, at in await connection.execute(statement)]

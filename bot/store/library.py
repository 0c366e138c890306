"""Finding takes among many, likes, titles, and families. What is listed is read without its whole recipe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.preferences import Remix
from bot.jobs.records import Take
from bot.jobs.states import ENDED, State
from bot.library.records import Kin, Likes, Shelved
from bot.library.search import Wanted, found_by
from bot.store.inserting import inserting
from bot.store.rows import take_of
from bot.store.tables.jobs import jobs
from bot.store.tables.likes import likes
from bot.store.tables.takes import takes

FAMILY_MOST: Final = 500
"""Takes of one family that are read; a picture shows some dozens."""
_LISTED = ("id", "title", "label", "user_id", "user_name", "channel_id", "message_id", "created_at")
_UNDER_WAY: Final = sorted(state.value for state in State if state not in ENDED)
_SOUND = ("duration_s", "bpm", "key")


async def find_takes(
    connection: AsyncConnection, wanted: Wanted, *, limit: int, offset: int = 0
) -> list[Shelved]:
    """Takes that are not deleted and fit, newest first; liked ones by when they were liked."""
    told = [takes.c.recipe[name].as_string() for name in ("transform", "kind")]
    which = takes.c.recipe["take"].as_integer().label("take")
    listed = [takes.c[name] for name in (*_LISTED, *_SOUND)]
    found = _fitting(wanted, [*listed, sa.func.coalesce(*told, "riff").label("made"), which])
    rows = (await connection.execute(found.limit(limit).offset(offset))).mappings()
    return [Shelved(**{str(name): value for name, value in row.items()}) for row in rows]


async def whole_takes(connection: AsyncConnection, wanted: Wanted, *, limit: int) -> list[Take]:
    """The same with everything that is known of them."""
    rows = (await connection.execute(_fitting(wanted, [takes]).limit(limit))).mappings()
    return [take_of(row) for row in rows]


def _fitting(wanted: Wanted, columns: list[Any]) -> sa.Select[*tuple[Any, ...]]:
    statement = sa.select(*columns).where(*_conditions(wanted))
    if wanted.liked_by is None:
        return statement.order_by(takes.c.created_at.desc(), takes.c.id)
    liked = sa.and_(likes.c.take_id == takes.c.id, likes.c.user_id == wanted.liked_by)
    return statement.join(likes, liked).order_by(likes.c.at.desc(), takes.c.id)


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [takes.c.guild_id == wanted.guild_id, takes.c.deleted.is_(False)]
    if wanted.channel_ids is not None:
        conditions.append(takes.c.channel_id.in_(sorted(wanted.channel_ids)))
    if wanted.hidden_ids:
        conditions.append(takes.c.channel_id.not_in(sorted(wanted.hidden_ids)))
    if wanted.user_id is not None:
        conditions.append(takes.c.user_id == wanted.user_id)
    conditions += [takes.c.words.contains(word, autoescape=True) for word in wanted.words]
    if wanted.bpm_from is not None:
        conditions.append(takes.c.bpm >= wanted.bpm_from)
    if wanted.bpm_to is not None:
        conditions.append(takes.c.bpm <= wanted.bpm_to)
    if wanted.keys:
        conditions.append(sa.or_(*(takes.c.key.istartswith(key, autoescape=True) for key in wanted.keys)))
    return conditions


# what its author decides


async def give_title(connection: AsyncConnection, take: Take, title: str | None) -> None:
    """Call a take by another name, by which it is then found as well."""
    values = {"title": title, "words": found_by(title, *take.recipe.texts, take.user_name)}
    await connection.execute(sa.update(takes).where(takes.c.id == take.id).values(values))


async def give_consent(connection: AsyncConnection, take_id: str, remix: Remix | None) -> None:
    """Who may make something from this take; None: as its author says for everything."""
    await connection.execute(sa.update(takes).where(takes.c.id == take_id).values(consent=remix))


# likes


async def toggle_like(
    connection: AsyncConnection, take_id: str, *, user_id: str, guild_id: str, now: datetime
) -> None:
    """Like a take, or no longer."""
    mine = (likes.c.take_id == take_id, likes.c.user_id == user_id)
    if (await connection.execute(sa.delete(likes).where(*mine))).rowcount:
        return
    row = inserting(connection, likes).values(take_id=take_id, user_id=user_id, guild_id=guild_id, at=now)
    await connection.execute(row.on_conflict_do_nothing())


async def likes_of(
    connection: AsyncConnection, take_ids: Collection[str], user_id: str
) -> defaultdict[str, Likes]:
    """How each of the takes is liked, as this member sees it."""
    mine = sa.case((likes.c.user_id == user_id, 1), else_=0)
    statement = (
        sa.select(likes.c.take_id, sa.func.count(), sa.func.max(mine))
        .where(likes.c.take_id.in_(take_ids))
        .group_by(likes.c.take_id)
    )
    found = defaultdict[str, Likes](Likes)
    found |= {row[0]: Likes(row[1], bool(row[2])) for row in await connection.execute(statement)}
    return found


async def name_of(connection: AsyncConnection, guild_id: str, user_id: str) -> str | None:
    """What a member of a server was called when they last made something, or in an order that is under way.

    None where neither tells.
    """
    told = sa.select(takes.c.user_name).where(takes.c.user_id == user_id, takes.c.guild_id == guild_id)
    newest = told.where(takes.c.user_name != "").order_by(takes.c.created_at.desc()).limit(1)
    found = (await connection.execute(newest)).scalar()
    if found is not None:
        return found
    ordered = sa.select(jobs.c.request).where(
        jobs.c.state.in_(_UNDER_WAY), jobs.c.user_id == user_id, jobs.c.guild_id == guild_id
    )
    request = (await connection.execute(ordered.limit(1))).scalar()
    return None if request is None else request.get("user_name") or None


async def language_of(connection: AsyncConnection, user_id: str) -> str | None:
    """The language of a member's latest order, wherever it was; None where none is kept."""
    newest = sa.select(jobs.c.request).where(jobs.c.user_id == user_id).order_by(jobs.c.created_at.desc())
    request = (await connection.execute(newest.limit(1))).scalar()
    return None if request is None else request.get("locale")


# families


async def kin_of(connection: AsyncConnection, take_id: str) -> list[Kin]:
    """The whole family of a take: its oldest ancestor and what came from that, at most ``FAMILY_MOST``."""
    above = (
        sa.select(takes.c.id, takes.c.parent_take_id, sa.literal(0).label("steps"))
        .where(takes.c.id == take_id)
        .cte("above", recursive=True)
    )
    parents = sa.select(takes.c.id, takes.c.parent_take_id, above.c.steps + 1)
    above = above.union(parents.where(takes.c.id == above.c.parent_take_id, above.c.steps < FAMILY_MOST))
    oldest = sa.select(above.c.id).order_by(above.c.steps.desc()).limit(1).scalar_subquery()
    below = sa.select(takes.c.id).where(takes.c.id == oldest).cte("below", recursive=True)
    below = below.union(sa.select(takes.c.id).where(takes.c.parent_take_id == below.c.id))
    line = sa.select(above.c.id)
    liked = sa.select(sa.func.count()).where(likes.c.take_id == takes.c.id).scalar_subquery()
    statement = (
        sa.select(takes, liked.label("likes"))
        .where(sa.or_(takes.c.id.in_(sa.select(below.c.id).limit(FAMILY_MOST)), takes.c.id.in_(line)))
        .order_by(takes.c.created_at, takes.c.id)
    )
    return [
        Kin(
            id=row["id"],
            parent_take_id=row["parent_take_id"],
            guild_id=row["guild_id"],
            channel_id=row["channel_id"],
            user_name=row["user_name"],
            name=row["title"] or row["label"],
            recipe=row["recipe"],
            created_at=row["created_at"],
            deleted=row["deleted"],
            likes=row["likes"],
        )
        for row in (await connection.execute(statement)).mappings()
    ]

"""Writing and reading the trail. A deed is noted in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.moderation.deeds import REASON_MAX, REFUSED, SUBJECT_MAX, Deed, Noted, Sought, bounded
from bot.store.tables.audit_log import audit_log

_LOOKED_AT: Final = 5_000
"""Deeds, for what is offered while somebody types."""
_FIELDS = Deed.__slots__
_COLUMNS = (audit_log.c.id, *(audit_log.c[name] for name in _FIELDS))


async def note(connection: AsyncConnection, deed: Deed) -> None:
    """Note a deed for ever: the one way into the trail. Long reasons and values are cut."""
    values: dict[str, Any] = {name: getattr(deed, name) for name in _FIELDS}
    values["reason"] = deed.reason[:REASON_MAX] if deed.reason else None
    values["subject"] = deed.subject[:SUBJECT_MAX] if deed.subject else None
    values |= {"before": bounded(deed.before), "after": bounded(deed.after)}
    await connection.execute(sa.insert(audit_log).values(values))


async def find_deeds(
    connection: AsyncConnection, sought: Sought, *, limit: int | None, before_id: int | None = None
) -> list[Noted]:
    """What fits, newest first; with ``before_id`` only what was noted before that deed."""
    statement = sa.select(*_COLUMNS).where(*_conditions(sought))
    if before_id is not None:
        statement = statement.where(audit_log.c.id < before_id)
    rows = (await connection.execute(statement.order_by(audit_log.c.id.desc()).limit(limit))).mappings()
    return [Noted(id=row["id"], deed=Deed(**{name: row[name] for name in _FIELDS})) for row in rows]


def _conditions(sought: Sought) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [audit_log.c.guild_id == sought.guild_id]
    for name in ("actor_id", "action", "subject"):
        if (wanted := getattr(sought, name)) is not None:
            conditions.append(audit_log.c[name] == wanted)
    if sought.member_id is not None:
        columns = (audit_log.c.actor_id, audit_log.c.subject)
        conditions.append(sa.or_(*(column == sought.member_id for column in columns)))
    if sought.since is not None:
        conditions.append(audit_log.c.at >= sought.since)
    if sought.text:
        # SQLite knows small and capital letters of ASCII alone: what was typed is looked for as it is, too.
        reason = audit_log.c.reason
        either = (
            reason.contains(sought.text, autoescape=True),
            sa.func.lower(reason).contains(sought.text.lower(), autoescape=True),
        )
        conditions.append(sa.or_(*either))
    return conditions


async def known_values(connection: AsyncConnection, guild_id: str, name: str, limit: int = 200) -> list[str]:
    """What stands lately in a column of a server's trail (``action``, ``subject``), the latest first."""
    column = audit_log.c[name]
    newest = (
        sa.select(column.label("value"), audit_log.c.id)
        .where(audit_log.c.guild_id == guild_id, column.is_not(None))
        .order_by(audit_log.c.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    latest = sa.func.max(newest.c.id)
    statement = sa.select(newest.c.value).group_by(newest.c.value).order_by(latest.desc()).limit(limit)
    return list((await connection.execute(statement)).scalars())


async def guilds_noted(connection: AsyncConnection) -> list[str]:
    """Every server that has a trail."""
    statement = sa.select(audit_log.c.guild_id).distinct().order_by(audit_log.c.guild_id)
    return list((await connection.execute(statement)).scalars())


async def latest_of(connection: AsyncConnection, guild_id: str, actions: Collection[str]) -> str | None:
    """Which of these kinds of deeds was the last in a server; None: there was none."""
    statement = (
        sa.select(audit_log.c.action)
        .where(audit_log.c.guild_id == guild_id, audit_log.c.action.in_(sorted(actions)))
        .order_by(audit_log.c.id.desc())
        .limit(1)
    )
    return (await connection.execute(statement)).scalar()


async def refused_so_often(
    connection: AsyncConnection, guild_id: str, most: int, *, since: datetime, actor_id: str | None = None
) -> bool:
    """Whether ``most`` refused attempts were noted since then, of one person or of all."""
    conditions = [audit_log.c.guild_id == guild_id, audit_log.c.action == REFUSED]
    if actor_id is not None:
        conditions.append(audit_log.c.actor_id == actor_id)
    statement = (
        sa.select(audit_log.c.at).where(*conditions).order_by(audit_log.c.id.desc()).offset(most - 1).limit(1)
    )
    at = (await connection.execute(statement)).scalar()
    return at is not None and at >= since

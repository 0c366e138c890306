"""Messages for moderators' channels, and for members alone: written in the transaction that decides.

``put_notice`` happens once for each key, however often it is called. A loop posts and edits them
(:mod:`bot.store.notices_due`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.ids import new_id
from bot.moderation.records import MEMBER, NOBODY, REPORT, Notice
from bot.store.inserting import inserting
from bot.store.library import language_of
from bot.store.tables.notices import notices

_FIELDS: Final = Notice.__slots__
COLUMNS: Final = tuple(notices.c[name] for name in _FIELDS)
_OLDEST_FIRST: Final = (notices.c.created_at, notices.c.id)
"""The order in which whoever needs several waits for them, so that no two wait for each other."""


def notice_of(row: RowMapping) -> Notice:
    """The notice that a row of :data:`COLUMNS` holds."""
    return Notice(**{str(name): row[name] for name in _FIELDS})


async def put_notice(
    connection: AsyncConnection, *, guild_id: str, key: str, kind: str, facts: Mapping[str, Any], at: datetime
) -> bool:
    """Have moderators told, once; False where this server was told under the key already.

    Args:
        connection: In the transaction that decides what is told.
        guild_id: Whose moderators.
        key: What makes it happen once, e.g. ``pot:2026-11:80``; at most 100 characters.
        kind: Names the sentence ``notice.<kind>``.
        facts: What fills it, as plain JSON: ids and numbers, never what people wrote in a channel.
        at: Now.
    """
    values = {
        "id": new_id(),
        "guild_id": guild_id,
        "key": key,
        "kind": kind,
        "facts": dict(facts),
        "created_at": at,
        "changes": 0,
        "due": at,
        "attempts": 0,
    }
    put = (
        inserting(connection, notices)
        .values(values)
        .on_conflict_do_nothing(index_elements=["guild_id", "key"])
    )
    return (await connection.execute(put.returning(notices.c.id))).scalar() is not None


async def tell_member(
    connection: AsyncConnection,
    *,
    guild_id: str,
    user_id: str,
    says: str,
    about: str,
    facts: Mapping[str, Any],
    at: datetime,
) -> None:
    """Have one member told by a direct message, once; it is given up where they take none.

    Args:
        connection: In the transaction that decides what is told.
        guild_id: Whose moderators decided.
        user_id: Who is told.
        says: Names the sentence ``member.<says>``.
        about: What makes it happen once, with ``says``: a job, a take, a time; at most 60 characters.
        facts: What fills it, as plain JSON; without ``locale`` it is said in that of their latest card.
        at: Now.
    """
    told = {**facts, "to": user_id, "says": says}
    if "locale" not in told:
        told["locale"] = await language_of(connection, user_id)
    key = f"{MEMBER}:{says}:{about}"
    await put_notice(connection, guild_id=guild_id, key=key, kind=MEMBER, facts=told, at=at)


async def change_notice(
    connection: AsyncConnection, notice_id: str, facts: Mapping[str, Any], at: datetime
) -> None:
    """Tell something else in an open notice; its message is edited, or posted if it stands nowhere yet."""
    statement = sa.update(notices).where(notices.c.id == notice_id, notices.c.done_at.is_(None))
    values = {"facts": dict(facts), "changes": notices.c.changes + 1, "due": at, "attempts": 0}
    await connection.execute(statement.values(values))


async def close_notice(
    connection: AsyncConnection, guild_id: str, key: str, *, outcome: Mapping[str, Any], at: datetime
) -> bool:
    """It is decided: its message says so from now on. False where it was already, or never was."""
    statement = (
        sa.update(notices)
        .where(notices.c.guild_id == guild_id, notices.c.key == key, notices.c.done_at.is_(None))
        .values(
            outcome=dict(outcome), done_at=at, changes=notices.c.changes + 1, due=at, attempts=0, trouble=None
        )
    )
    return (await connection.execute(statement)).rowcount == 1


async def settle_reports(
    connection: AsyncConnection, guild_id: str, take_id: str, *, actor_id: str, at: datetime
) -> None:
    """A take goes: what is still open about it is decided with that."""
    outcome = {"verdict": "deleted", "actor_id": actor_id}
    for notice in await notices_like(connection, guild_id, REPORT, f"{REPORT}:{take_id}:", lock=True):
        if notice.done_at is None:
            await close_notice(connection, guild_id, notice.key, outcome=outcome, at=at)


async def show_changed(
    connection: AsyncConnection, guild_id: str, keys: Collection[str], at: datetime
) -> None:
    """What open notices are about has changed: messages that stand are edited.

    It waits for nobody, so that two who decide about one member do not wait for each other: what somebody
    else has in hand is being decided, or shown anew, with that.
    """
    stands = (notices.c.done_at.is_(None), notices.c.message_id.is_not(None))
    wanted = (notices.c.guild_id == guild_id, notices.c.key.in_(keys), *stands)
    free = sa.select(notices.c.id).where(*wanted).with_for_update(skip_locked=True)
    values = {"changes": notices.c.changes + 1, "due": at, "attempts": 0}
    if keys:
        await connection.execute(sa.update(notices).where(notices.c.id.in_(free)).values(values))


async def show_again(connection: AsyncConnection, guild_id: str, at: datetime) -> None:
    """The moderators' channel is another one, or back: what stands open nowhere is posted at once."""
    open_ones = (
        notices.c.guild_id == guild_id,
        notices.c.kind != MEMBER,
        notices.c.done_at.is_(None),
        notices.c.due.is_not(None),
    )
    in_turn = sa.select(notices.c.id).where(*open_ones).order_by(*_OLDEST_FIRST).with_for_update()
    again = sa.update(notices).where(notices.c.id.in_(in_turn))
    await connection.execute(again.values(due=at, attempts=0))


async def get_notice(connection: AsyncConnection, notice_id: str, *, lock: bool = False) -> Notice | None:
    """The notice, or None; with ``lock`` nobody else changes it until the transaction ends."""
    statement = sa.select(*COLUMNS).where(notices.c.id == notice_id)
    found = await connection.execute(statement.with_for_update() if lock else statement)
    row = found.mappings().first()
    return None if row is None else notice_of(row)


async def notices_like(
    connection: AsyncConnection, guild_id: str, kind: str, prefix: str, *, lock: bool = False
) -> list[Notice]:
    """A server's notices of a kind whose keys begin so, oldest first."""
    statement = (
        sa.select(*COLUMNS)
        .where(
            notices.c.guild_id == guild_id,
            notices.c.kind == kind,
            notices.c.key.startswith(prefix, autoescape=True),
        )
        .order_by(*_OLDEST_FIRST)
    )
    found = await connection.execute(statement.with_for_update() if lock else statement)
    return [notice_of(row) for row in found.mappings()]


async def open_notices(
    connection: AsyncConnection, guild_id: str, kinds: Collection[str], limit: int
) -> list[Notice]:
    """What waits for a decision, longest first."""
    statement = (
        sa.select(*COLUMNS)
        .where(notices.c.guild_id == guild_id, notices.c.kind.in_(kinds), notices.c.done_at.is_(None))
        .order_by(*_OLDEST_FIRST)
        .limit(limit)
    )
    return [notice_of(row) for row in (await connection.execute(statement)).mappings()]


async def trouble_of(connection: AsyncConnection, guild_id: str) -> str | None:
    """What keeps notices of a server from their channel, the newest; None where nothing does."""
    statement = (
        sa.select(notices.c.trouble)
        .where(notices.c.guild_id == guild_id, notices.c.trouble.is_not(None), notices.c.due.is_not(None))
        .order_by(notices.c.due.desc())
        .limit(1)
    )
    return (await connection.execute(statement)).scalar()


async def forget_words_of(connection: AsyncConnection, user_id: str, at: datetime) -> None:
    """What a member wrote about others' takes goes, from messages too; that somebody reported them stays.

    What they were told, or are still to be, goes as well.
    """
    to_them = (notices.c.kind == MEMBER, notices.c.facts["to"].as_string() == user_id)
    await connection.execute(sa.delete(notices).where(*to_them))
    statement = (
        sa.select(notices.c.id, notices.c.facts)
        .where(notices.c.kind == REPORT, sa.cast(notices.c.facts, sa.Text).contains(f'"{user_id}"'))
        .order_by(*_OLDEST_FIRST)
        .with_for_update()
    )
    stands = notices.c.message_id.is_not(None)
    shown_again = sa.case((stands, sa.bindparam("at", at, type_=notices.c.due.type)), else_=notices.c.due)
    for notice_id, facts in (await connection.execute(statement)).all():
        told = [
            {**each, "id": NOBODY, "reason": ""} if each["id"] == user_id else each for each in facts["by"]
        ]
        changed = sa.update(notices).where(notices.c.id == notice_id)
        values = {"facts": {**facts, "by": told}, "changes": notices.c.changes + 1, "due": shown_again}
        await connection.execute(changed.values({**values, "attempts": 0}))

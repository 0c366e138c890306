"""Questions to authors, each with the order that waits for the answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.order import Order
from bot.jobs.preferences import Remix
from bot.library.consent import Lent
from bot.library.records import Ask, AskState
from bot.store.tables.asks import asks
from bot.store.tables.settings import guild_settings, member_settings
from bot.store.tables.takes import takes


async def add_ask(connection: AsyncConnection, ask: Ask) -> None:
    """Keep a question."""
    order = ask.order
    await connection.execute(
        sa.insert(asks).values(
            id=ask.id,
            take_id=ask.take_id,
            author_id=ask.author_id,
            asker_id=ask.asker_id,
            guild_id=order.guild_id,
            channel_id=order.channel_id,
            request=order.model_dump(mode="json"),
            granted=list(ask.granted),
            state=ask.state,
            created_at=ask.created_at,
            expires_at=ask.expires_at,
        )
    )


async def get_ask(connection: AsyncConnection, ask_id: str) -> Ask | None:
    """The question, or None."""
    row = (await connection.execute(sa.select(asks).where(asks.c.id == ask_id))).mappings().first()
    if row is None:
        return None
    return Ask(
        id=row["id"],
        take_id=row["take_id"],
        author_id=row["author_id"],
        asker_id=row["asker_id"],
        order=Order.model_validate(row["request"]),
        granted=tuple(row["granted"]),
        state=row["state"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )


async def close_ask(connection: AsyncConnection, ask_id: str, state: AskState, *, now: datetime) -> bool:
    """Answer an open question; False when somebody was faster or its time is over."""
    still_open = (asks.c.id == ask_id, asks.c.state == "open", asks.c.expires_at > now)
    answered = await connection.execute(sa.update(asks).where(*still_open).values(state=state))
    return answered.rowcount == 1


async def open_asks_of(connection: AsyncConnection, asker_id: str, now: datetime) -> int:
    """How many questions of this member wait for an answer."""
    waiting = (asks.c.asker_id == asker_id, asks.c.state == "open", asks.c.expires_at > now)
    return (
        await connection.execute(sa.select(sa.func.count()).select_from(asks).where(*waiting))
    ).scalar_one()


async def forget_asks(connection: AsyncConnection, *, expired_before: datetime) -> int:
    """Forget questions that nobody can answer any more; how many there were."""
    old = asks.c.expires_at < expired_before
    return (await connection.execute(sa.delete(asks).where(old))).rowcount


async def lent_takes(connection: AsyncConnection, take_ids: Collection[str]) -> list[Lent]:
    """Takes that stand, with all that decides who may use them; in the order of ``take_ids``."""
    of_server = guild_settings.c.value["remix"].as_string()
    statement = (
        sa.select(
            takes.c.id,
            takes.c.user_id,
            takes.c.consent,
            member_settings.c.value["remix"].as_string(),
            of_server,
        )
        .outerjoin(member_settings, member_settings.c.user_id == takes.c.user_id)
        .outerjoin(guild_settings, guild_settings.c.guild_id == takes.c.guild_id)
        .where(takes.c.id.in_(take_ids), takes.c.deleted.is_(False))
    )
    found = {
        take_id: Lent(
            take_id=take_id,
            author_id=author_id,
            of_take=of_take,
            of_author=of_author,
            of_server=_server(server),
        )
        for take_id, author_id, of_take, of_author, server in await connection.execute(statement)
    }
    return [found[take_id] for take_id in dict.fromkeys(take_ids) if take_id in found]


def _server(value: Remix | None) -> Remix:
    return value or "anyone"

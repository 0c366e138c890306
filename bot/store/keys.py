"""Keys that members and servers brought: rows with what the vault sealed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys.records import Owner, OwnKey
from bot.store.inserting import inserting
from bot.store.tables.host_keys import host_keys


def _owned_by(owner: Owner) -> sa.ColumnElement[bool]:
    return sa.and_(host_keys.c.owner_kind == owner.kind, host_keys.c.owner_id == owner.id)


def _key_of(row: RowMapping) -> OwnKey:
    values: dict[str, Any] = {name: value for name, value in row.items() if not name.startswith("owner_")}
    return OwnKey(owner=Owner(row["owner_kind"], row["owner_id"]), **values)


async def put_key(connection: AsyncConnection, key: OwnKey) -> None:
    """Keep a key in place of its owner's earlier one for that host, which is gone for good."""
    values = {
        "id": key.id,
        "sealed": key.sealed,
        "fingerprint": key.fingerprint,
        "added_by": key.added_by,
        "added_at": key.added_at,
        "in_use": key.in_use,
        "trouble": key.trouble,
    }
    statement = inserting(connection, host_keys).values(
        owner_kind=key.owner.kind, owner_id=key.owner.id, host=key.host, **values
    )
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["owner_kind", "owner_id", "host"], set_=values)
    )


async def drop_key(connection: AsyncConnection, owner: Owner, host: str) -> OwnKey | None:
    """Forget a key; what it was, or None where there was none."""
    mine = sa.and_(_owned_by(owner), host_keys.c.host == host)
    gone = (
        (await connection.execute(sa.delete(host_keys).where(mine).returning(host_keys))).mappings().first()
    )
    return None if gone is None else _key_of(gone)


async def drop_keys(connection: AsyncConnection, owner: Owner) -> int:
    """Forget all that an owner brought; how many there were."""
    return (await connection.execute(sa.delete(host_keys).where(_owned_by(owner)))).rowcount


async def get_key(connection: AsyncConnection, key_id: str) -> OwnKey | None:
    """The key, or None once it is gone."""
    found = await connection.execute(sa.select(host_keys).where(host_keys.c.id == key_id))
    row = found.mappings().first()
    return None if row is None else _key_of(row)


async def keys_of(connection: AsyncConnection, owner: Owner) -> list[OwnKey]:
    """What an owner brought, by host."""
    statement = sa.select(host_keys).where(_owned_by(owner)).order_by(host_keys.c.host)
    return [_key_of(row) for row in (await connection.execute(statement)).mappings()]


async def key_for(connection: AsyncConnection, host: str, *owners: Owner) -> OwnKey | None:
    """The key that is in use at a host of the first of these owners who has one."""
    statement = sa.select(host_keys).where(
        host_keys.c.host == host, host_keys.c.in_use, sa.or_(*map(_owned_by, owners))
    )
    found = {key.owner: key for key in map(_key_of, (await connection.execute(statement)).mappings())}
    return next((found[owner] for owner in owners if owner in found), None)


async def switch_key(connection: AsyncConnection, owner: Owner, host: str, *, in_use: bool) -> bool:
    """Use a key from now on, or no longer; False where there is none."""
    mine = sa.and_(_owned_by(owner), host_keys.c.host == host)
    return (await connection.execute(sa.update(host_keys).where(mine).values(in_use=in_use))).rowcount == 1


async def note_trouble(connection: AsyncConnection, key_id: str, trouble: str | None) -> OwnKey | None:
    """Note why a host refused a key, or that it took it; the key where that is news."""
    statement = (
        sa.update(host_keys)
        .where(host_keys.c.id == key_id, host_keys.c.trouble.is_distinct_from(trouble))
        .values(trouble=trouble)
        .returning(host_keys)
    )
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else _key_of(row)


async def sealed_keys(connection: AsyncConnection, *, after: str = "", limit: int = 100) -> list[OwnKey]:
    """Every key, a part at a time, by id."""
    statement = sa.select(host_keys).where(host_keys.c.id > after).order_by(host_keys.c.id).limit(limit)
    return [_key_of(row) for row in (await connection.execute(statement)).mappings()]


async def reseal_key(connection: AsyncConnection, key: OwnKey, sealed: str) -> bool:
    """Put what was sealed anew in place of the old; False where somebody replaced or removed the key."""
    same = sa.and_(host_keys.c.id == key.id, host_keys.c.sealed == key.sealed)
    return (await connection.execute(sa.update(host_keys).where(same).values(sealed=sealed))).rowcount == 1


async def guilds_with_keys(connection: AsyncConnection) -> Collection[str]:
    """The servers that brought any."""
    statement = sa.select(host_keys.c.owner_id).where(host_keys.c.owner_kind == "guild").distinct()
    return list((await connection.execute(statement)).scalars())


async def forget_member(connection: AsyncConnection, user_id: str, nobody: str) -> None:
    """Forget a member's keys, and their name on those that they added for servers."""
    await drop_keys(connection, Owner("user", user_id))
    await connection.execute(
        sa.update(host_keys).where(host_keys.c.added_by == user_id).values(added_by=nobody)
    )

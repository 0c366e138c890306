"""Own keys as rows, and the line in which each account at a host counts for itself; on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.limits import Limits, Pace, lane_of
from bot.jobs.states import State
from bot.keys.records import Owner, OwnKey
from bot.store import keys
from bot.store.admission import admit, line, next_call_at
from bot.store.db import Database
from bot.store.tables.jobs import jobs
from tests.store.rows import START, add_job

ADA, SERVER = Owner("user", "111"), Owner("guild", "1")


def a_key(key_id: str, owner: Owner = ADA, host: str = "h") -> OwnKey:
    """Some key."""
    return OwnKey(
        id=key_id,
        owner=owner,
        host=host,
        sealed=f"sealed {key_id}",
        fingerprint="aaaa-bbbb",
        added_by="111",
        added_at=START,
    )


async def test_a_key_for_each_owner_and_host(database: Database) -> None:
    """A new one takes the old one's place, also at the same moment; the member's goes before the server's."""

    async def put(key: OwnKey) -> None:
        async with database.begin() as connection:
            await keys.put_key(connection, key)

    await asyncio.gather(*(put(a_key(f"k{number}")) for number in range(8)))
    await put(a_key("of server", SERVER))
    await put(a_key("elsewhere", SERVER, "other"))
    async with database.begin() as connection:
        (mine,) = await keys.keys_of(connection, ADA)
        assert mine == a_key(mine.id)
        assert [key.id for key in await keys.keys_of(connection, SERVER)] == ["of server", "elsewhere"]
        assert await keys.key_for(connection, "h", ADA, SERVER) == mine
        assert await keys.switch_key(connection, ADA, "h", in_use=False)
        assert not await keys.switch_key(connection, ADA, "nowhere", in_use=False)
        assert await keys.key_for(connection, "h", ADA, SERVER) == a_key("of server", SERVER)
        assert await keys.key_for(connection, "h", ADA) is None
        assert await keys.key_for(connection, "nowhere", ADA, SERVER) is None
        noted = [
            await keys.note_trouble(connection, mine.id, why) for why in ("bad_key", "bad_key", None, None)
        ]
        assert [None if key is None else key.trouble for key in noted] == ["bad_key", None, None, None]
        assert noted[2] is not None
        assert await keys.reseal_key(connection, mine, "anew")
        assert not await keys.reseal_key(connection, mine, "twice")
        assert [key.id for key in await keys.sealed_keys(connection, after="elsewhere", limit=1)] == [mine.id]
        assert await keys.guilds_with_keys(connection) == ["1"]
        await keys.forget_member(connection, "111", "0")
        assert await keys.get_key(connection, mine.id) is None
        left = await keys.keys_of(connection, SERVER)
        assert [key.added_by for key in left] == ["0", "0"]
        assert await keys.drop_key(connection, SERVER, "h") == replace(left[0])
        assert await keys.drop_keys(connection, SERVER) == 1


async def test_each_account_has_a_lane_of_its_own(database: Database) -> None:
    """Limits, pace and a busy host stop the jobs of one key alone."""

    async def add(
        key_id: str | None, *, state: State = State.QUEUED, n: int = 1, **values: object
    ) -> list[str]:
        added = [
            await add_job(connection, state=state, host="h", user=f"{key_id}{i}{state}") for i in range(n)
        ]
        for job_id in added:
            await _set(connection, job_id, key_id=key_id, **values)
        return added

    wide = Limits(per_user=99, per_channel=99, per_guild=99, per_host=2, total=99)
    paces = {lane_of("h", "slow"): Pace(calls=1, per_s=60), "h": Pace(calls=9, per_s=60)}
    async with database.begin() as connection:
        house = await add(None, n=3)
        full = await add("full", n=3)
        await add("busy", state=State.SUBMIT, trouble="trouble.host_busy")
        behind = await add("busy")
        await add("slow", state=State.WAITING, intent_at=START)
        paced = await add("slow")
        assert await next_call_at(connection, paces, START) is not None
        assert len(await line(connection, wide, START, paces)) == 8
        admitted = set(await admit(connection, wide, START, paces))
        assert len(admitted & set(house)) == 2
        assert len(admitted & set(full)) == 2
        assert admitted.isdisjoint(behind + paced)


async def _set(connection: AsyncConnection, job_id: str, **values: object) -> None:
    await connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(**values))

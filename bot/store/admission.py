"""Who goes next, in one statement.

``turn`` numbers each member's jobs (those that already run count), so that the k-th job of each member
competes with the k-th of the others; ``guild_turn`` does the same for servers. A job that one limit
stops (``no_room`` already, or ``stuck`` in this round) sorts behind those that may run, so it takes
nobody's place under the next limit.

How fast a host takes orders is a limit, too: what was called there lately (``intent_at``) and what was let
in and has not been called yet count against its ``pace``. So each job that is let in may be called at once,
and none waits inside a step. A host that told one job that it is busy gets no other until it took that one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.expecting import Made, Standing
from bot.jobs.limits import Limits, Pace, host_of_lane
from bot.store.columns import UtcTime
from bot.store.prepared import Prepared
from bot.store.tables.jobs import jobs

_PACED = """
(CAST(:lane_{0} AS VARCHAR), CAST(:host_{0} AS VARCHAR),
    CAST(:calls_{0} AS INTEGER), CAST(:since_{0} AS DOUBLE PRECISION))
"""
_HOLDS_A_PLACE = """
    (r.state IN ('submit', 'waiting', 'collect') OR r.state = 'deliver' AND r.parent_job_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM jobs AS s WHERE s.parent_job_id = r.id)
"""
"""A journey holds none, its steps do; a step whose music is kept only waits for the others."""
_LANE = "({0}host || coalesce('#' || {0}key_id, ''))"
_LINE = """
WITH paced (lane, host, calls, since) AS (VALUES {paced}
), called AS (
    SELECT p.lane, count(*) AS n FROM paced AS p
    JOIN jobs AS j ON j.host = p.host AND j.intent_at > p.since AND {lane_of_j} = p.lane
    GROUP BY p.lane
), uncalled AS (
    SELECT {lane} AS lane, count(*) AS n,
        max(CASE WHEN trouble = 'trouble.host_busy' THEN 1 ELSE 0 END) AS busy
    FROM jobs WHERE state = 'submit' AND intent_at IS NULL GROUP BY {lane}
), pace AS (
    SELECT p.lane, p.calls - coalesce(called.n, 0) - coalesce(uncalled.n, 0) AS free
    FROM paced AS p LEFT JOIN called ON called.lane = p.lane LEFT JOIN uncalled ON uncalled.lane = p.lane
    WHERE coalesce(uncalled.busy, 0) = 0
    UNION ALL SELECT lane, 0 FROM uncalled WHERE busy = 1
), running AS (
    SELECT user_id, channel_id, guild_id, {lane} AS lane FROM jobs AS r WHERE {running}
), of_user AS (SELECT user_id, count(*) AS n FROM running GROUP BY user_id
), of_channel AS (SELECT channel_id, count(*) AS n FROM running GROUP BY channel_id
), of_guild AS (SELECT guild_id, count(*) AS n FROM running GROUP BY guild_id
), of_lane AS (SELECT lane, count(*) AS n FROM running GROUP BY lane
), waiting AS (
    SELECT j.id, j.user_id, j.channel_id, j.guild_id, j.host, {lane_of_j} AS lane, j.priority, j.created_at,
        (coalesce(of_channel.n, 0) >= :per_channel OR coalesce(of_guild.n, 0) >= :per_guild
            OR coalesce(of_lane.n, 0) >= CASE WHEN j.host IN :unqueued THEN :per_unqueued ELSE :per_host END
            OR coalesce(pace.free, 1) <= 0) AS no_room
    FROM jobs AS j
    LEFT JOIN of_channel ON of_channel.channel_id = j.channel_id
    LEFT JOIN of_guild ON of_guild.guild_id = j.guild_id
    LEFT JOIN of_lane ON of_lane.lane = {lane_of_j}
    LEFT JOIN pace ON pace.lane = {lane_of_j}
    WHERE j.state = 'queued' AND j.ending IS NULL AND (j.due IS NULL OR :with_unseen = 1)
        AND NOT EXISTS (SELECT 1 FROM jobs AS s WHERE s.parent_job_id = j.id)
), of_member AS (
    SELECT q.*, coalesce(of_user.n, 0)
        + row_number() OVER (PARTITION BY q.user_id ORDER BY no_room, priority, created_at, id) AS turn
    FROM waiting AS q LEFT JOIN of_user ON of_user.user_id = q.user_id
), by_user AS (SELECT of_member.*, (no_room OR turn > :per_user) AS stuck FROM of_member
), in_channel AS (
    SELECT q.*, coalesce(of_channel.n, 0)
        + row_number() OVER (PARTITION BY q.channel_id ORDER BY stuck, priority, turn, created_at, id) AS k
    FROM by_user AS q LEFT JOIN of_channel ON of_channel.channel_id = q.channel_id
), by_channel AS (
    SELECT id, guild_id, host, lane, priority, created_at, turn, (stuck OR k > :per_channel) AS stuck
    FROM in_channel
), in_guild AS (
    SELECT q.*, coalesce(of_guild.n, 0)
        + row_number() OVER (PARTITION BY q.guild_id ORDER BY stuck, priority, turn, created_at, id)
            AS guild_turn
    FROM by_channel AS q LEFT JOIN of_guild ON of_guild.guild_id = q.guild_id
), by_guild AS (
    SELECT id, host, lane, priority, created_at, turn, guild_turn, (stuck OR guild_turn > :per_guild) AS stuck
    FROM in_guild
), at_host AS (
    SELECT q.*, coalesce(of_lane.n, 0) AS there, pace.free,
        row_number() OVER (PARTITION BY q.lane ORDER BY stuck, priority, guild_turn, turn, created_at, id)
            AS k
    FROM by_guild AS q LEFT JOIN of_lane ON of_lane.lane = q.lane LEFT JOIN pace ON pace.lane = q.lane
), by_host AS (
    SELECT id, host, priority, created_at, turn, guild_turn, (stuck OR k > coalesce(free, k)
        OR there + k > CASE WHEN host IN :unqueued THEN :per_unqueued ELSE :per_host END) AS stuck
    FROM at_host
), line AS (
    SELECT id, stuck,
        row_number() OVER (ORDER BY stuck, priority, guild_turn, turn, created_at, id) AS place
    FROM by_host
)
"""

_UNQUEUED = sa.bindparam("unqueued", type_=sa.String, expanding=True)

_ADMIT = """
UPDATE jobs SET state = 'submit', due = :now, moved_at = :now, updated_at = :now,
    attempts = 0, cause = 'admitted', actor = 'machine',
    nudges = nudges + 1  -- news for a step that has the row in hand: it must not put it back to sleep
WHERE state = 'queued' AND id IN (
    SELECT id FROM line WHERE NOT stuck AND place + (SELECT count(*) FROM running) <= :total
)
RETURNING id
"""
_PLACES = """
SELECT line.id, j.user_id, j.channel_id, j.guild_id, j.host
FROM line JOIN jobs AS j ON j.id = line.id ORDER BY place
"""
_RUNNING = """
SELECT id, user_id, channel_id, guild_id, host, coalesce(intent_at, moved_at) AS began_at FROM jobs AS r
WHERE {running}
"""
_MADE = sa.text("""
SELECT j.host, began.at AS began_at, ended.at AS ended_at FROM events AS ended
JOIN events AS began ON began.job_id = ended.job_id AND began.new = 'submit'
JOIN jobs AS j ON j.id = ended.job_id
WHERE ended.new = 'done' AND j.parent_job_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM jobs AS s WHERE s.parent_job_id = j.id)
    AND ended.id > (SELECT max(id) FROM events) - :back
ORDER BY ended.id DESC LIMIT :most
""").columns(began_at=UtcTime, ended_at=UtcTime)
_LOOKED_BACK = 20_000
"""Moves; a look at the last jobs that were done must not become one at all that ever were."""
_MAY_ANY: Final = Prepared(
    sa.text(f"""
SELECT 1 AS found FROM jobs WHERE state = 'queued' AND due IS NULL
    AND (SELECT count(*) FROM jobs AS r WHERE {_HOLDS_A_PLACE}) < :total
LIMIT 1
""").bindparams(sa.bindparam("total", type_=sa.Integer)),  # noqa: S608  (constants)
    [sa.column("found", sa.Integer)],
)
_TAKE_TURNS = sa.text("""
SELECT set_config('idle_in_transaction_session_timeout', '15000', true),
    pg_advisory_xact_lock(hashtext('riffcord admission'))
""")
"""A process that is paused in the middle of it loses its turn: the others' line must not stand still."""
_NEXT_CALL: Final = Prepared(
    sa.text(f"""
SELECT min(j.intent_at) AS oldest FROM jobs AS j
WHERE j.host = :host AND j.intent_at > :since AND {_LANE.format("j.")} = :lane
    AND EXISTS (SELECT 1 FROM jobs AS q WHERE q.state = 'queued' AND q.due IS NULL AND q.host = :host
        AND {_LANE.format("q.")} = :lane)
""").bindparams(  # noqa: S608  (constants)
        sa.bindparam("host", type_=sa.String),
        sa.bindparam("lane", type_=sa.String),
        sa.bindparam("since", type_=UtcTime),
    ),
    [sa.column("oldest", sa.Double)],
)

NOBODY: Mapping[str, Pace] = {}
"""No lane has a pace."""


@cache
def _statement(end: str, paced: int) -> sa.TextClause:
    """The line with so many paced hosts, and what is done with it."""
    values = ", ".join(_PACED.format(number) for number in range(paced))
    since = [sa.bindparam(f"since_{number}", type_=UtcTime) for number in range(paced)]
    times = [sa.bindparam("now", type_=UtcTime)] if ":now" in end else []
    lanes = {"lane": _LANE.format(""), "lane_of_j": _LANE.format("j.")}
    line = _LINE.format(paced=values, running=_HOLDS_A_PLACE, **lanes)
    return sa.text(line + end).bindparams(_UNQUEUED, *since, *times)


def _values(limits: Limits, paces: Mapping[str, Pace], now: datetime, *, with_unseen: bool) -> dict[str, Any]:
    values: dict[str, Any] = {
        "per_user": limits.per_user,
        "per_channel": limits.per_channel,
        "per_guild": limits.per_guild,
        "per_host": limits.per_host,
        "per_unqueued": limits.per_unqueued_host,
        "unqueued": sorted(limits.unqueued_hosts),
        "with_unseen": int(with_unseen),
    }
    for number, (lane, pace) in enumerate(_at_least_one(paces)):
        host = host_of_lane(lane)
        values |= {f"lane_{number}": lane, f"host_{number}": host, f"calls_{number}": pace.calls}
        values[f"since_{number}"] = now - timedelta(seconds=pace.per_s)
    return values


def _at_least_one(paces: Mapping[str, Pace]) -> list[tuple[str, Pace]]:
    """``VALUES`` needs a row; no host has the empty name."""
    return sorted(paces.items()) or [("", Pace(calls=1, per_s=1))]


async def admit(
    connection: AsyncConnection, limits: Limits, now: datetime, paces: Mapping[str, Pace] = NOBODY
) -> list[str]:
    """Let as many queued jobs run as the limits allow; their ids.

    Repeated until it lets nobody in: a job stopped by a limit that another one was first counted for
    gets its chance in the next round.
    """
    if not await _MAY_ANY.rows(connection, total=limits.total):
        return []
    if connection.dialect.name == "postgresql":  # limits are exact across processes
        await connection.execute(_TAKE_TURNS)
    values = _values(limits, paces, now, with_unseen=False) | {"total": limits.total, "now": now}
    statement = _statement(_ADMIT, len(_at_least_one(paces)))
    admitted: list[str] = []
    while found := list((await connection.execute(statement, values)).scalars()):
        admitted += found
    return admitted


async def next_call_at(
    connection: AsyncConnection, paces: Mapping[str, Pace], now: datetime
) -> datetime | None:
    """When a host's pace next allows an order more than now, of those that somebody waits for."""
    moments: list[datetime] = []
    for lane, pace in paces.items():
        since = now - timedelta(seconds=pace.per_s)
        found = await _NEXT_CALL.rows(connection, lane=lane, host=host_of_lane(lane), since=since)
        oldest: float | None = found[0]["oldest"]
        if oldest is not None:
            moments.append(datetime.fromtimestamp(oldest, UTC) + timedelta(seconds=pace.per_s))
    return min(moments, default=None)


async def line(
    connection: AsyncConnection, limits: Limits, now: datetime, paces: Mapping[str, Pace] = NOBODY
) -> list[Standing]:
    """Every queued job in the order in which they are let in, if nothing changes."""
    statement = _statement(_PLACES, len(_at_least_one(paces)))
    rows = await connection.execute(statement, _values(limits, paces, now, with_unseen=True))
    return [_standing(row) for row in rows]


async def asked_by(connection: AsyncConnection, job_ids: Sequence[str]) -> dict[str, str]:
    """What those who ordered these jobs are called."""
    found = sa.select(jobs.c.id, jobs.c.request).where(jobs.c.id.in_(job_ids))
    return {row.id: str(row.request["user_name"]) for row in await connection.execute(found)}


async def running(connection: AsyncConnection) -> list[Standing]:
    """Every job that was let in and has not ended."""
    statement = sa.text(_RUNNING.format(running=_HOLDS_A_PLACE)).columns(began_at=UtcTime)
    return [_standing(row, row.began_at) for row in await connection.execute(statement)]


def _standing(row: Any, began_at: datetime | None = None) -> Standing:
    return Standing(
        job_id=row.id,
        user_id=row.user_id,
        channel_id=row.channel_id,
        guild_id=row.guild_id,
        host=row.host,
        began_at=began_at,
    )


async def made_lately(connection: AsyncConnection, most: int = 200) -> list[Made]:
    """The jobs that were done last, by their stories, newest first."""
    rows = await connection.execute(_MADE, {"back": _LOOKED_BACK, "most": most})
    return [Made(row.host, row.began_at, row.ended_at) for row in rows]

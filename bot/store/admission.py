"""Who goes next, in one statement.

``turn`` numbers each member's jobs (those that already run count), so that the k-th job of each member
competes with the k-th of the others; ``guild_turn`` does the same for servers. A job that one limit
stops (``no_room`` already, or ``stuck`` in this round) sorts behind those that may run, so it takes
nobody's place under the next limit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.limits import Limits
from bot.store.columns import UtcTime

_LINE = """
WITH running AS (
    SELECT user_id, channel_id, guild_id, host FROM jobs
    WHERE state IN ('submit', 'waiting', 'collect', 'deliver')
), of_user AS (SELECT user_id, count(*) AS n FROM running GROUP BY user_id
), of_channel AS (SELECT channel_id, count(*) AS n FROM running GROUP BY channel_id
), of_guild AS (SELECT guild_id, count(*) AS n FROM running GROUP BY guild_id
), of_host AS (SELECT host, count(*) AS n FROM running GROUP BY host
), waiting AS (
    SELECT j.id, j.user_id, j.channel_id, j.guild_id, j.host, j.priority, j.created_at,
        (coalesce(of_channel.n, 0) >= :per_channel OR coalesce(of_guild.n, 0) >= :per_guild
            OR coalesce(of_host.n, 0) >= CASE WHEN j.host IN :unqueued THEN :per_unqueued ELSE :per_host END
        ) AS no_room
    FROM jobs AS j
    LEFT JOIN of_channel ON of_channel.channel_id = j.channel_id
    LEFT JOIN of_guild ON of_guild.guild_id = j.guild_id
    LEFT JOIN of_host ON of_host.host = j.host
    WHERE j.state = 'queued' AND j.ending IS NULL AND (j.due IS NULL OR :with_unseen = 1)
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
    SELECT id, guild_id, host, priority, created_at, turn, (stuck OR k > :per_channel) AS stuck
    FROM in_channel
), in_guild AS (
    SELECT q.*, coalesce(of_guild.n, 0)
        + row_number() OVER (PARTITION BY q.guild_id ORDER BY stuck, priority, turn, created_at, id)
            AS guild_turn
    FROM by_channel AS q LEFT JOIN of_guild ON of_guild.guild_id = q.guild_id
), by_guild AS (
    SELECT id, host, priority, created_at, turn, guild_turn, (stuck OR guild_turn > :per_guild) AS stuck
    FROM in_guild
), at_host AS (
    SELECT q.*, coalesce(of_host.n, 0)
        + row_number() OVER (PARTITION BY q.host ORDER BY stuck, priority, guild_turn, turn, created_at, id)
            AS k
    FROM by_guild AS q LEFT JOIN of_host ON of_host.host = q.host
), by_host AS (
    SELECT id, priority, created_at, turn, guild_turn,
        (stuck OR k > CASE WHEN host IN :unqueued THEN :per_unqueued ELSE :per_host END) AS stuck
    FROM at_host
), line AS (
    SELECT id, stuck,
        row_number() OVER (ORDER BY stuck, priority, guild_turn, turn, created_at, id) AS place
    FROM by_host
)
"""

_UNQUEUED = sa.bindparam("unqueued", type_=sa.String, expanding=True)

_ADMIT = sa.text(
    _LINE  # noqa: S608  a constant
    + """
UPDATE jobs SET state = 'submit', due = :now, moved_at = :now, updated_at = :now,
    attempts = 0, cause = 'admitted', actor = 'machine'
WHERE state = 'queued' AND id IN (
    SELECT id FROM line WHERE NOT stuck AND place + (SELECT count(*) FROM running) <= :total
)
RETURNING id
"""
).bindparams(sa.bindparam("now", type_=UtcTime), _UNQUEUED)

_PLACES = sa.text(_LINE + "SELECT id, place FROM line ORDER BY place").bindparams(_UNQUEUED)  # noqa: S608  a constant
_ANY_WAITING = sa.text("SELECT 1 FROM jobs WHERE state = 'queued' AND due IS NULL LIMIT 1")
_TAKE_TURNS = sa.text("SELECT pg_advisory_xact_lock(hashtext('riffcord admission'))")


def _values(limits: Limits, *, with_unseen: bool) -> dict[str, Any]:
    return {
        "per_user": limits.per_user,
        "per_channel": limits.per_channel,
        "per_guild": limits.per_guild,
        "per_host": limits.per_host,
        "per_unqueued": limits.per_unqueued_host,
        "unqueued": sorted(limits.unqueued_hosts),
        "with_unseen": int(with_unseen),
    }


async def admit(connection: AsyncConnection, limits: Limits, now: datetime) -> list[str]:
    """Let as many queued jobs run as the limits allow; their ids.

    Repeated until it lets nobody in: a job stopped by a limit that another one was first counted for
    gets its chance in the next round.
    """
    if (await connection.execute(_ANY_WAITING)).first() is None:
        return []
    if connection.dialect.name == "postgresql":  # limits are exact across processes
        await connection.execute(_TAKE_TURNS)
    values = _values(limits, with_unseen=False) | {"total": limits.total}
    admitted: list[str] = []
    while found := list((await connection.execute(_ADMIT, {**values, "now": now})).scalars()):
        admitted += found
    return admitted


async def places(connection: AsyncConnection, limits: Limits) -> dict[str, int]:
    """How many jobs go before each queued one, in the order of the line."""
    rows = await connection.execute(_PLACES, _values(limits, with_unseen=True))
    return {job_id: place - 1 for job_id, place in rows}

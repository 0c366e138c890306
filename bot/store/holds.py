"""Orders that wait for a moderator: a hold and its notice open and close in the transaction of its job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.states import State
from bot.moderation.records import HOLD, History, Hold, HoldState
from bot.money.ledger import pot
from bot.store.notices import close_notice, put_notice, show_changed
from bot.store.tables.jobs import jobs
from bot.store.tables.moderation import holds

_FIELDS: Final = Hold.__slots__
_COLUMNS: Final = tuple(holds.c[name] for name in _FIELDS)
REASON_MAX: Final = 500


def _hold_of(row: Any) -> Hold:
    values: dict[str, Any] = {name: row[name] for name in _FIELDS}
    values["reasons"] = tuple(values["reasons"])
    return Hold(**values)


def notice_key(job_id: str) -> str:
    """The key of a hold's notice."""
    return f"{HOLD}:{job_id}"


async def open_hold(connection: AsyncConnection, hold: Hold, locale: str) -> None:
    """An order waits from now on, and moderators are told; ``locale`` is that of its card."""
    values = {name: getattr(hold, name) for name in _FIELDS}
    await connection.execute(sa.insert(holds).values({**values, "reasons": list(hold.reasons)}))
    await put_notice(
        connection,
        guild_id=hold.guild_id,
        key=notice_key(hold.job_id),
        kind=HOLD,
        facts={"job": hold.job_id, "locale": locale},
        at=hold.held_at,
    )


async def close_hold(
    connection: AsyncConnection,
    job_id: str,
    state: HoldState,
    *,
    actor_id: str,
    at: datetime,
    reason: str | None = None,
) -> bool:
    """It is decided, and its notice says so; False where it was before, or this job was never held."""
    statement = (
        sa.update(holds)
        .where(holds.c.job_id == job_id, holds.c.state == "open")
        .values(
            state=state, decided_by=actor_id, decided_at=at, reason=reason[:REASON_MAX] if reason else None
        )
        .returning(holds.c.guild_id, holds.c.user_id)
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return False
    guild_id, user_id = row
    outcome = {"verdict": state, "actor_id": actor_id, "reason": reason}
    await close_notice(connection, guild_id, notice_key(job_id), outcome=outcome, at=at)
    await show_open_holds(connection, guild_id, user_id, at)
    return True


async def show_open_holds(connection: AsyncConnection, guild_id: str, user_id: str, at: datetime) -> None:
    """What is known of a member has changed: the cards of all that waits of theirs say so."""
    waiting = await open_holds_of(connection, guild_id, user_id)
    await show_changed(connection, guild_id, [notice_key(job_id) for job_id in waiting], at)


async def open_holds_of(connection: AsyncConnection, guild_id: str, user_id: str) -> list[str]:
    """Jobs of a member that wait in a server."""
    mine = (holds.c.guild_id == guild_id, holds.c.user_id == user_id, holds.c.state == "open")
    return list((await connection.execute(sa.select(holds.c.job_id).where(*mine))).scalars())


async def get_hold(connection: AsyncConnection, job_id: str) -> Hold | None:
    """The hold of a job, open or decided, or None."""
    found = await connection.execute(sa.select(*_COLUMNS).where(holds.c.job_id == job_id))
    row = found.mappings().first()
    return None if row is None else _hold_of(row)


async def open_holds(connection: AsyncConnection, guild_id: str, limit: int) -> list[Hold]:
    """A server's orders that wait, longest first."""
    statement = (
        sa.select(*_COLUMNS)
        .where(holds.c.guild_id == guild_id, holds.c.state == "open")
        .order_by(holds.c.held_at, holds.c.job_id)
        .limit(limit)
    )
    return [_hold_of(row) for row in (await connection.execute(statement)).mappings()]


async def set_aside(connection: AsyncConnection, guild_id: str) -> int:
    """The credits of a server's pot that orders hold which wait for a moderator."""
    from_pot = sa.or_(jobs.c.paid_from.is_(None), jobs.c.paid_from == pot(guild_id))
    statement = (
        sa.select(sa.func.coalesce(sa.func.sum(holds.c.price), 0))
        .join(jobs, jobs.c.id == holds.c.job_id)
        .where(holds.c.guild_id == guild_id, holds.c.state == "open", from_pot)
    )
    return int((await connection.execute(statement)).scalar_one())


async def all_open_holds(connection: AsyncConnection) -> set[str]:
    """Every job that waits, of all servers."""
    return set((await connection.execute(sa.select(holds.c.job_id).where(holds.c.state == "open"))).scalars())


async def history_of(connection: AsyncConnection, guild_id: str, user_id: str) -> History:
    """What a server knows of a member's orders."""
    ordered = (
        sa.select(sa.func.count())
        .select_from(jobs)
        .where(jobs.c.guild_id == guild_id, jobs.c.user_id == user_id, jobs.c.parent_job_id.is_(None))
    )
    held = (
        sa.select(holds.c.state, sa.func.count())
        .where(holds.c.guild_id == guild_id, holds.c.user_id == user_id)
        .group_by(holds.c.state)
    )
    orders = (await connection.execute(ordered)).scalar_one()
    by_state = {str(state): int(count) for state, count in await connection.execute(held)}
    return History(orders=orders, by_state=by_state)


async def approvals_in_a_row(connection: AsyncConnection, guild_id: str, user_id: str) -> int:
    """How many of a member's held orders were approved since the last that was rejected."""
    mine = (holds.c.guild_id == guild_id, holds.c.user_id == user_id)
    rejected = (
        sa.select(sa.func.max(holds.c.decided_at)).where(*mine, holds.c.state == "rejected").scalar_subquery()
    )
    statement = (
        sa.select(sa.func.count())
        .select_from(holds)
        .where(*mine, holds.c.state == "approved", holds.c.decided_at > sa.func.coalesce(rejected, 0.0))
    )
    return (await connection.execute(statement)).scalar_one()


async def let_held_go(
    connection: AsyncConnection,
    job_id: str,
    *,
    actor_id: str,
    due: datetime | None,
    steps_due: datetime,
    now: datetime,
) -> None:
    """A held job and its steps join the line; whoever looks at one of them just now has lost it."""
    held = (jobs.c.state == State.HELD.value, jobs.c.ending.is_(None))
    freed = {
        "state": State.QUEUED.value,
        "cause": "approved",
        "actor": actor_id,
        "moved_at": now,
        "updated_at": now,
        "owner": None,
        "lease_until": None,
        "fence": jobs.c.fence + 1,
        "nudges": jobs.c.nudges + 1,
        "attempts": 0,
    }
    await connection.execute(sa.update(jobs).where(jobs.c.id == job_id, *held).values({**freed, "due": due}))
    steps = sa.update(jobs).where(jobs.c.parent_job_id == job_id, *held)
    await connection.execute(steps.values({**freed, "due": steps_due}))


async def forget_holds(connection: AsyncConnection, user_id: str, *, before: datetime) -> None:
    """Forget what was decided about a member's orders until then; open ones stay until they are."""
    decided = (holds.c.user_id == user_id, holds.c.state != "open", holds.c.held_at <= before)
    await connection.execute(sa.delete(holds).where(*decided))

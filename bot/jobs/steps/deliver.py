"""``deliver``: the take is kept; make it the one message in the channel, and settle."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.lease import Lease
from bot.jobs.outcome import End, Go, Made, Outcome
from bot.jobs.records import Job
from bot.jobs.retry import DEFINITE_TRIES
from bot.jobs.states import State
from bot.jobs.tools import Tools
from bot.money.ledger import settle
from bot.store.ledger import write_transfers
from bot.store.takes import get_take, note_message


async def deliver(lease: Lease, tools: Tools) -> Outcome:
    """Deliver once: the message's id is known before anything is sent, and an edit can be repeated."""
    job = lease.job
    now = tools.clock.now()
    began_at = job.moved_at or job.updated_at
    if job.attempts >= DEFINITE_TRIES and now >= began_at + timedelta(seconds=tools.times.deliver_s):
        return End(ending="ending.discord_down", facts={"hours": round(tools.times.deliver_s / 3_600)})
    made = lease.made or await _made(job, tools)
    job = await tools.find_card(lease)
    message_id = await tools.stage.deliver(job, made.take, made.upload, made.picture)
    new_message = {} if message_id == job.message_id else {"message_id": message_id, "message_at": now}
    return Go(
        to=State.DONE,
        cause="delivered",
        values={**new_message, "ending": None, "ending_facts": None, "ending_state": None},
        also=partial(_settle, job=job, take_id=made.take.id, message_id=message_id, at=now),
    )


async def _made(job: Job, tools: Tools) -> Made:
    """The take of a job that an earlier claim collected."""
    async with tools.database.connect() as connection:
        take = await get_take(connection, job.take_id or "")
    if take is None:
        raise LookupError("nothing to deliver")
    return Made(take, await tools.blobs.path(take.upload), await tools.blobs.path(take.picture))


async def _settle(
    connection: AsyncConnection, *, job: Job, take_id: str, message_id: str, at: datetime
) -> None:
    await note_message(connection, take_id, message_id)
    await write_transfers(connection, [settle(job.id, job.order.host, job.price)], at)

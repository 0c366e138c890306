"""``deliver``: the takes are kept; make them the one message in the channel, and settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.booking import booked
from bot.jobs.handing_over import hand_over
from bot.jobs.lease import Lease
from bot.jobs.outcome import End, Go, Outcome
from bot.jobs.parcels import Posted
from bot.jobs.recipes import Journey
from bot.jobs.records import Job, Take
from bot.jobs.retry import DEFINITE_TRIES
from bot.jobs.states import State
from bot.jobs.steps.journey import forget_steps
from bot.jobs.tools import Tools
from bot.money.ledger import settle
from bot.store.ledger import write_transfers
from bot.store.steps import finish_steps
from bot.store.takes import note_message, takes_of_job


async def deliver(lease: Lease, tools: Tools) -> Outcome:
    """Deliver once: the message's id is known before anything is sent, and an edit can be repeated."""
    job = lease.job
    now = tools.clock.now()
    began_at = job.moved_at or job.updated_at
    if job.attempts >= DEFINITE_TRIES and now >= began_at + timedelta(seconds=tools.times.deliver_s):
        return End(ending="ending.discord_down", facts={"hours": round(tools.times.deliver_s / 3_600)})
    made = lease.made or await _made(job, tools)
    # Whoever chose between two already, by the message of a try that was not noted, has chosen.
    takes = [take for take in made if not take.deleted] or list(made[:1])
    job = await tools.find_card(lease)
    posted = await hand_over(job, takes, tools)
    moved = posted.card_id != job.message_id
    new_message = {"message_id": posted.card_id, "message_at": now} if moved else {}
    return Go(
        to=State.DONE,
        cause="delivered",
        values={**new_message, "ending": None, "ending_facts": None, "ending_state": None},
        also=partial(_settle, job=job, takes=takes, posted=posted, at=now),
        after=partial(forget_steps, tools=tools) if isinstance(job.order.recipe, Journey) else None,
    )


async def _made(job: Job, tools: Tools) -> Sequence[Take]:
    """What an earlier claim collected."""
    async with tools.database.connect() as connection:
        made = await takes_of_job(connection, job.id)
    if not made:
        raise LookupError("nothing to deliver")
    return made


async def _settle(
    connection: AsyncConnection, *, job: Job, takes: Sequence[Take], posted: Posted, at: datetime
) -> None:
    if posted.message_id is not None:
        for take in takes:
            await note_message(connection, take.id, posted.message_id, posted.channel_id)
    transfers = [settle(job.id, job.order.host, job.price)]
    if isinstance(job.order.recipe, Journey):
        heard = await finish_steps(connection, job.id, posted.card_id, now=at)
        transfers += [settle(step_id, host, price) for step_id, host, price in heard]
    await write_transfers(connection, [booked(each, job.order) for each in transfers], at)

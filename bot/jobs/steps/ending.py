"""The last step of a job that ends without music, from whatever state: tell host, card and money."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DiscordDown, DiscordError, HostError, KeyGone
from bot.jobs import reconcile
from bot.jobs.beside import forget_beside
from bot.jobs.booking import booked
from bot.jobs.ids import take_ids
from bot.jobs.lease import Lease, LeaseLost
from bot.jobs.outcome import Go, Outcome, Stay
from bot.jobs.records import Job
from bot.jobs.retry import BUG_TRIES, backoff_s
from bot.jobs.states import State
from bot.jobs.steps.journey import stop_steps, tell_journey
from bot.jobs.steps.submit import find_runs
from bot.jobs.steps.together import together
from bot.jobs.tools import Tools
from bot.money.ledger import refund
from bot.store.ledger import write_transfers
from bot.store.rows import without_files
from bot.store.takes import get_take

_log = structlog.get_logger(__name__)

_SLOWEST_S = 60.0
_STEPS_S = 2.0
"""How soon a journey looks whether its steps have ended, where none tells before."""
_TRIES_AT_HOST = 20
"""About fifteen minutes: what still runs there then ends by itself."""
_TRIES_AT_DISCORD = 120
"""About two hours; then the money goes back without a word."""


async def ending(lease: Lease, tools: Tools) -> Outcome:
    """End the job once the host runs nothing more for it and the card says why."""
    if not await stop_steps(lease.job, tools):
        return Stay(due=tools.after(_STEPS_S))
    unheard = list[DiscordError]()
    told = await together(_stop_at_host(lease, tools), _tell_card(lease, tools, unheard))
    again_at = [at for at in told if at]
    job = lease.job
    if again_at:
        return Stay(due=min(again_at), values={"attempts": job.attempts + 1})
    await _forget_half_kept(job, tools)
    if unheard:
        await _tell_owner(job, tools)
    return Go(
        to=job.ending_state or State.FAILED,
        cause=job.ending or "",
        actor=job.cancel_requested_by or "machine",
        values=without_files(job),
        also=partial(_refund, job=job, at=tools.clock.now()),
        after=partial(_ended, tools=tools),
    )


async def _ended(job: Job, *, tools: Tools) -> None:
    await tell_journey(job, tools)
    await _note_waste(job, tools=tools)


async def _note_waste(job: Job, *, tools: Tools) -> None:
    """The host charges this bot for what it finishes; nobody here pays for that."""
    if job.run_id is None:
        return
    facts = {"job": job.id, "host": job.order.host, "run": job.run_id, "ending": job.ending}
    if tools.goes_on(job):
        _log.warning("run.abandoned", **facts)
    elif job.run is not None and job.run.status == "succeeded":
        _log.warning("run.wasted", compute_s=job.run.compute_s, **facts)


async def _refund(connection: AsyncConnection, *, job: Job, at: datetime) -> None:
    await write_transfers(connection, [booked(refund(job.id, job.paid_from, job.price), job.order)], at)


def _insist(error: Exception, job: Job, tools: Tools, *, tries: int) -> datetime | None:
    """When to try again after an error; None when enough was tried."""
    told = isinstance(error, HostError | DiscordError)
    _log.log(
        logging.WARNING if told else logging.ERROR,
        "job.ending_not_told_yet",
        job=job.id,
        error=repr(error),
        exc_info=None if told else error,
    )
    if job.attempts + 1 >= (tries if told else BUG_TRIES):
        return None
    return tools.after(backoff_s(job.attempts, tools.chance(), _SLOWEST_S))


async def _stop_at_host(lease: Lease, tools: Tools) -> datetime | None:
    """Nothing may go on running and costing. Returns when to try again, None when that is so."""
    job = lease.job
    over = job.run is not None and job.run.ended
    if job.intent_at is None or over or job.order.host not in tools.hosts:
        return None
    try:
        host = tools.host_of(job)
        if job.run_id is not None:
            if host.offers.cancels:
                await host.cancel(job.run_id)
            return None
        return await _stop_unknown(lease, tools) if host.offers.lists else None
    except LeaseLost:
        raise
    except KeyGone:  # whoever took it back stops it there, or lets it run
        return None
    except Exception as error:
        return _insist(error, job, tools, tries=_TRIES_AT_HOST)


async def _stop_unknown(lease: Lease, tools: Tools) -> datetime | None:
    """A call was made and its outcome is unknown: whatever it made is found and stopped."""
    job = lease.job
    found = await find_runs(job, tools)
    for run in found:
        if not run.ended:
            await tools.host_of(job).cancel(run.id)
    verdict = reconcile.conclude(
        job,
        found,
        now=tools.clock.now(),
        between_s=tools.times.between_reads_s,
        shared=tools.database.is_postgres,
    )
    if isinstance(verdict, reconcile.ReadAgain):
        await lease.keep(empty_reads=job.empty_reads + 1, empty_read_at=verdict.first_empty_at)
        return verdict.at
    return None


async def _tell_owner(job: Job, tools: Tools) -> None:
    """Nobody can read the card any more. Whatever goes wrong here never keeps the job from its end."""
    if job.cancel_requested_by == job.order.user_id:
        return
    try:
        async with asyncio.timeout(tools.times.show_s):
            await tools.stage.tell_owner(job, job.ending or "", job.ending_facts)
    except (DiscordError, TimeoutError) as error:
        _log.info("job.owner_not_told", job=job.id, error=str(error))
    except Exception:
        _log.exception("job.telling_owner_broke", job=job.id)


async def _tell_card(lease: Lease, tools: Tools, unheard: list[DiscordError]) -> datetime | None:
    """Turn the card into the last word. Returns when to try again, None when that is done or hopeless."""
    job = lease.job
    if job.step is not None:  # its journey has the card
        return None
    try:
        job = await tools.find_card(lease)
        message_id = await tools.stage.end(job, job.ending or "", job.ending_facts)
        if message_id is not None and message_id != job.message_id:
            await lease.keep(message_id=message_id, message_at=tools.clock.now())
    except LeaseLost:
        raise
    except DiscordDown as error:
        return _insist(error, job, tools, tries=_TRIES_AT_DISCORD)
    except DiscordError as error:
        _log.info("job.nobody_to_tell", job=job.id, ending=job.ending, error=str(error))
        unheard.append(error)
    except Exception as error:
        return _insist(error, job, tools, tries=BUG_TRIES)
    return None


async def _forget_half_kept(job: Job, tools: Tools) -> None:
    """Files of a take that never became one, and what the host sent for it."""
    await forget_beside(job, tools)
    if job.take_id is None:
        return
    of_step = job.step is not None
    async with tools.database.connect() as connection:
        half_kept = [
            each for each in take_ids(job.take_id) if of_step or await get_take(connection, each) is None
        ]
    for take_id in half_kept:
        await tools.blobs.delete_take(take_id)

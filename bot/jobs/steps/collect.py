"""``collect``: bring the result home, make it fit to be heard, and keep it as a take. Repeatable."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import HostError
from bot.jobs.beside import forget_beside
from bot.jobs.lease import Lease
from bot.jobs.outcome import End, Go, Outcome
from bot.jobs.recipes import Journey
from bot.jobs.records import Job, Take
from bot.jobs.retry import DEFINITE_TRIES, is_denial
from bot.jobs.states import State
from bot.jobs.steps.bring import bring_all, keep_files
from bot.jobs.steps.journey import joined
from bot.jobs.tools import Tools
from bot.store.rows import stored_run, without_files
from bot.store.takes import keep_take

_log = structlog.get_logger(__name__)

_WORTH_SHOWING_S: Final = 0.3


async def collect(lease: Lease, tools: Tools) -> Outcome:
    """Fetch, finish, keep. A try that broke off leaves nothing that the next one does not overwrite."""
    job = lease.job
    if _too_late(job, tools):
        unreachable = job.trouble == "trouble.host_unreachable"
        ending = "ending.host_unreachable" if unreachable else "ending.result_lost"
        return End(ending=ending, facts={"host": job.order.host})
    journey = isinstance(job.order.recipe, Journey)
    if job.take_id is None or (job.run is None and not journey):
        raise LookupError("nothing to collect")
    async with _shown_if_slow(job, tools), _own_folder(tools.workspace / job.id) as folder:
        try:
            brought = await (
                joined(job, folder, tools) if job.run is None else bring_all(job, job.run, folder, tools)
            )
        except HostError as error:
            if is_denial(error):
                await _ask_where_it_lies(lease, tools)
            raise
        takes = await keep_files(job, brought, tools)
    return Go(
        to=State.DELIVER,
        cause="kept as a take",
        values=without_files(job),
        also=partial(_keep, takes=takes),
        after=partial(forget_beside, tools=tools),
        made=tuple(takes),
    )


async def _keep(connection: AsyncConnection, *, takes: Sequence[Take]) -> None:
    for take in takes:
        await keep_take(connection, take)


@contextlib.asynccontextmanager
async def _shown_if_slow(job: Job, tools: Tools) -> AsyncGenerator[None, None]:
    """Say on the card what is done, if that takes long enough to be read.

    What was begun to be sent is over at the end: it must not come after the result and undo it.
    """
    begun = False

    async def show() -> None:
        nonlocal begun
        await asyncio.sleep(_WORTH_SHOWING_S)
        begun = True
        await tools.show(job)

    showing = asyncio.create_task(show(), name=f"card {job.id}")
    try:
        yield
    finally:
        if not begun:
            showing.cancel()
        await asyncio.wait([showing])
        if not showing.cancelled():
            showing.result()


async def _ask_where_it_lies(lease: Lease, tools: Tools) -> None:
    """Addresses may run out before what they lead to does: the host tells new ones, for the next try."""
    job, host = lease.job, tools.host_of(lease.job)
    if job.run_id is None or not host.offers.polls:
        return
    try:
        fresh = await host.get(job.run_id, since=tools.clock.now())
    except HostError as error:
        _log.debug("result.not_asked_for", job=job.id, error=str(error))
        return
    known = () if job.run is None else job.run.results
    if fresh.status == "succeeded" and fresh.results and fresh.results != known:
        await lease.keep(run=stored_run(fresh))


def _too_late(job: Job, tools: Tools) -> bool:
    """Time alone does not decide: after a long stop of the bot the result still gets its tries."""
    began_at = job.moved_at or job.updated_at
    return job.attempts >= DEFINITE_TRIES and tools.clock.now() >= began_at + timedelta(
        seconds=tools.times.collect_s
    )


@contextlib.asynccontextmanager
async def _own_folder(folder: Path) -> AsyncGenerator[Path, None]:
    """An empty folder for this try, gone afterwards; what an earlier process left in it goes first."""
    await asyncio.to_thread(_empty, folder)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

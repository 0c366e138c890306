"""``collect``: bring the result home, make it fit to be heard, and keep it as a take. Repeatable."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from bot.errors import HostError, NotUnderstood
from bot.jobs.beside import brought_back, forget_beside
from bot.jobs.lease import Lease
from bot.jobs.outcome import End, Go, Made, Outcome
from bot.jobs.records import Fetched, Finished, Job, Take
from bot.jobs.retry import DEFINITE_TRIES, is_denial
from bot.jobs.states import State
from bot.jobs.tools import Tools
from bot.protocol.runs import Result, Run
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
    if job.run is None or job.take_id is None:
        raise LookupError("nothing to collect")
    async with _shown_if_slow(job, tools), _own_folder(tools.workspace / job.id) as folder:
        host = tools.host_of(job)
        result = _first_of(job.run, host.name)
        try:
            fetched = await host.fetch(await brought_back(result, job, tools), folder)
        except HostError as error:
            if is_denial(error):
                await _ask_where_it_lies(lease, tools)
            raise
        finished = await tools.finisher.finish(fetched, job.order, folder)
        take = replace(_take(job, job.take_id, finished, fetched, tools), host_result_id=result.id)
        files = {take.audio: finished.lossless, take.upload: finished.upload, take.picture: finished.picture}
        if fetched.score is not None and take.score is not None:
            files[take.score] = fetched.score
        kept = await tools.blobs.keep(files)
    return Go(
        to=State.DELIVER,
        cause="kept as a take",
        values=without_files(job),
        also=partial(keep_take, take=take),
        after=partial(forget_beside, tools=tools),
        made=Made(take, kept[take.upload], kept[take.picture]),
    )


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


def _first_of(run: Run, host: str) -> Result:
    if not run.results:
        raise NotUnderstood(host, "a result without audio")
    return run.results[0]


def _too_late(job: Job, tools: Tools) -> bool:
    """Time alone does not decide: after a long stop of the bot the result still gets its tries."""
    began_at = job.moved_at or job.updated_at
    return job.attempts >= DEFINITE_TRIES and tools.clock.now() >= began_at + timedelta(
        seconds=tools.times.collect_s
    )


def _take(job: Job, take_id: str, finished: Finished, fetched: Fetched, tools: Tools) -> Take:
    """The take's record: what the host told about its music is exact, what we measured is not."""
    order, told = job.order, fetched.facts
    seed = order.riff.seed if told.seed is None else told.seed
    return Take(
        id=take_id,
        job_id=job.id,
        guild_id=order.guild_id,
        channel_id=order.channel_id,
        user_id=order.user_id,
        user_name=order.user_name,
        riff=order.riff.model_copy(update={"seed": seed}),
        morph=order.morph,
        host=order.host,
        created_at=tools.clock.now(),
        duration_s=finished.duration_s,
        bpm=finished.bpm if told.bpm is None else told.bpm,
        key=finished.key if told.key is None else told.key,
        lufs=finished.lufs,
        true_peak_db=finished.true_peak_db,
        audio=f"{take_id}/audio{finished.lossless.suffix}",
        upload=f"{take_id}/upload{finished.upload.suffix}",
        picture=f"{take_id}/picture{finished.picture.suffix}",
        score=None if fetched.score is None else f"{take_id}/score.json",
        parent_take_id=order.parent_take_id,
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

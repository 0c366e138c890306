"""What hosts tell by webhook."""

from __future__ import annotations

from typing import Any

import structlog

from bot.jobs.beside import laid_beside
from bot.jobs.machine import Machine
from bot.jobs.news import News, weigh
from bot.jobs.outcome import Go
from bot.jobs.records import Job
from bot.jobs.states import State
from bot.jobs.steps.submit import cancel_extra
from bot.jobs.steps.waiting import ended_by
from bot.jobs.tools import Tools
from bot.jobs.writeback import columns_of, log_move
from bot.protocol.runs import Run
from bot.store.claims import Claim
from bot.store.jobs import get_job, tell_job
from bot.store.rows import stored_run
from bot.store.wake import ring

_log = structlog.get_logger(__name__)


async def take_news(tools: Tools, machine: Machine, job_id: str, told: Run) -> News:
    """Write down what is new, let the machine work on it, and stop what should not run."""
    now = tools.clock.now()
    claim: Claim | None = None
    values: dict[str, Any]
    if told.brings_files:
        async with tools.database.glance() as connection:
            job = await get_job(connection, job_id)
        if job is not None and weigh(job, told) in (News.ADOPT, News.UPDATE):
            told = await laid_beside(told, job_id, tools)
    async with tools.database.begin() as connection:
        job = await get_job(connection, job_id, lock=True)
        news = News.NOTHING if job is None else weigh(job, told)
        move = _move(job, told, news)
        if job is not None and move is not None:
            values = {**columns_of(move, now), "due": now}
            claim = await machine.claim_told(connection, job, values, now)
        if claim is None and news in (News.ADOPT, News.UPDATE):
            values = {"run": stored_run(told)}
            if told.progress is not None:
                values["progress"] = max(told.progress, (job.progress if job else None) or 0.0)
            if news is News.ADOPT:
                values["run_id"] = told.id
            await tell_job(connection, job_id, now=now, due=now, **values)
            await ring(connection)
    _log.debug("host.told", job=job_id, run=told.id, status=told.status, news=news.value)
    if job is not None and move is not None and claim is not None:
        log_move(job, move)
        await machine.take_up(claim)
    elif news in (News.ADOPT, News.UPDATE):
        machine.wake()
    if news is News.FOREIGN and job is not None:
        await cancel_extra(job, tools, told)
    return news


def _move(job: Job | None, told: Run, news: News) -> Go | None:
    """How the job goes on at once, where its host has nothing more to do."""
    if job is None or news is not News.UPDATE or job.state is not State.WAITING or not told.ended:
        return None
    outcome = ended_by(job, told, "told by webhook")
    return outcome if isinstance(outcome, Go) else None


async def wake_for(tools: Tools, machine: Machine, job_id: str, run_id: str) -> None:
    """Somebody unproven says that a run got on: ask its host, and believe only that.

    Raises:
        HostError: The host cannot be asked now, so the caller should say it again.
    """
    now = tools.clock.now()
    async with tools.database.begin() as connection:
        job = await get_job(connection, job_id, lock=True)
        if job is not None and job.state is State.WAITING and job.run_id == run_id:
            await tell_job(connection, job_id, now=now, due=now, poll_at=now)
            await ring(connection)
    if job is None or job.order.host not in tools.hosts:
        return
    host = tools.host_of(job)
    # Whoever brought the key sees our address there, and must not name another run of theirs by it.
    findable = job.key_id is not None and host.offers.lists
    if job.run_id is None and job.state is State.SUBMIT and job.intent_at is not None and not findable:
        await take_news(tools, machine, job_id, await host.get(run_id))
    machine.wake()

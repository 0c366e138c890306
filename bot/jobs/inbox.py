"""What hosts tell by webhook."""

from __future__ import annotations

from typing import Any

import structlog

from bot.jobs.beside import laid_beside
from bot.jobs.machine import Machine
from bot.jobs.news import News, weigh
from bot.jobs.states import State
from bot.jobs.steps.submit import cancel_extra
from bot.jobs.tools import Tools
from bot.protocol.runs import Run
from bot.store.jobs import get_job, tell_job
from bot.store.rows import stored_run
from bot.store.wake import ring

_log = structlog.get_logger(__name__)


async def take_news(tools: Tools, machine: Machine, job_id: str, told: Run) -> News:
    """Write down what is new, wake the machine for it, and stop what should not run."""
    now = tools.clock.now()
    if told.brings_files:
        async with tools.database.connect() as connection:
            job = await get_job(connection, job_id)
        if job is not None and weigh(job, told) in (News.ADOPT, News.UPDATE):
            told = await laid_beside(told, job_id, tools)
    async with tools.database.begin() as connection:
        job = await get_job(connection, job_id, lock=True)
        news = News.NOTHING if job is None else weigh(job, told)
        if news in (News.ADOPT, News.UPDATE):
            values: dict[str, Any] = {"run": stored_run(told)}
            if told.progress is not None:
                values["progress"] = max(told.progress, (job.progress if job else None) or 0.0)
            if news is News.ADOPT:
                values["run_id"] = told.id
            await tell_job(connection, job_id, now=now, due=now, **values)
            await ring(connection)
    _log.debug("host.told", job=job_id, run=told.id, status=told.status, news=news.value)
    if news in (News.ADOPT, News.UPDATE):
        machine.wake()
    if news is News.FOREIGN and job is not None:
        await cancel_extra(job, tools, told)
    return news


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
    if job.run_id is None and job.state is State.SUBMIT and job.intent_at is not None:
        await take_news(tools, machine, job_id, await tools.host_of(job).get(run_id))
    machine.wake()

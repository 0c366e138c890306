"""The way of a journey: its steps are let go, awaited, and joined into one take. And where a step rests."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.errors import DiscordError, NotFound
from bot.jobs.ids import new_id
from bot.jobs.journeys import Standing
from bot.jobs.lease import Lease
from bot.jobs.outcome import End, Go, Outcome, Stay
from bot.jobs.recipes import Journey
from bot.jobs.recipes.journey import JOINED_LEAST
from bot.jobs.records import Facts, Fetched, Job, Piece
from bot.jobs.states import State
from bot.jobs.steps.bring import Brought
from bot.jobs.tools import Tools
from bot.protocol.runs import Result
from bot.store.jobs import get_job, tell_job
from bot.store.steps import end_steps, let_go, steps_of, takes_of_steps
from bot.store.wake import ring

LOOK_S = 5.0
"""How often a journey looks at its steps without being told."""


async def set_out(lease: Lease, tools: Tools) -> Outcome:
    """It takes no place in line: its steps do."""
    del lease, tools
    return Go(to=State.SUBMIT, cause="set out")


async def begin(lease: Lease, tools: Tools) -> Outcome:
    """Find the card, and see when all must be over."""
    job = lease.job
    try:
        job = await tools.find_card(lease)
    except DiscordError:
        job = lease.job  # looked for again before anything is delivered
    async with tools.database.connect() as connection:
        steps = await steps_of(connection, job.id)
    deadline_s = tools.times_of(job).deadline_s * max(1, len(steps))
    return Go(
        to=State.WAITING,
        cause="its steps are under way",
        values={"deadline_at": job.deadline_at or tools.after(deadline_s)},
    )


async def watch(lease: Lease, tools: Tools) -> Outcome:
    """Let go what may go; when nothing is under way any more, join what there is."""
    job = lease.job
    async with tools.database.connect() as connection:
        standing = Standing(await steps_of(connection, job.id))
        kept = await takes_of_steps(connection, job.id)
    if not standing.under_way:
        return _arrived(job, standing)
    now = tools.clock.now()
    if job.deadline_at is not None and now >= job.deadline_at:
        await _give_up_waiting(job, standing, tools)
        return Stay(due=tools.after(LOOK_S))
    follows = tools.host_of(job).offers.engine_extras
    async with tools.database.begin() as connection:
        for step_id, order in standing.free_to_go(kept, follows=follows):
            await let_go(connection, step_id, order)
        await ring(connection)
    progress = max(job.progress or 0.0, standing.progress())
    await tools.show(replace(job, way=standing.way(), progress=progress))
    return Stay(due=tools.after(LOOK_S), values={"attempts": 0, "progress": progress})


def _arrived(job: Job, standing: Standing) -> Outcome:
    made = len(standing.resting)
    if made < JOINED_LEAST:
        facts: dict[str, object] = {"host": job.order.host, "made": made, "steps": len(standing.steps)}
        return End(ending="ending.journey_broken", facts=facts)
    return Go(
        to=State.COLLECT,
        cause="its steps are made",
        values={"progress": 1.0, "take_id": job.take_id or new_id()},
    )


async def _give_up_waiting(job: Job, standing: Standing, tools: Tools) -> None:
    minutes = round(tools.times_of(job).deadline_s * len(standing.steps) / 60)
    async with tools.database.begin() as connection:
        await end_steps(
            connection,
            job.id,
            ending="ending.deadline",
            facts={"host": job.order.host, "minutes": minutes},
            state=State.FAILED,
            actor_id=None,
            now=tools.clock.now(),
            but=(State.DELIVER,),
        )
        await ring(connection)


async def joined(job: Job, folder: Path, tools: Tools) -> list[Brought]:
    """One track of the steps that rest, with its files in the job's folder.

    Raises:
        UnusableAudio: It cannot be used.
        NotFound: Files are gone.
    """
    journey = job.order.recipe
    if not isinstance(journey, Journey):
        raise TypeError("only journeys are joined")
    async with tools.database.connect() as connection:
        standing = Standing(await steps_of(connection, job.id))
        kept = await takes_of_steps(connection, job.id)
    takes = [kept[step.id] for step in standing.resting if step.id in kept]
    if len(takes) < JOINED_LEAST:
        raise NotFound("take")
    pieces = [Piece(file=await tools.blobs.path(take.lossless), bpm=take.bpm) for take in takes]
    below = folder / "0"
    await asyncio.to_thread(below.mkdir)
    track = await tools.finisher.join(pieces, below)
    bpms, keys = {take.bpm for take in takes}, {take.key for take in takes}
    facts = Facts(
        bpm=bpms.pop() if len(bpms) == 1 else None,
        key=keys.pop() if len(keys) == 1 else None,
        seed=journey.seed,
    )
    fetched = Fetched(audio=track, facts=facts)
    resting = {step.step for step in standing.resting}
    left_out = tuple(number for number in range(journey.steps) if number not in resting)
    recipe = journey.model_copy(update={"left_out": left_out})
    finished = await tools.finisher.finish(fetched, job.order.model_copy(update={"recipe": recipe}), below)
    return [Brought(fetched=fetched, finished=finished, lyrics=None, recipe=recipe, result=Result())]


async def rest(lease: Lease, tools: Tools) -> Outcome:
    """A step's music is kept: its journey is told, and it waits for that without holding a place."""
    job = lease.job
    async with tools.database.connect() as connection:
        journey = await get_job(connection, job.parent_job_id or "")
    if journey is None or journey.ended:  # nobody will ever hear it
        return End(ending="ending.cancelled")
    await tell_journey(job, tools)
    return Stay(due=None)


async def tell_journey(job: Job, tools: Tools) -> None:
    """Something became of a step: its journey looks at once."""
    if job.parent_job_id is None:
        return
    now = tools.clock.now()
    async with tools.database.begin() as connection:
        await tell_job(connection, job.parent_job_id, now=now, due=now)
        await ring(connection)


async def stop_steps(job: Job, tools: Tools) -> bool:
    """All steps of a journey that ends: whether they have ended. One whose order is no journey has none."""
    if not isinstance(job.order.recipe, Journey):
        return True
    async with tools.database.begin() as connection:
        await end_steps(
            connection,
            job.id,
            ending=job.ending or "",
            facts=job.ending_facts,
            state=job.ending_state or State.FAILED,
            actor_id=job.cancel_requested_by,
            now=tools.clock.now(),
        )
        await ring(connection)
        return all(step.ended for step in await steps_of(connection, job.id))


async def forget_steps(job: Job, tools: Tools) -> None:
    """What the steps of a finished journey kept is in its own file now."""
    async with tools.database.connect() as connection:
        kept = await takes_of_steps(connection, job.id)
    for take in kept.values():
        await tools.blobs.delete_take(take.id)

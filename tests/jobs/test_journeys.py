"""Journeys: several jobs that become one message, or none, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import BadKey, TooMany
from bot.jobs.audit.journeys import of_journeys
from bot.jobs.limits import Limits
from bot.jobs.mending import look
from bot.jobs.order import Order
from bot.jobs.recipes import Journey, Riff
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.store.audit import read_snapshot
from bot.store.db import open_database
from tests.jobs.world import Killed, World, an_order


def a_journey(host: str = "paid", steps: int = 4, seed: int | None = 5) -> Order:
    """From funk to techno."""
    recipe = Journey.checked(prompt="funk", prompt_b="techno", steps=steps, seed=seed)
    return an_order(host=host).model_copy(update={"recipe": recipe})


async def ordered(world: World, jobs: Jobs, order: Order | None = None) -> Job:
    """A member orders a journey, and the card is shown."""
    token = f"token {world.clock.time.isoformat()}"
    job = await jobs.order(order or a_journey(), interaction_token=token)
    await jobs.card_shown(job.id, world.stage.card(job, token))
    return job


async def steps(jobs: Jobs, job: Job) -> list[Job]:
    """The steps as they stand."""
    return (await jobs.whole_story(job.id)).steps


async def travel(world: World, job: Job, *, fails: tuple[int, ...] = (), lives: int = 60) -> int:
    """Restart again and again while the host plays; the number of deaths."""
    deaths = 0
    for _ in range(lives):
        try:
            async with world.life() as jobs:
                await jobs.step_until_idle()
                if (await jobs.get(job.id)).ended:
                    return deaths
                bad = {step.reference for step in await steps(jobs, job) if step.step in fails}
                for host in (world.paid, world.engine):
                    for made in [run for run in host.runs.values() if not run.ended]:
                        status = "failed" if host.references[made.id] in bad else "succeeded"
                        host.change(made.id, status=status)
        except Killed:
            deaths += 1
        world.clock.advance(10.5)
    raise AssertionError(f"still open after {lives} lives")


async def check_all(world: World) -> None:
    """Rows, stories, books, takes and files agree."""
    async with open_database(world.url) as database:
        found = await look(database, world.blobs, hosts=world.hosts, clock=world)
        assert found == []


async def spent(jobs: Jobs, job: Job) -> int:
    """What the journey and its steps have cost."""
    stories = [await jobs.whole_story(each.id) for each in (job, *await steps(jobs, job))]
    return sum(entry.amount for story in stories for _, entry in story.entries if entry.kind == "settle")


POINTS = ("show", "create", "created", "get", "fetched", "finish", "put", "join", "deliver", "delivered")


@pytest.mark.parametrize("point", POINTS)
async def test_killed_on_the_way(point: str, sqlite_url: str, tmp_path: Path) -> None:
    """Whatever point the process dies at: each step is paid once, and one message has the whole journey."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await ordered(world, jobs)
    world.accidents.plan(point, *[Killed() for _ in range(3)])
    assert await travel(world, job) == 3
    async with world.life() as jobs:
        done = await steps(jobs, job)
        assert [len(world.paid.of(step)) for step in done] == [1, 1, 1, 1]
        assert {step.state for step in done} == {State.DONE}
        ended = await jobs.get(job.id)
        assert ended.state is State.DONE
        assert world.stage.of(job)[0].startswith(f"take {ended.take_id}")
        assert await spent(jobs, job) == 12
        take = await jobs.take(ended.take_id or "")
        assert take.recipe == a_journey().recipe
    assert len(world.stage.messages) == 1
    assert {key.split("/")[0] for key in world.blobs.files()} == {ended.take_id}
    await check_all(world)


async def test_steps_rise_from_one_prompt_to_the_other(sqlite_url: str, tmp_path: Path) -> None:
    """Alpha goes evenly from 0 to 1 with one seed; our engine's steps keep the first one's tempo and key."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await ordered(world, jobs, a_journey("engine", seed=None))
        await jobs.step_until_idle()
        assert len(world.engine.runs) == 1  # it leads
    await travel(world, job)
    async with world.life() as jobs:
        riffs = [step.order.recipe for step in await steps(jobs, job)]
    assert all(isinstance(riff, Riff) for riff in riffs)
    assert [riff.alpha for riff in riffs if isinstance(riff, Riff)] == [0, 0.3333, 0.6667, 1]
    assert len({riff.seed for riff in riffs}) == 1
    assert riffs[0].seed is not None
    assert [riff.words for riff in riffs] == ["funk", *["funk, 90 bpm, in A minor"] * 3]


async def test_what_is_there_is_kept(database_url: str, tmp_path: Path) -> None:
    """A step that fails is refunded and left out; the take says so, and making it again tries all."""
    world = World(tmp_path, database_url)
    async with world.life() as jobs:
        job = await ordered(world, jobs)
    await travel(world, job, fails=(1,))
    async with world.life() as jobs:
        ended = await jobs.get(job.id)
        assert ended.state is State.DONE
        assert await spent(jobs, job) == 9
        recipe = (await jobs.take(ended.take_id or "")).recipe
        assert isinstance(recipe, Journey)
        assert recipe.left_out == (1,)
        assert recipe.seeded(None).left_out == ()
    await check_all(world)


@pytest.mark.parametrize("point", ["end", "ended", "cancel"])
async def test_too_little_is_refunded(point: str, sqlite_url: str, tmp_path: Path) -> None:
    """One step is no journey: nothing is charged, nothing is kept, one message tells why."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await ordered(world, jobs)
    world.accidents.plan(point, Killed())
    await travel(world, job, fails=(0, 2, 3))
    async with world.life() as jobs:
        assert (await jobs.get(job.id)).state is State.FAILED
        assert await spent(jobs, job) == 0
    assert world.stage.of(job) == ["ending.journey_broken paid 1 4"]
    assert world.blobs.files() == set()
    await check_all(world)


async def test_cancelling_stops_every_step(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever names the journey or one of its steps stops all: at the host, in the books, on the card."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await ordered(world, jobs)
        await jobs.step_until_idle()
        await jobs.told(world.paid.references["p0"], world.paid.change("p0", status="succeeded"))
        await jobs.step_until_idle()
        first = (await steps(jobs, job))[0]
        await jobs.cancel(first.id, actor_id="111", is_moderator=False)
    await travel(world, job)
    async with world.life() as jobs:
        assert (await jobs.get(job.id)).state is State.CANCELLED
        assert await spent(jobs, job) == 0
        assert {step.state for step in await steps(jobs, job)} == {State.CANCELLED}
    assert all(made.ended for made in world.paid.runs.values())
    assert world.stage.of(job) == ["ending.cancelled"]
    assert world.blobs.files() == set()
    await check_all(world)


async def test_limits_let_every_journey_arrive(sqlite_url: str, tmp_path: Path) -> None:
    """Journeys hold no places, nor do steps that rest: with one place for all, two of them arrive."""
    world = World(tmp_path, sqlite_url)
    world.limits = Limits(total=1, per_user=1, open_per_user=9)
    async with world.life() as jobs:
        first = await ordered(world, jobs)
        second = await ordered(world, jobs)
        with pytest.raises(TooMany):
            await ordered(world, jobs)
        await jobs.step_until_idle()
        assert len(world.paid.runs) == 1
    for job in (first, second):
        await travel(world, job)
    assert len(world.paid.runs) == 8


async def test_a_host_that_never_ends_is_left(sqlite_url: str, tmp_path: Path) -> None:
    """When the time is over what still runs is stopped, and what is there is heard."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await ordered(world, jobs)
        await jobs.step_until_idle()
        for run_id in ("p0", "p1"):
            await jobs.told(world.paid.references[run_id], world.paid.change(run_id, status="succeeded"))
            await jobs.step_until_idle()
        for _ in range(200):
            world.clock.advance(60)
            await jobs.step_until_idle()
            if (await jobs.get(job.id)).ended:
                break
        assert (await jobs.get(job.id)).state is State.DONE
        assert await spent(jobs, job) == 6
    await check_all(world)


async def test_a_host_that_refuses_ends_it(sqlite_url: str, tmp_path: Path) -> None:
    """Every step is refused: the journey ends, and nothing is charged."""
    world = World(tmp_path, sqlite_url)
    world.accidents.chance = lambda point: BadKey("paid") if point == "create" else None
    async with world.life() as jobs:
        job = await ordered(world, jobs)
    await travel(world, job)
    assert world.stage.of(job) == ["ending.journey_broken paid 0 4"]
    await check_all(world)


async def test_a_step_without_its_journey_is_found(sqlite_url: str, tmp_path: Path) -> None:
    """What lives on after its journey, or is done where that is not, is told, and the former can be woken."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await ordered(world, jobs)
    async with open_database(world.url) as database:
        snapshot = await read_snapshot(database)
    assert list(of_journeys(snapshot)) == []
    first = next(row for row in snapshot.jobs.values() if row.parent_job_id == job.id)
    rows = dict(snapshot.jobs) | {
        job.id: replace(snapshot.jobs[job.id], state="failed"),
        first.id: replace(first, state="done"),
    }
    found = list(of_journeys(replace(snapshot, jobs=rows)))
    assert sorted(each.kind for each in found) == ["step_done_alone", *["step_left"] * 3]
    assert sum(each.mend is not None for each in found) == 3

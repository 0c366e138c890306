"""Jobs whose host makes two versions: both are kept, under names that repeats overwrite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import Unreachable, UnusableAudio
from bot.jobs.ids import is_id, take_ids
from bot.jobs.mending import look
from bot.jobs.records import Take
from bot.jobs.states import State
from bot.store.db import open_database
from bot.store.takes import takes_of_job
from tests.jobs.world import Killed, World, play_to_the_end


async def takes_made(world: World, job_id: str) -> list[Take]:
    """What was made for a job; nothing that must not be is found beside it."""
    async with open_database(world.url) as database:
        assert await look(database, world.blobs, hosts=world.hosts, clock=world) == []
        async with database.connect() as connection:
            return await takes_of_job(connection, job_id)


def test_names_of_takes_follow_from_the_first() -> None:
    """The same each time, names like any other, and none where nothing is made yet."""
    first = "a" * 22
    assert take_ids(first) == take_ids(first)
    assert take_ids(first)[0] == first
    assert all(map(is_id, take_ids(first)))
    assert len({*take_ids(first), *take_ids("b" * 22)}) == 4
    assert take_ids(None) == ()


@pytest.mark.parametrize("point", ["fetched", "finished", "put", "deliver", "delivered"])
async def test_killed_with_two_takes(point: str, sqlite_url: str, tmp_path: Path) -> None:
    """Three deaths at one point: both takes once, in one message, paid once, and no file too many."""
    world = World(tmp_path, sqlite_url)
    world.paid.versions = 2
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
    world.accidents.plan(point, *[Killed() for _ in range(3)])
    assert len(await play_to_the_end(world)) == 3
    takes = await takes_made(world, job.id)
    assert [take.number for take in takes] == [0, 1]
    assert tuple(take.id for take in takes) == take_ids(takes[0].id)
    assert {take.message_id for take in takes} == set(world.stage.messages)
    assert len(world.blobs.files()) == 6
    async with world.life() as jobs:
        assert (await jobs.get(job.id)).take_id == takes[0].id
        assert await jobs.check_books() == []


async def test_one_version_that_is_no_music_does_not_spoil_the_other(sqlite_url: str, tmp_path: Path) -> None:
    """What is of no use is left out, nothing of it stays, and the other is delivered alone."""
    world = World(tmp_path, sqlite_url)
    world.engine.versions = 2
    world.accidents.plan("finish", UnusableAudio("silent"))
    async with world.life() as jobs:
        job = await world.order(jobs)
    await play_to_the_end(world)
    (take,) = await takes_made(world, job.id)
    assert take.number == 0
    async with world.life() as jobs:
        assert (await jobs.get(job.id)).state is State.DONE
    world.accidents.plan("finish", UnusableAudio("silent"), UnusableAudio("noise"))
    async with world.life() as jobs:
        job = await world.order(jobs)
    await play_to_the_end(world)
    assert await takes_made(world, job.id) == []
    async with world.life() as jobs:
        ended = await jobs.get(job.id)
        assert (ended.state, ended.ending) == (State.FAILED, "ending.unusable_audio")
        assert await jobs.check_books() == []


async def test_a_version_that_cannot_be_fetched_is_waited_for_but_not_for_ever(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Both come where the host is well again soon; where it is not, the one that came is enough."""
    world = World(tmp_path, sqlite_url)
    world.engine.versions = 2
    world.accidents.plan("fetched", Unreachable("engine"))
    async with world.life() as jobs:
        job = await world.order(jobs)
    await play_to_the_end(world)
    assert len(await takes_made(world, job.id)) == 2
    world.accidents.chance = every_other("fetch")
    async with world.life() as jobs:
        job = await world.order(jobs)
    await play_to_the_end(world)
    assert [take.number for take in await takes_made(world, job.id)] == [0]


def every_other(point: str) -> Callable[[str], BaseException | None]:
    """An accident at every second visit of a point."""
    visits = iter(range(1_000))

    def chance(name: str) -> BaseException | None:
        return Unreachable("engine") if name == point and next(visits) % 2 else None

    return chance


async def test_deleting_one_of_two_leaves_the_other(sqlite_url: str, tmp_path: Path) -> None:
    """Its files go, the check is content, and what is left counts as chosen."""
    world = World(tmp_path, sqlite_url)
    world.engine.versions = 2
    async with world.life() as jobs:
        job = await world.order(jobs)
    await play_to_the_end(world)
    first, second = await takes_made(world, job.id)
    async with world.life() as jobs:
        assert [take.id for take in await jobs.beside(first)] == [second.id]
        await jobs.delete_take(first.id, actor_id="111", is_moderator=False)
        choice = await jobs.choose(first.id, both=True, actor_id="111", is_moderator=False)
        assert (choice.was_made, [take.id for take in choice.stays]) == (True, [second.id])
    assert [take.deleted for take in await takes_made(world, job.id)] == [True, False]
    assert len(world.blobs.files()) == 3

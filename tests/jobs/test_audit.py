"""``db check``: what the machine does is always clean, any single thing that it does not do is found."""

from __future__ import annotations

import asyncio
import os
import shutil
import string
import tempfile
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.jobs import mending
from bot.jobs.audit.records import Finding
from bot.jobs.mending import look, look_twice, mend
from bot.jobs.records import Filed
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.jobs.upkeep import Keeping
from bot.store.db import Database, open_database
from bot.ui.words import ENGLISH, say
from tests.jobs.tampering import ON_FILES, STATEMENTS, copied, put_back, tamper
from tests.jobs.world import WatchedBlobs, World, play_to_the_end
from tests.store.databases import sqlite_address

DEEDS = ("order", "order paid", "step", "made", "failed", "stop", "delete", "days")


async def do(world: World, jobs: Jobs, deed: str) -> None:
    """Something that happens in a community."""
    everything = [listed.job for listed in await jobs.recent("11", 100)]
    still_open = [job for job in everything if not job.ended]
    match deed:
        case "order" | "order paid":
            await world.order(jobs, host="paid" if deed == "order paid" else "engine")
        case "step":
            await jobs.step_until_idle()
        case "made" | "failed":
            for job in still_open[:1]:
                for run in world.host_of(job).of(job):
                    told = world.host_of(job).change(
                        run.id, status="succeeded" if deed == "made" else "failed"
                    )
                    await jobs.told(job.id, told)
        case "stop":
            for job in still_open[:1]:
                await jobs.cancel(job.id, actor_id="1", is_moderator=True)
        case "delete":
            for take in (await jobs.takes_in("11"))[:1]:
                await jobs.delete_take(take.id, actor_id="1", is_moderator=True)
        case _:
            world.clock.advance(9 * 86_400)
            await jobs.upkeep.once()


def placeholders(template: str) -> set[str]:
    """The facts that a sentence needs."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


async def found_in(world: World, database: Database) -> list[Finding]:
    """What an audit finds."""
    return await look(database, world.blobs, hosts=world.hosts, clock=world)


async def a_community(world: World, jobs: Jobs) -> None:
    """Riffs in every kind of state: done, deleted, failed, stopped, waiting, in line."""
    for deed in ("order", "order paid", "order", "step", "made", "step", "made", "step", "delete"):
        await do(world, jobs, deed)
    for deed in ("order paid", "step", "failed", "order", "stop", "step", "order paid", "step"):
        await do(world, jobs, deed)
    await world.order(jobs)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=st.lists(st.sampled_from(DEEDS), max_size=14),
    tampering=st.sampled_from([*STATEMENTS, *ON_FILES]),
    last=st.booleans(),
)
def test_any_life_is_clean_and_any_tampering_is_found(
    sqlite_template: Path, deeds: Sequence[str], tampering: str, last: bool
) -> None:
    """Whatever happened in whatever order; and one thing changed by hand never passes."""

    async def life(folder: Path) -> None:
        world = World(folder, sqlite_address(folder / "riffcord.sqlite"))
        world.keeping = Keeping(jobs_days=8)
        async with open_database(world.url) as database:
            jobs = world.new_jobs(database)
            for deed in deeds:
                await do(world, jobs, deed)
            assert await found_in(world, database) == []
            if tampering in ON_FILES:
                done = ON_FILES[tampering](world.blobs.root)
            else:
                done = await tamper(database, tampering, last=last)
            assert bool(await found_in(world, database)) == done

    folder = Path(tempfile.mkdtemp(prefix="audit-"))
    try:
        shutil.copyfile(sqlite_template, folder / "riffcord.sqlite")
        asyncio.run(life(folder))
    finally:
        shutil.rmtree(folder)


async def test_each_tampering_is_found_or_refused(database_url: str, tmp_path: Path) -> None:
    """On both databases, in a community that has everything; each finding can be said in one line."""
    world = World(tmp_path, database_url)
    async with open_database(database_url) as database:
        await a_community(world, world.new_jobs(database))
        copy = await copied(database)
        for tampering in STATEMENTS:
            assert await found_in(world, database) == []
            done = await tamper(database, tampering, last=False)
            found = await found_in(world, database)
            assert bool(found) == done, tampering
            assert done or database.is_postgres, tampering
            for each in found:
                assert set(each.facts) >= placeholders(ENGLISH[f"check.{each.kind}"]), each
                assert "\n" not in say(f"check.{each.kind}", **each.facts)
            await put_back(database, copy)


async def test_what_is_mended_is_right_again(database_url: str, tmp_path: Path) -> None:
    """Lost refunds, sleeping jobs, files of nobody: mended without a change to any entry; jobs go on."""
    world = World(tmp_path, database_url)
    async with open_database(database_url) as database:
        jobs = world.new_jobs(database)
        await a_community(world, jobs)
        before = await entries(database)
        for tampering in ("take deleted by half", "open job lost", "never due"):
            assert await tamper(database, tampering, last=False)
        await age(world, hours=0)
        found = await found_in(world, database)
        mended, left = await mend(found, database, world.blobs, clock=world)
        assert len(mended) >= 3
        assert left == []
        assert await found_in(world, database) == []
        assert (await entries(database))[: len(before)] == before
    await play_to_the_end(world)


async def test_a_lost_end_of_the_books_is_appended(sqlite_url: str, tmp_path: Path) -> None:
    """The settlement of a riff that was made, the refund of one that was not."""
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        jobs = world.new_jobs(database)
        await a_community(world, jobs)
        before = await entries(database)
        async with database.begin() as connection:
            await connection.execute(sa.text("DROP TRIGGER ledger_no_delete"))
            await connection.execute(sa.text("DELETE FROM ledger WHERE key LIKE 'end:%'"))
        mended, left = await mend(await found_in(world, database), database, world.blobs, clock=world)
        assert (len(mended), left) == (4, [])
        assert sorted(await entries(database)) == sorted(before)
        assert await jobs.check_books() == []


async def age(world: World, *, hours: float) -> None:
    """Make every kept file look so old by the world's clock."""
    at = world.now().timestamp() - hours * 3_600
    for path in world.blobs.root.rglob("*"):
        os.utime(path, (at, at))


async def entries(database: Database) -> list[tuple[object, ...]]:
    """The ledger's rows, numbers and times left out."""
    async with database.connect() as connection:
        found = await connection.execute(
            sa.text("SELECT key, kind, job_id, source, target, amount FROM ledger ORDER BY id")
        )
        return [tuple(row) for row in found]


@pytest.mark.parametrize(("hours", "goes"), [(23.9, False), (24.1, True)])
async def test_a_file_of_nobody_goes_after_a_day(
    sqlite_url: str, tmp_path: Path, hours: float, goes: bool
) -> None:
    """Sooner, somebody may still be writing it."""
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        jobs = world.new_jobs(database)
        await a_community(world, jobs)
        kept = world.blobs.files()
        ON_FILES["file added"](world.blobs.root)
        await age(world, hours=hours)
        mended, left = await mend(await found_in(world, database), database, world.blobs, clock=world)
        assert (len(mended), len(left)) == (int(goes), int(not goes))
        assert (world.blobs.files() == kept) == goes


async def test_the_music_of_another_database_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    """A folder of which this database knows nothing may be another one's: found, and never removed."""
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        ON_FILES["file added"](world.blobs.root)
        await age(world, hours=100)
        mended, left = await mend(await found_in(world, database), database, world.blobs, clock=world)
        assert (mended, [each.kind for each in left]) == ([], ["file_orphan"])
        assert len(world.blobs.files()) == 1


class StrayLooksAway(WatchedBlobs):
    """A folder in which a stray file is gone after the first look."""

    async def shelves(self) -> AsyncGenerator[list[Filed], None]:
        """As the real one."""
        async for filed in super().shelves():
            yield filed
        await self.delete_take("zzzzzzzzzz")


async def test_what_is_just_being_written_is_no_finding(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a bot works, a file may come before its row: only what stays wrong is told."""
    monkeypatch.setattr(mending, "LOOK_AGAIN_S", 0)
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        await a_community(world, world.new_jobs(database))
        ON_FILES["file added"](world.blobs.root)
        stays = await look_twice(database, world.blobs, hosts=world.hosts, clock=world)
        assert [each.kind for each in stays] == ["file_orphan"]
        passing = StrayLooksAway(world.blobs.root, world.accidents)
        assert await look_twice(database, passing, hosts=world.hosts, clock=world) == []


async def test_a_host_that_is_not_set_up_is_told(sqlite_url: str, tmp_path: Path) -> None:
    """Only of jobs that still need it."""
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        jobs = world.new_jobs(database)
        await a_community(world, jobs)
        waiting = [each.job for each in await jobs.recent("11", 50) if each.job.state is State.WAITING]
        found = await look(database, world.blobs, hosts={"engine"}, clock=world)
    assert {each.facts["job"] for each in found} == {job.id for job in waiting if job.order.host == "paid"}
    assert {each.kind for each in found} == {"host_unknown"}
